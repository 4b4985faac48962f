package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// inOrder is a peer, and our side, that write down when they were run.
type inOrder struct {
	log     *[]string
	seconds []float64
	answer  Answer
}

func (o *inOrder) run(name string, call Call) (Sample, error) {
	*o.log = append(*o.log, fmt.Sprintf("%s×%d", name, call.Repeat))
	s := Sample{Seconds: o.seconds[0]}
	if len(o.seconds) > 1 {
		o.seconds = o.seconds[1:]
	}
	if call.Check {
		s.Answer = o.answer
	}
	return s, nil
}

func twoSided(ours, theirs *inOrder, c Case) Suite {
	c.Value = func(s float64) float64 { return s }
	c.Ours = func(_ context.Context, call Call) (Sample, error) { return ours.run("ours", call) }
	c.Peers = []Peer{&Func{PeerName: "peer", PeerVersion: "9", Do: func(_ context.Context, _ *Case, call Call) (Sample, error) {
		return theirs.run("peer", call)
	}}}
	return Suite{Name: "s", Plan: func(context.Context, Config) ([]Case, func() error, error) {
		return []Case{c}, func() error { return nil }, nil
	}}
}

func runAll(t *testing.T, s Suite) ([]Row, error) {
	t.Helper()
	var rows []Row
	r := Runner{Config: Config{Runs: MinRuns}, Emit: func(r Row) error { rows = append(rows, r); return nil }}
	err := r.Run(t.Context(), s)
	return rows, err
}

func TestRunsInTurnAfterWarmUp(t *testing.T) {
	var log []string
	same := Answer{"rows": 10}
	ours := &inOrder{log: &log, seconds: []float64{99, 5, 1, 4, 2, 3}, answer: same}
	theirs := &inOrder{log: &log, seconds: []float64{77, 6, 6, 6, 6, 9}, answer: same}
	rows, err := runAll(t, twoSided(ours, theirs, Case{Name: "c", Metric: "s", Better: Lower}))
	if err != nil {
		t.Fatal(err)
	}
	if want := slices.Repeat([]string{"ours×1", "peer×1"}, 6); !slices.Equal(log, want) {
		t.Errorf("order %v, want %v", log, want)
	}
	r := rows[0]
	if r.Value != 3 || r.Min != 1 || r.Max != 5 || r.Runs != 5 || *r.PeerValue != 6 || *r.Ratio != 2 {
		t.Errorf("row %+v: want the median 3 of 1…5 beside 6, the warm-up left out, 2 times better", r)
	}
}

func TestHigherIsBetter(t *testing.T) {
	var log []string
	same := Answer{"rows": 10}
	ours := &inOrder{log: &log, seconds: []float64{3}, answer: same}
	theirs := &inOrder{log: &log, seconds: []float64{6}, answer: same}
	rows, err := runAll(t, twoSided(ours, theirs, Case{Name: "c", Metric: "1/s", Better: Higher}))
	if err != nil {
		t.Fatal(err)
	}
	if *rows[0].Ratio != 0.5 {
		t.Errorf("ratio %v, want 0.5", *rows[0].Ratio)
	}
}

func TestShortRunsAreRepeated(t *testing.T) {
	var log []string
	same := Answer{"rows": 10}
	ours := &inOrder{log: &log, seconds: []float64{0.001}, answer: same}
	theirs := &inOrder{log: &log, seconds: []float64{0.02}, answer: same}
	if _, err := runAll(t, twoSided(ours, theirs, Case{Name: "c", Better: Lower, Short: true})); err != nil {
		t.Fatal(err)
	}
	if want := []string{"ours×50", "peer×3"}; !slices.Equal(log[4:6], want) {
		t.Errorf("first timed runs %v, want %v", log[4:6], want)
	}
}

func TestWrongAnswerIsAnError(t *testing.T) {
	for want, theirs := range map[string]Answer{
		"sum is 1 here and 1.1 there": {"sum": 1.1, "rows": 3},
		"lacks rows":                  {"sum": 1},
		"our answer lacks more":       {"sum": 1, "rows": 3, "more": 1},
		"without figures":             {},
	} {
		var log []string
		a := &inOrder{log: &log, seconds: []float64{1}, answer: Answer{"sum": 1, "rows": 3}}
		b := &inOrder{log: &log, seconds: []float64{1}, answer: theirs}
		rows, err := runAll(t, twoSided(a, b, Case{Name: "c", Better: Lower, Tolerance: 1e-9}))
		if err == nil || !strings.Contains(err.Error(), want) || len(rows) > 0 {
			t.Errorf("answer %v: got rows %v and error %v, want an error with %q", theirs, rows, err, want)
		}
	}
}

func TestTooFewRuns(t *testing.T) {
	r := Runner{Config: Config{Runs: 4}}
	if err := r.Run(t.Context(), Suite{}); err == nil || !strings.Contains(err.Error(), "4 runs are too few") {
		t.Errorf("got %v", err)
	}
}

// script lays out bench/peers with a program that Python of this machine runs,
// and makes that the working folder.
func script(t *testing.T, text string) *Process {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, PeersDir, ".venv", "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	// A shell stands in for Python: the protocol is lines, whoever speaks.
	if err := os.WriteFile(filepath.Join(bin, "python"), []byte("#!/bin/sh\nexec /bin/sh \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, PeersDir, "peer.sh"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	p := NewProcess("stand-in", "peer.sh")
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestProcessAnswers(t *testing.T) {
	p := script(t, `
echo '{"version":"2.1"}'
while read -r line; do
	case $line in
	*'"check":true'*) echo '{"seconds":0.5,"answer":{"sum":7}}' ;;
	*bad*) echo '{"error":"no such case"}' ;;
	*) echo '{"seconds":0.25}' ;;
	esac
done
`)
	ctx := context.Background() // t.Context ends before the clean-up does
	if err := p.Start(ctx); err != nil || p.Version() != "2.1" {
		t.Fatalf("version %q, error %v", p.Version(), err)
	}
	c := &Case{Name: "c", Request: map[string]int{"n": 3}}
	s, err := p.Run(ctx, c, Call{Check: true, Repeat: 1})
	if err != nil || s.Seconds != 0.5 || s.Answer["sum"] != 7 {
		t.Errorf("got %v, %v", s, err)
	}
	if s, err = p.Run(ctx, c, Call{Repeat: 1}); err != nil || s.Seconds != 0.25 {
		t.Errorf("got %v, %v", s, err)
	}
	_, err = p.Run(ctx, &Case{Name: "bad"}, Call{Repeat: 1})
	if err == nil || !strings.Contains(err.Error(), "stand-in failed on bad: no such case") {
		t.Errorf("got %v", err)
	}
}

func TestProcessThatDies(t *testing.T) {
	p := script(t, `echo '{"version":"2.1"}'; read -r line; echo 'out of memory' >&2; exit 3`)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := p.Run(t.Context(), &Case{Name: "c"}, Call{Repeat: 1})
	for _, want := range []string{"stand-in", "exit status 3", "out of memory"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to say %q", err, want)
		}
	}
	if again := p.Start(t.Context()); again == nil {
		t.Error("a peer that died started again")
	}
}

func TestProcessNotInstalled(t *testing.T) {
	var missing *NotInstalledError
	p := script(t, `echo '{"missing":"duckdb"}'`)
	if err := p.Start(t.Context()); !errors.As(err, &missing) || !strings.Contains(missing.How, "bench/peers/setup.sh") {
		t.Errorf("without the module: %v", err)
	}
	t.Chdir(t.TempDir())
	if err := NewProcess("ray", "tasks.py").Start(t.Context()); !errors.As(err, &missing) || !strings.Contains(missing.How, "setup.sh --ray") {
		t.Errorf("without the environment: %v", err)
	}
}

func TestTableAndJSON(t *testing.T) {
	value, ratio, name, version := 93.4, 1.08, "openblas", "0.3.31"
	full := Row{Suite: "gemm", Case: "f64/n=2048/threads=1", Metric: "GFLOP/s", Value: 101.2, Min: 99.8, Max: 102, Runs: 5,
		Better: Higher, Peer: &name, PeerVersion: &version, PeerValue: &value, Ratio: &ratio, Env: Env{CPU: "a processor", Cores: 2, Go: "go1.26"}}
	var js, table strings.Builder
	if err := full.JSON(&js); err != nil {
		t.Fatal(err)
	}
	if want := `{"suite":"gemm","case":"f64/n=2048/threads=1","metric":"GFLOP/s","value":101.2,"min":99.8,"max":102,"runs":5,"better":"higher",` +
		`"peer":"openblas","peer_version":"0.3.31","peer_value":93.4,"ratio":1.08,"env":{"cpu":"a processor","cores":2,"go":"go1.26"}}` + "\n"; js.String() != want {
		t.Errorf("got  %swant %s", js.String(), want)
	}
	gone := full
	gone.PeerVersion, gone.PeerValue, gone.Ratio, gone.missing = nil, nil, nil, "run bench/peers/setup.sh"
	tab := NewTable(&table)
	for _, r := range []Row{full, gone, gone} {
		if err := tab.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(table.String(), "openblas is not installed: run bench/peers/setup.sh"); n != 1 {
		t.Errorf("said %d times how to install the peer, want once:\n%s", n, table.String())
	}
	if !strings.Contains(table.String(), "99.8 … 102  openblas 0.3.31                        93.4     1.08×  GFLOP/s\n") {
		t.Errorf("table:\n%s", table.String())
	}
	if n := strings.Count(table.String(), "101.2"); n != 1 {
		t.Errorf("our figure stands %d times, want once a case:\n%s", n, table.String())
	}
}
