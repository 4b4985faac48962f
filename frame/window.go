package frame

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// Window is a function of a row and of others of its group. All but row numbers
// and ranks skip nulls, and are null where they see no value.
type Window struct{ w table.Window }

// A WindowFunc is what the With of a [Windowed] takes: a [Window], or an [Agg],
// which is that of the whole group.
type WindowFunc interface{ window() table.Window }

func (w Window) window() table.Window { return w.w }
func (a Agg) window() table.Window    { return table.Window{Kind: table.Whole, Agg: a.agg} }

// As names the result; without it the name is the function and the column, as in
// cum_sum_delay, or lag_1_delay with a number of rows.
func (w Window) As(name string) Window { w.w.As = name; return w }

// AtLeast makes a rolling function null where fewer than n values of its rows are
// not null; without it, one is enough.
func (w Window) AtLeast(n int) Window { w.w.Least = n; return w }

// RowNumber numbers the rows from 1, also those that are equal in the order: it is
// the ordinal rank.
func RowNumber() Window { return Window{table.Window{Kind: table.RowNumber}} }

// Rank is 1 more than rows of the group precede the row in the order. Equal rows
// have the same, and leave a gap behind them: 1, 2, 2, 4. Nulls rank where the order
// puts them, all alike; so does NaN, behind all numbers.
func Rank() Window { return Window{table.Window{Kind: table.RankMin}} }

// RankMax gives equal rows the greatest of their row numbers: 1, 3, 3, 4.
func RankMax() Window { return Window{table.Window{Kind: table.RankMax}} }

// DenseRank is Rank without gaps: 1, 2, 2, 3.
func DenseRank() Window { return Window{table.Window{Kind: table.RankDense}} }

// AverageRank gives equal rows the mean of their row numbers: 1, 2.5, 2.5, 4.
func AverageRank() Window { return Window{table.Window{Kind: table.RankAverage}} }

// Lag is the value n rows before, null where there is no such row.
func Lag(col string, n int) Window { return Window{table.Window{Kind: table.Lag, Column: col, N: n}} }

// Lead is the value n rows after, null where there is no such row.
func Lead(col string, n int) Window { return Window{table.Window{Kind: table.Lead, Column: col, N: n}} }

// CumSum adds up all rows to this one; integers as int64, where overflow is an
// error.
func CumSum(col string) Window { return Window{table.Window{Kind: table.CumSum, Column: col}} }

// CumMin is the least value of all rows to this one.
func CumMin(col string) Window { return Window{table.Window{Kind: table.CumMin, Column: col}} }

// CumMax is the greatest value of all rows to this one; NaN is the greatest number.
func CumMax(col string) Window { return Window{table.Window{Kind: table.CumMax, Column: col}} }

// CumCount counts the values that are not null of all rows to this one.
func CumCount(col string) Window { return Window{table.Window{Kind: table.CumCount, Column: col}} }

// RollingSum adds up this row and the n-1 before it, or as many as there are; see
// AtLeast. What has left the rows leaves no trace, not even an infinity.
func RollingSum(col string, n int) Window { return rolling(table.RollingSum, col, n) }

// RollingMean is the mean of this row and the n-1 before it, or as many as there are.
func RollingMean(col string, n int) Window { return rolling(table.RollingMean, col, n) }

// RollingMin is the least value of this row and the n-1 before it.
func RollingMin(col string, n int) Window { return rolling(table.RollingMin, col, n) }

// RollingMax is the greatest value of this row and the n-1 before it.
func RollingMax(col string, n int) Window { return rolling(table.RollingMax, col, n) }

func rolling(kind table.WindowKind, col string, n int) Window {
	return Window{table.Window{Kind: kind, Column: col, N: n}}
}

// Windowed is a frame cut into groups, on the way to its window functions.
type Windowed struct {
	frame *Frame
	keys  []string
	order []SortKey
}

// Over makes groups of rows with equal values of the named columns, null being a
// value as others are, for functions that keep all rows. Without keys all rows are
// one group: then they are brought together as one partition, which must fit one
// worker and have fewer than 2³² rows.
func (f *Frame) Over(keys ...string) *Windowed { return &Windowed{frame: f, keys: keys} }

// OrderBy says in which order functions see the rows of a group; rows that are
// equal in it come in the order of the frame, and so do all without OrderBy.
func (w *Windowed) OrderBy(keys ...SortKey) *Windowed {
	return &Windowed{w.frame, w.keys, append(w.order[:len(w.order):len(w.order)], keys...)}
}

// With returns all rows, with a column more for each function. Functions go over
// rows, not over values of the order, as ROWS does in SQL; an Agg is of the whole
// group, also with an order, which decides what First, Last and List are. A frame of
// one partition, or without keys, keeps the order of its rows. Others are
// exchanged by the keys, into at most 64 partitions, and come in no order that is
// worth knowing.
func (w *Windowed) With(fs ...WindowFunc) *Frame {
	f := w.frame
	if f.err != nil {
		return f
	}
	spec := table.WindowSpec{Keys: w.keys}
	for _, k := range w.order {
		spec.Order.Keys = append(spec.Order.Keys, k.key)
	}
	for _, fn := range fs {
		spec.Windows = append(spec.Windows, fn.window())
	}
	s, err := spec.Schema(f.Schema())
	if err != nil {
		return fail("window", err)
	}
	return f.derive(newWindowed(f.node, nullable(s), spec))
}

// windowed adds the columns of window functions.
type windowed struct {
	base
	spec table.WindowSpec
}

func newWindowed(in node, s *arrow.Schema, spec table.WindowSpec) *windowed {
	parts := partsByKeys(in, spec.Keys)
	return &windowed{newBase("window", s, parts, spec.Append(nil), in), spec}
}

func (n *windowed) lower(l *lowering, i int) graph.Dep {
	deps := l.together(&n.base, i, &hashSplit{n.spec.Keys, n.partitions})
	return l.b.Add(graph.Class{Op: opWindowPart, Spec: l.spec}, n.spec.Append(nil), deps...).Whole()
}

// together returns what part i of n is made of: all of its operand where n is one
// partition, else what s, which splits it into as many as n has, sends there.
func (l *lowering) together(n *base, i int, s step) []graph.Dep {
	in := n.operands[0]
	if n.partitions > 1 {
		x, ok := l.moved[n.key]
		if !ok {
			x = l.exchange(in, s, n.partitions)
			l.moved[n.key] = x
		}
		return x.part(i)
	}
	deps := make([]graph.Dep, in.info().partitions)
	for k := range deps {
		deps[k] = l.partition(in, k)
	}
	return deps
}

// narrow leaves out functions; the last stays if without it the partitions were
// others.
func (n *windowed) narrow(need columns) node {
	in := n.operands[0]
	spec := table.WindowSpec{Keys: n.spec.Keys, Order: n.spec.Order}
	for i, w := range n.spec.Windows {
		last := i == len(n.spec.Windows)-1 && len(spec.Windows) == 0 && in.info().partitions != n.partitions
		if need.has(w.Name()) || last {
			spec.Windows = append(spec.Windows, w)
		}
	}
	if need != nil {
		below := columns{}
		for _, name := range names(in.info().schema) {
			if need.has(name) {
				below[name] = true
			}
		}
		need = below
	}
	if len(spec.Windows) == 0 {
		return in.narrow(need)
	}
	if need != nil {
		need = with(need, spec.Columns())
	}
	in = in.narrow(need)
	s, err := spec.Schema(in.info().schema)
	if err != nil {
		panic(fmt.Sprintf("frame: narrowing %v: %v", n.key, err)) // it was right with more columns
	}
	return newWindowed(in, nullable(s), spec)
}

func (n *windowed) describe() string {
	var fs, order []string
	for _, w := range n.spec.Windows {
		fs = append(fs, w.Name())
	}
	for _, k := range n.spec.Order.Keys {
		order = append(order, k.Column)
	}
	d := "window " + strings.Join(fs, ", ")
	if len(n.spec.Keys) > 0 {
		d += " over " + quoted(n.spec.Keys)
	}
	if len(order) > 0 {
		d += " in order of " + quoted(order)
	}
	return d
}

const opWindowPart = "frame.windowpart"

func init() {
	graph.Register(opWindowPart, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		spec, err := whole(table.ParseWindowSpec(c.Attr))
		if err != nil {
			return nil, err
		}
		in, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		return value(table.WindowsAll(kernels.AllocatorFrom(ctx), spec, in...))
	})
}
