package taskbench

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A Search finds the METG(50 %) of something that can run tasks.
type Search struct {
	// Run runs Tasks tasks of so many iterations each on Cores cores and
	// returns the seconds that they take.
	Run          func(iterations uint32) (seconds float64, err error)
	Tasks, Cores int
	// Peak computes on all cores for about a time, and returns the seconds that
	// an iteration takes each: Calibrate. It is called before each run, since
	// what others leave of the machine changes.
	Peak func(about time.Duration) float64
	// Samples is of how many runs each point is the median.
	Samples int
	// From is where to begin, in iterations: the result of a search before
	// saves most of this one. 0 begins at a hundred.
	From uint32

	best float64       // the least that Peak returned
	last time.Duration // that a run took
}

// A point is the median of some runs at one number of iterations.
type point struct {
	iterations uint32
	efficiency float64 // of the peak, 0 to 1
}

// half is the efficiency that is looked for.
const half = 0.5

// longest bounds a search: seconds of arithmetic in one run.
const longest = 20

// METG returns the least granularity with half of the peak, in seconds, and the
// number of iterations there. points are spaced by factors of 2, then, once
// the result is between two, by √2 and 2^¼; between the last two the
// efficiency is taken as linear in the logarithm of the iterations.
func (s *Search) METG() (seconds float64, iterations uint32, err error) {
	low, high, err := s.bracket()
	if err != nil {
		return 0, 0, err
	}
	for range 2 {
		n := uint32(math.Round(math.Sqrt(float64(low.iterations) * float64(high.iterations))))
		if n <= low.iterations || n >= high.iterations {
			break
		}
		p, err := s.measure(n)
		if err != nil {
			return 0, 0, err
		}
		if p.efficiency < half {
			low = p
		} else {
			high = p
		}
	}
	n := cross(low, high)
	// At half of the peak a task takes twice as long as its arithmetic; that
	// takes as long as on a machine without others.
	return n * s.best / half, uint32(max(1, math.Round(n))), nil
}

// bracket returns two points, a factor of 2 apart, with half of the peak
// between them. If even a single iteration has that, both are that point.
func (s *Search) bracket() (low, high point, err error) {
	n := s.From
	if n == 0 {
		n = 100
	}
	p, err := s.measure(n)
	if err != nil {
		return p, p, err
	}
	up := p.efficiency < half
	for {
		low, high = p, p
		switch {
		case up && (n > math.MaxUint32/2 || float64(n)*s.best*float64(s.Tasks)/float64(s.Cores) > longest):
			return p, p, fmt.Errorf("bench: no half of the peak, but %.2[2]f of it, with %[1]d iterations in a task; is the machine busy with something else?", n, p.efficiency)
		case up:
			n *= 2
		case n == 1:
			return low, high, nil
		default:
			n /= 2
		}
		if p, err = s.measure(n); err != nil {
			return p, p, err
		}
		if up && p.efficiency >= half {
			return low, p, nil
		}
		if !up && p.efficiency < half {
			return p, high, nil
		}
	}
}

// measure returns the point of one number of iterations.
func (s *Search) measure(iterations uint32) (point, error) {
	efficiencies := make([]float64, max(1, s.Samples))
	for i := range efficiencies {
		iteration := s.Peak(min(50*time.Millisecond, max(4*time.Millisecond, s.last/4)))
		if s.best == 0 || iteration < s.best {
			s.best = iteration
		}
		took, err := s.Run(iterations)
		if err != nil {
			return point{}, err
		}
		s.last = time.Duration(took * 1e9)
		granularity := took * float64(s.Cores) / float64(s.Tasks)
		efficiencies[i] = float64(iterations) * iteration / granularity
	}
	slices.Sort(efficiencies)
	return point{iterations, efficiencies[len(efficiencies)/2]}, nil
}

// cross is the number of iterations, between two points, with half of the peak.
func cross(low, high point) float64 {
	if low.efficiency >= half || high.efficiency <= low.efficiency {
		return float64(low.iterations)
	}
	part := min(1, (half-low.efficiency)/(high.efficiency-low.efficiency))
	return float64(low.iterations) * math.Pow(float64(high.iterations)/float64(low.iterations), part)
}
