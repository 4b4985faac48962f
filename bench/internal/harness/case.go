package harness

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
)

// MinRuns is the least number of timed runs a row is the median of.
const MinRuns = 5

// Config is what the user asked for.
type Config struct {
	Quick   bool   // smaller sizes, for a look and for CI
	Runs    int    // timed runs of each side, at least MinRuns
	Threads int    // threads each side may use at most
	Dir     string // an empty folder for data that both sides read
}

// Suite is a named set of cases that share data and peers.
type Suite struct {
	Name  string
	About string
	// Plan makes the cases. What it opens, the returned close function closes.
	Plan func(ctx context.Context, cfg Config) (cases []Case, closeAll func() error, err error)
}

// Better says which way a metric is better.
type Better string

// The two ways.
const (
	Higher Better = "higher"
	Lower  Better = "lower"
)

// Case is one measurement.
type Case struct {
	Name   string
	Metric string // the unit of Value, such as GFLOP/s or ms
	Better Better
	// Value turns the seconds of one run into the metric. It is nil where the
	// metric is not of time, and each run yields it as Sample.Figure.
	Value func(seconds float64) float64
	// Prepare makes the data before the first run and returns what undoes it.
	// It may be nil.
	Prepare func(ctx context.Context) (release func(), err error)
	// Ours runs it once on our side.
	Ours func(ctx context.Context, call Call) (Sample, error)
	// Peers are run beside it, each with Request as its input.
	Peers   []Peer
	Request any
	// Short says that one run is too short for the clock: it is repeated
	// within a run until that takes a twentieth of a second.
	Short bool
	// Tolerance is the largest relative difference between our answer and a
	// peer's.
	Tolerance float64
}

// metric is what one run of the case gave.
func (c *Case) metric(s Sample) float64 {
	if c.Value == nil {
		return s.Figure
	}
	return c.Value(s.Seconds)
}

// Call is one request to run a case.
type Call struct {
	Check  bool // return an Answer too; not timed
	Repeat int  // how often to run; Sample.Seconds is the mean of them
}

// Sample is what one run gave.
type Sample struct {
	Seconds float64
	Figure  float64 // the metric, of cases without a Value
	Answer  Answer
}

// Answer is a digest of a result, by named figure: counts, sums, norms. Both
// sides compute the same figures in their own way.
type Answer map[string]float64

// Differ returns an error that names the first figure on which the answers
// differ by more than the relative tolerance, or which one of them lacks.
func (a Answer) Differ(b Answer, tolerance float64) error {
	if len(a) == 0 || len(b) == 0 {
		return fmt.Errorf("bench: an answer without figures proves nothing")
	}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		x := a[name]
		y, ok := b[name]
		if !ok {
			return fmt.Errorf("bench: the answer lacks %s", name)
		}
		if !near(x, y, tolerance) {
			return fmt.Errorf("bench: answers differ: %s is %v here and %v there", name, x, y)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[name]; !ok {
			return fmt.Errorf("bench: our answer lacks %s", name)
		}
	}
	return nil
}

func near(x, y, tolerance float64) bool {
	if x == y || math.IsNaN(x) && math.IsNaN(y) {
		return true
	}
	return math.Abs(x-y) <= tolerance*max(math.Abs(x), math.Abs(y))
}
