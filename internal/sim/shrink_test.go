package sim

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/sched"
)

// corrupt makes the scheduler hear of a run that is older than the last one,
// from the client's fifth submission on: it panics at that.
func corrupt() func(any) any {
	n := 0
	return func(e any) any {
		if s, is := e.(sched.Submit); is {
			if n++; n == 5 {
				s.Run = 1
				return s
			}
		}
		return e
	}
}

// TestExplain: what breaks the scheduler is reduced to very few events, in a
// test that compiles and whose events break it.
func TestExplain(t *testing.T) {
	w := newWorld(Config{Seed: 3, Break: corrupt()})
	w.record = true
	w.play()
	if w.blame == nil {
		t.Fatal("a second run 1 does not break the scheduler")
	}
	events := fewer(w.events, kindOf(w.blame))
	if n, err := replay(events); err == nil || n != len(events) || n > 2 || len(w.events) < 20 {
		t.Fatalf("%d of %d events are left, %v", len(events), len(w.events), err)
	}
	typecheck(t, writeTest(3, events, w.blame))
	typecheck(t, writeTest(3, w.events, w.blame)) // every kind of event
}

func typecheck(t *testing.T, code string) {
	t.Helper()
	if !strings.Contains(code, "sched.Submit{") || !strings.Contains(code, "func TestSeed3(t *testing.T)") {
		t.Fatal(code)
	}
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, "seed_test.go", code, 0)
	if err != nil {
		t.Fatalf("%v in\n%s", err, code)
	}
	conf := types.Config{Importer: importer.ForCompiler(files, "source", nil)}
	if _, err := conf.Check("sim", files, []*ast.File{f}, nil); err != nil {
		t.Fatalf("%v in\n%s", err, code)
	}
}

// TestExplainShrinks: a cluster whose scheduler never hears of results is
// stuck, also when it is as small as can be. Which of those who wait is found
// first depends on what is drawn, so a few seeds are tried.
func TestExplainShrinks(t *testing.T) {
	deaf := func(e any) any {
		if _, is := e.(sched.Finished); is {
			return nil
		}
		return e
	}
	small := Config{Workers: 3, Things: 12, Clients: 2, Trouble: time.Second}
	var text, script string
	for small.Seed = 1; small.Seed <= 10; small.Seed++ {
		broken := small
		broken.Break = deaf
		if text, script = Explain(broken); text == "" || script != "" {
			t.Fatalf("seed %d: %q, %q", small.Seed, text, script)
		}
		if healthy, _ := Explain(small); healthy != "" {
			t.Fatal(healthy)
		}
		if strings.Contains(text, "still waits for") && strings.Contains(text, "-workers 1 ") && strings.Contains(text, "-clients 1 ") &&
			strings.Contains(text, "-without "+Fault(allFaults).String()) {
			return
		}
	}
	t.Fatalf("no seed is reduced to one worker and one client where nothing else goes wrong; the last one:\n%s", text)
}
