package suite

import (
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/groupdata"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/joindata"
)

// Every question has the answer of the plain join; and that is not the answer
// of another seed.
func TestJoinQuestions(t *testing.T) {
	run := startTestEngine(t, harness.Config{Threads: 2})
	var held [2]*joinTables
	var plain *plainJoin
	for i := range held {
		data, err := joindata.Generate(joindata.Spec{Rows: 30_000, Seed: uint64(i)})
		if err != nil {
			t.Fatal(err)
		}
		defer data.Release()
		if plain == nil {
			plain = newPlainJoin(data)
		}
		if held[i], err = holdTables(t.Context(), run, data); err != nil {
			t.Fatal(err)
		}
		defer held[i].release()
	}
	for _, q := range joinQuestions() {
		call := harness.Call{Check: true, Repeat: 2}
		if _, err := plain.ask(t.Context(), run, q, held[0], call); err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
		if _, err := plain.ask(t.Context(), run, q, held[1], call); err == nil {
			t.Errorf("%s: the answer to other rows passed", q.name)
		}
	}
}

func TestSortCase(t *testing.T) {
	cfg := harness.Config{Threads: 2, Dir: t.TempDir()}
	run := startTestEngine(t, cfg)
	c := sortCase(cfg, run, 20_000, nil)
	free, err := c.Prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer free()
	s, err := c.Ours(t.Context(), harness.Call{Check: true, Repeat: 1})
	if err != nil || len(s.Answer) != 2*len(groupdata.Schema.Fields())+3 {
		t.Errorf("got %v, %v", s.Answer, err)
	}
}
