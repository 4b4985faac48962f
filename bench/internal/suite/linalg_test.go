package suite

import (
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// Small problems of each kind: ours and gonum's answers agree, and the checks
// that each makes of itself pass.
func TestProblems(t *testing.T) {
	run := startTestEngine(t, harness.Config{Threads: 2})
	dir := t.TempDir()
	for _, p := range []*problem{newMatMul(96, 40), newCholesky(96, 40), newQR(700, 9, 100), newLstsq(700, 9, 100)} {
		t.Run(p.name, func(t *testing.T) {
			p.fileA, p.fileB = dir+"/a", dir+"/b"
			c, err := linalgCase(harness.Config{Threads: 2}, run, p, nil)
			if err != nil {
				t.Fatal(err)
			}
			release, err := c.Prepare(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			ours, err := c.Ours(t.Context(), harness.Call{Check: true, Repeat: 1})
			if err != nil {
				t.Fatal(err)
			}
			gonum, err := c.Peers[0].Run(t.Context(), &c, harness.Call{Check: true, Repeat: 1})
			if err != nil {
				t.Fatal(err)
			}
			if err := ours.Answer.Differ(gonum.Answer, c.Tolerance); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheckFactorSeesOneWrongElement(t *testing.T) {
	a, l := []float64{4, 2, 2, 5}, []float64{2, 0, 1, 2}
	if err := checkFactor(2, a, l); err != nil {
		t.Fatal(err)
	}
	l[2] += 1e-9
	if err := checkFactor(2, a, l); err == nil {
		t.Error("a wrong factor passed")
	}
}
