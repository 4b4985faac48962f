package taskbench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

func TestPatternsAreThoseOfThePaper(t *testing.T) {
	for _, c := range []struct {
		name                  string
		columns, step, column int
		want                  []int
	}{
		{"trivial", 8, 3, 4, nil},
		{"stencil_1d", 8, 3, 0, []int{0, 1}},
		{"stencil_1d", 8, 3, 4, []int{3, 4, 5}},
		{"stencil_1d", 8, 3, 7, []int{6, 7}},
		{"fft", 8, 1, 4, []int{3, 4, 5}},
		{"fft", 8, 2, 4, []int{2, 4, 6}},
		{"fft", 8, 3, 4, []int{0, 4}},
		{"fft", 8, 4, 4, []int{3, 4, 5}},
		{"fft", 1, 4, 0, []int{0}},
		{"tree", 8, 3, 5, []int{2}},
	} {
		i := slices.IndexFunc(Patterns(), func(p Pattern) bool { return p.Name == c.name })
		if got := Patterns()[i].Deps(c.columns, c.step, c.column); !slices.Equal(got, c.want) {
			t.Errorf("%s of %d columns, step %d, column %d: %v, want %v", c.name, c.columns, c.step, c.column, got, c.want)
		}
	}
	sum := 0
	for step := 1; step < 1000; step++ {
		near := nearest(100, step, 50)
		if !slices.Contains(near, 50) || near[0] < 48 || near[len(near)-1] > 52 {
			t.Fatalf("the random nearest of 50 are %v", near)
		}
		sum += len(near)
	}
	if mean := float64(sum) / 999; math.Abs(mean-2) > 0.1 {
		t.Errorf("%.2f nearest on average, want itself and a quarter of four", mean)
	}
}

func TestGridsYieldWhatTheyShould(t *testing.T) {
	for _, p := range Patterns() {
		for _, columns := range []int{1, 2, 7, 16} {
			g := NewGrid(p, columns, 9)
			if g.Tasks() != columns*9 {
				t.Fatalf("%s: %d tasks", p.Name, g.Tasks())
			}
			if c := graph.Cull(g.graph); c.Len() != g.Tasks() {
				t.Errorf("%s: only %d of %d tasks are needed", p.Name, c.Len(), g.Tasks())
			}
			for _, iterations := range []uint32{0, 3} {
				if _, err := g.Run(context.Background(), &graph.Local{Threads: 2}, iterations); err != nil {
					t.Errorf("%s, %d columns: %v", p.Name, columns, err)
				}
			}
			g.results[columns-1]++
			if _, err := g.Run(context.Background(), &graph.Local{}, 1); err == nil || !strings.Contains(err.Error(), "wrong inputs") {
				t.Errorf("%s: a wrong result gave %v", p.Name, err)
			}
		}
	}
}

// TestMETGOfAKnownOverhead: a system that adds a constant to each task has half
// of the peak where the arithmetic takes as long as that constant.
func TestMETGOfAKnownOverhead(t *testing.T) {
	const iteration = 2e-9
	for _, overhead := range []float64{5e-8, 3e-7, 1e-5, 2e-3} {
		for _, from := range []uint32{0, 1, 1_000_000} {
			runs := 0
			s := Search{Tasks: 100, Cores: 2, Peak: func(time.Duration) float64 { return iteration }, From: from, Samples: 3,
				Run: func(n uint32) (float64, error) {
					runs++
					return (float64(n)*iteration + overhead) * 100 / 2, nil
				}}
			metg, n, err := s.METG()
			if err != nil || math.Abs(metg/(2*overhead)-1) > 0.03 || math.Abs(float64(n)*iteration/overhead-1) > 0.05 {
				t.Errorf("overhead %v from %d: METG %v at %d iterations, %v", overhead, from, metg, n, err)
			}
			if runs%3 != 0 || runs > 3*30 {
				t.Errorf("%d runs", runs)
			}
		}
	}
}

func TestMETGGivesUp(t *testing.T) {
	s := Search{Tasks: 1, Cores: 1, Peak: func(time.Duration) float64 { return 1e-9 }, Run: func(uint32) (float64, error) { return 1e6, nil }}
	if _, _, err := s.METG(); err == nil || !strings.Contains(err.Error(), "no half of the peak") {
		t.Errorf("got %v", err)
	}
	s.Run = func(uint32) (float64, error) { return 0, fmt.Errorf("broken") }
	if _, _, err := s.METG(); err == nil || err.Error() != "broken" {
		t.Errorf("got %v", err)
	}
}

func TestCalibrate(t *testing.T) {
	if s := Calibrate(2, 20*time.Millisecond); s < 1e-10 || s > 1e-6 {
		t.Errorf("an iteration of eight multiply-adds takes %v s", s)
	}
}

// TestBare: a bare step waits for all, and a server that is gone is an error.
func TestBare(t *testing.T) {
	var addresses []string
	for range 2 {
		a, err := serveBare()
		if err != nil {
			t.Fatal(err)
		}
		addresses = append(addresses, a)
	}
	b, err := DialBare(t.Context(), addresses, 3, 5)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Tasks(); got != 30 {
		t.Errorf("%d tasks, want 30", got)
	}
	for range 2 {
		if _, err := b.Run(10); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if _, err := b.Run(1); err == nil {
		t.Error("a step without connections is none")
	}
}
