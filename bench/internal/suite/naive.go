package suite

import (
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/kernels"
)

// naive answers the group-by questions in the plainest way there is, so that
// an answer of ours is known to be right even where no peer is installed.
type naive struct {
	keys   map[string][]int32 // of each row
	v1, v2 []int32
	v3     []float64
}

func newNaive(parts []*kernels.Table) (*naive, error) {
	n := &naive{keys: map[string][]int32{}}
	for _, t := range parts {
		for i, f := range t.Schema().Fields() {
			at, err := numbers(t.Column(i))
			if err != nil {
				return nil, fmt.Errorf("bench: column %s: %w", f.Name, err)
			}
			switch f.Name {
			case "v1":
				n.v1 = append(n.v1, t.Column(i).(*array.Int32).Int32Values()...)
			case "v2":
				n.v2 = append(n.v2, t.Column(i).(*array.Int32).Int32Values()...)
			case "v3":
				n.v3 = append(n.v3, t.Column(i).(*array.Float64).Float64Values()...)
			default:
				for row := range t.NumRows() {
					n.keys[f.Name] = append(n.keys[f.Name], int32(at(row)))
				}
			}
		}
	}
	return n, nil
}

// groups are the rows of each group, in order of first appearance.
type groups struct {
	of    []int32 // the group of each row
	first []int   // the first row of each group
}

func (n *naive) group(keys []string) groups {
	var g groups
	seen := map[[6]int32]int32{}
	for row := range n.v1 {
		var key [6]int32
		for j, name := range keys {
			key[j] = n.keys[name][row]
		}
		id, ok := seen[key]
		if !ok {
			id = int32(len(g.first))
			seen[key] = id
			g.first = append(g.first, row)
		}
		g.of = append(g.of, id)
	}
	return g
}

// fold combines the values of the rows of each group, in order.
func fold[T int32 | float64](g groups, values []T, start float64, combine func(acc, v float64) float64) []float64 {
	out := slices.Repeat([]float64{start}, len(g.first))
	for row, id := range g.of {
		out[id] = combine(out[id], float64(values[row]))
	}
	return out
}

func plus(a, b float64) float64 { return a + b }

func sums[T int32 | float64](g groups, values []T) []float64 { return fold(g, values, 0, plus) }

func (g groups) counts() []float64 {
	return fold(g, g.of, 0, func(acc, _ float64) float64 { return acc + 1 })
}

func means[T int32 | float64](g groups, values []T) []float64 {
	return each(func(s, n float64) float64 { return s / n }, sums(g, values), g.counts())
}

// each combines two columns of groups.
func each(f func(x, y float64) float64, xs, ys []float64) []float64 {
	out := make([]float64, len(xs))
	for i := range out {
		out[i] = f(xs[i], ys[i])
	}
	return out
}

// collected are the values of each group, sorted.
func collected(g groups, values []float64) [][]float64 {
	lists := make([][]float64, len(g.first))
	for row, id := range g.of {
		lists[id] = append(lists[id], values[row])
	}
	for _, l := range lists {
		slices.Sort(l)
	}
	return lists
}

func medianAndDeviation(g groups, values []float64) (medians, deviations []float64) {
	for _, l := range collected(g, values) {
		medians = append(medians, (l[(len(l)-1)/2]+l[len(l)/2])/2)
		mean, squares := 0.0, 0.0
		for _, v := range l {
			mean += v / float64(len(l))
		}
		for _, v := range l {
			squares += (v - mean) * (v - mean)
		}
		deviations = append(deviations, math.Sqrt(squares/float64(len(l)-1))) // NaN for one value
	}
	return medians, deviations
}

// largestTwo are the largest value of each group and the second largest, of groups
// of at least two rows.
func largestTwo(g groups, values []float64) (first, second []float64) {
	for _, l := range collected(g, values) {
		first, second = append(first, l[len(l)-1]), append(second, l[max(len(l)-2, 0)])
	}
	return first, second
}

func (n *naive) correlation(g groups) []float64 {
	product := func(x, y []int32) []float64 {
		out := make([]float64, len(x))
		for i := range out {
			out[i] = float64(x[i]) * float64(y[i])
		}
		return out
	}
	count, x, y := g.counts(), sums(g, n.v1), sums(g, n.v2)
	xy, xx, yy := sums(g, product(n.v1, n.v2)), sums(g, product(n.v1, n.v1)), sums(g, product(n.v2, n.v2))
	out := make([]float64, len(count))
	for i, c := range count {
		r := c*xy[i] - x[i]*y[i]
		out[i] = r * r / ((c*xx[i] - x[i]*x[i]) * (c*yy[i] - y[i]*y[i]))
	}
	return out
}

// columns are the values of a question's answer.
func (n *naive) columns(q string, g groups) [][]float64 {
	switch q {
	case "q1", "q2":
		return [][]float64{sums(g, n.v1)}
	case "q3":
		return [][]float64{sums(g, n.v1), means(g, n.v3)}
	case "q4":
		return [][]float64{means(g, n.v1), means(g, n.v2), means(g, n.v3)}
	case "q5":
		return [][]float64{sums(g, n.v1), sums(g, n.v2), sums(g, n.v3)}
	case "q6":
		medians, deviations := medianAndDeviation(g, n.v3)
		return [][]float64{medians, deviations}
	case "q7":
		most := fold(g, n.v1, math.Inf(-1), math.Max)
		least := fold(g, n.v2, math.Inf(1), math.Min)
		return [][]float64{each(func(x, y float64) float64 { return x - y }, most, least)}
	case "q9":
		return [][]float64{n.correlation(g)}
	case "q8":
		first, second := largestTwo(g, n.v3)
		return [][]float64{append(first, second...)}
	case "q10":
		return [][]float64{sums(g, n.v3), g.counts()}
	}
	panic("bench: there is no question " + q)
}

// answer digests the naive answer as digestGroups does ours.
func (n *naive) answer(q question) harness.Answer {
	g := n.group(q.keys)
	at := make([]func(int) float64, 0, len(q.keys)+3)
	for _, name := range q.keys {
		at = append(at, func(i int) float64 { return float64(n.keys[name][g.first[i%len(g.first)]]) })
	}
	rows := len(g.first)
	for _, values := range n.columns(q.name, g) {
		at = append(at, func(i int) float64 { return values[i] })
		rows = len(values) // of q8, all groups and again those with a second value
	}
	return digestRows(rows, at, len(q.keys))
}
