//go:build oracle

package suite

import (
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// DuckDB and Polars answer every question as we do, of every variant of the table.
func TestQuestionsBesideOthers(t *testing.T) {
	t.Chdir("../../..") // where the peers' programs are looked for
	cfg := harness.Config{Threads: 2, Dir: t.TempDir()}
	run := startTestEngine(t, cfg)
	peers := []harness.Peer{
		harness.NewProcess("duckdb", "groupby.py", "--threads", "2"), harness.NewProcess("polars", "groupby.py", "--threads", "2")}
	defer func() { // before the test's context ends, which kills them
		if err := closePeers(peers); err != nil {
			t.Error(err)
		}
	}()
	room := &groupRoom{run: run, cfg: cfg}
	defer room.leave()
	for _, table := range groupTables(100_000, 100_000) {
		for _, q := range questions() {
			c := room.groupCase(table, q)
			if _, err := c.Prepare(t.Context()); err != nil {
				t.Fatal(err)
			}
			call := harness.Call{Check: true, Repeat: 1}
			ours, err := c.Ours(t.Context(), call)
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			for _, p := range peers {
				if err := p.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				theirs, err := p.Run(t.Context(), &c, call)
				if err != nil {
					t.Fatalf("%s: %v", c.Name, err)
				}
				if err := ours.Answer.Differ(theirs.Answer, tolerance); err != nil {
					t.Errorf("%s, beside %s: %v", c.Name, p.Name(), err)
				}
			}
		}
	}
}
