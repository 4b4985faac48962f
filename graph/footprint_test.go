package graph

import (
	"strings"
	"testing"
)

// TestForesee: of a chain a→b→c with an input, and a reader of two parts.
func TestForesee(t *testing.T) {
	const mib = 1 << 20
	class := func(op string, output, scratch int64, sure bool) Class {
		return Class{Op: op, Cost: Cost{Output: output * mib, Scratch: scratch * mib, Sure: sure}}
	}
	b := &Builder{}
	in := b.Sized(NewKey("in"), 5*mib)
	a := b.Add(class("a", 10, 0, true), nil, in.Whole(), in.Whole()) // counts once
	c := b.Add(class("b", 20, 3, true), nil, a.Whole())
	d := b.Add(class("c", 4, 0, false), nil, c.Part(0), c.Part(1))
	e := b.Add(class("d", 1, 0, true), nil, a.Whole(), d.Whole())
	b.Output(e, NewKey("out"))
	f := Foresee(b.Graph())
	if want := (Need{Task: 1, Inputs: 10 * mib, Scratch: 3 * mib, Output: 20 * mib, Sure: 30 * mib}); f.Most != want {
		t.Errorf("most is needed by %+v, want %+v", f.Most, want)
	}
	for i, want := range []int64{15, 30, 0, 11} { // parts are shared by guess
		if got := f.Sure[i].Sure; got != want*mib {
			t.Errorf("class %d surely needs %d bytes, want %d MiB", i, got, want)
		}
	}
	// in, then a beside it, then a and b with scratch, …
	if f.Alive != 34*mib || f.Outputs != mib || f.Guessed != 1 {
		t.Errorf("alive %d, outputs %d, guessed %d", f.Alive, f.Outputs, f.Guessed)
	}
	if got := f.PerWorker(2, 3); got != (17+3*23)*mib {
		t.Errorf("a worker of two with three threads takes %d bytes", got)
	}
	for _, part := range []string{"33.0 MiB at most: b with 10.0 MiB of inputs, 20.0 MiB of result", "34.0 MiB in order", "1.0 MiB of them the outcome", "of 1 tasks"} {
		if !strings.Contains(f.String(), part) {
			t.Errorf("it does not say %q:\n%v", part, f)
		}
	}
	if s := Foresee((&Builder{}).Graph()).String(); !strings.Contains(s, "nothing is known") {
		t.Errorf("of an empty graph it says %s", s)
	}
}
