package table

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/kernels"
)

// WindowKind is a function of a row and of others of its group. The numbers are
// part of the encoding.
type WindowKind uint8

// The window functions, and what they take and yield. Peers are rows of a group
// that are equal in the order.
const (
	RowNumber   WindowKind = iota + 1 // to int64: 1 for the first row of the group, also of peers
	RankMin                           // to int64: 1 more than rows that precede it, peers not counted
	RankMax                           // to int64: rows that do not follow it, peers counted
	RankDense                         // to int64: 1 more than different rows that precede it
	RankAverage                       // to float64: the mean of the row numbers of its peers
	Lag                               // any type, to the same: of the row N rows before, null where there is none
	Lead                              // any type, to the same: of the row N rows after
	CumSum                            // integers and booleans to int64, floats to float64: of all rows up to this one
	CumMin                            // any key type, to the same
	CumMax                            // any key type, to the same
	CumCount                          // any type, to int64: how many are not null
	RollingSum                        // as CumSum, of this row and the N-1 before it, or as many as there are
	RollingMean                       // numbers and booleans to float64
	RollingMin                        // any key type, to the same
	RollingMax                        // any key type, to the same
	Whole                             // an Agg of all rows of the group, the same for each of them
)

var windowNames = [...]string{RowNumber: "row_number", RankMin: "rank", RankMax: "rank_max", RankDense: "rank_dense",
	RankAverage: "rank_average", Lag: "lag", Lead: "lead", CumSum: "cum_sum", CumMin: "cum_min", CumMax: "cum_max",
	CumCount: "cum_count", RollingSum: "rolling_sum", RollingMean: "rolling_mean", RollingMin: "rolling_min",
	RollingMax: "rolling_max", Whole: "whole"}

// String returns the name of the function.
func (k WindowKind) String() string {
	if k.known() {
		return windowNames[k]
	}
	return fmt.Sprintf("WindowKind(%d)", uint8(k))
}

func (k WindowKind) known() bool { return k > 0 && int(k) < len(windowNames) }

func (k WindowKind) ranks() bool  { return k >= RankMin && k <= RankAverage }
func (k WindowKind) shifts() bool { return k == Lag || k == Lead }
func (k WindowKind) rolls() bool  { return k >= RollingSum && k <= RollingMax }

// Window is one window function of one column.
type Window struct {
	Kind   WindowKind
	Column string // empty for RowNumber, ranks and Whole
	As     string // name of the result; empty means as Name says
	N      int    // of Lag and Lead the distance, 0 or more; of a rolling function its rows, 1 or more
	Least  int    // of a rolling function: null where fewer values are not null; 0 means 1
	Agg    Agg    // of Whole
}

// Name returns the name of the result: As if there is one, else kind_column, as
// in cum_sum_delay, with N before the column, as in rolling_mean_3_delay, the kind
// alone where there is no column, and for Whole the name of its Agg.
func (w Window) Name() string {
	switch {
	case w.As != "":
		return w.As
	case w.Kind == Whole:
		return w.Agg.Name()
	case w.Column == "":
		return w.Kind.String()
	case w.Kind.shifts() || w.Kind.rolls():
		return fmt.Sprintf("%v_%d_%s", w.Kind, w.N, w.Column)
	}
	return w.Kind.String() + "_" + w.Column
}

// WindowSpec adds a column for each window function. Rows with equal Keys are one
// group (nulls equal one another, as in [AggSpec]; without keys all rows are);
// functions see its rows in the order of Order, and where that is empty or leaves
// rows equal, in the order in which they come. Functions other than RowNumber and
// ranks skip nulls: they yield null where they see nothing else, and a CumCount 0.
type WindowSpec struct {
	Keys    []string
	Order   SortSpec
	Windows []Window
}

// Schema returns the columns of the result: those of the input, then one for each
// window function. Errors wrap ErrSpec, kernels.ErrColumn or ErrType and name the
// column.
func (s WindowSpec) Schema(in *arrow.Schema) (*arrow.Schema, error) {
	if _, err := keyFields("window", in, s.Keys); err != nil {
		return nil, err
	}
	if len(s.Order.Keys) > 0 {
		if _, err := keyFields("order of window", in, s.Order.columns()); err != nil {
			return nil, err
		}
	}
	if len(s.Windows) == 0 {
		return nil, refuse("window without functions: give at least one")
	}
	fields := slices.Clone(in.Fields())
	for _, w := range s.Windows {
		t, err := s.resultType(w, in)
		if err != nil {
			return nil, err
		}
		fields = append(fields, arrow.Field{Name: w.Name(), Type: t, Nullable: true})
	}
	if err := distinctNames("window", fields, "name one with As"); err != nil {
		return nil, err
	}
	return arrow.NewSchema(fields, nil), nil
}

// resultType checks a function against the input.
func (s WindowSpec) resultType(w Window, in *arrow.Schema) (arrow.DataType, error) {
	switch {
	case !w.Kind.known():
		return nil, refuse("no window function %v", w.Kind)
	case w.Kind == Whole:
		return w.Agg.resultType(in)
	case w.Kind.ranks() && len(s.Order.Keys) == 0:
		return nil, refuse("%v without an order: give at least one column to rank by", w.Kind)
	case w.Kind == RankAverage:
		return arrow.PrimitiveTypes.Float64, nil
	case w.Kind.ranks() || w.Kind == RowNumber:
		return arrow.PrimitiveTypes.Int64, nil
	case w.Kind.shifts() && w.N < 0:
		return nil, refuse("%v of column %q by %d rows: want 0 or more", w.Kind, w.Column, w.N)
	case w.Kind.rolls() && w.N < 1:
		return nil, refuse("%v of column %q over %d rows: want 1 or more", w.Kind, w.Column, w.N)
	case w.Kind.rolls() && (w.Least < 0 || w.Least > w.N):
		return nil, refuse("%v of column %q over %d rows, of which at least %d: want 0 to %d", w.Kind, w.Column, w.N, w.Least, w.N)
	}
	at, err := kernels.ColumnIndex(in, w.Column)
	if err != nil {
		return nil, fmt.Errorf("table: %v: %w", w.Kind, err)
	}
	t := in.Field(at).Type
	like := Agg{Kind: First, Column: w.Column} // the aggregate that takes and yields the same
	switch w.Kind {
	case CumSum, RollingSum:
		like.Kind = Sum
	case RollingMean:
		like.Kind = Mean
	case CumMin, CumMax, RollingMin, RollingMax:
		like.Kind = Min
	case CumCount:
		return arrow.PrimitiveTypes.Int64, nil
	case Lag, Lead:
		return t, nil
	}
	if !like.Kind.takes(t) {
		return nil, typeError(w.Kind.String(), w.Column, t)
	}
	return like.Kind.yields(t), nil
}

// Columns are the distinct columns that the functions read, keys first.
func (s WindowSpec) Columns() []string {
	cols := slices.Clone(s.Keys)
	add := func(names ...string) {
		for _, name := range names {
			if name != "" && !slices.Contains(cols, name) {
				cols = append(cols, name)
			}
		}
	}
	add(s.Order.columns()...)
	for _, w := range s.Windows {
		if w.Kind == Whole {
			add(AggSpec{Aggs: []Agg{w.Agg}}.Columns()...)
		} else {
			add(w.Column)
		}
	}
	return cols
}

// Append appends the encoding of s to dst.
func (s WindowSpec) Append(dst []byte) []byte {
	dst = s.Order.Append(appendNames(append(dst, specVersion), s.Keys))
	dst = binary.AppendUvarint(dst, uint64(len(s.Windows)))
	for _, w := range s.Windows {
		dst = appendName(append(dst, byte(w.Kind)), w.Column)
		dst = appendName(dst, w.As)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(w.N))
		dst = binary.LittleEndian.AppendUint64(dst, uint64(w.Least))
		if w.Kind == Whole {
			dst = AggSpec{Aggs: []Agg{w.Agg}}.Append(dst)
		}
	}
	return dst
}

// ParseWindowSpec reads a spec from the start of src and returns what follows it.
func ParseWindowSpec(src []byte) (s WindowSpec, rest []byte, err error) {
	r := newSpecReader(src)
	s.Keys = r.names()
	if r.err == nil {
		s.Order, r.src, r.err = ParseSortSpec(r.src)
	}
	for range r.count() {
		w := Window{Kind: WindowKind(r.byte()), Column: r.name(), As: r.name(), N: r.number(), Least: r.number()}
		r.check(w.Kind.known(), "window function %d", w.Kind)
		if w.Kind == Whole && r.err == nil {
			var one AggSpec
			one, r.src, r.err = ParseAggSpec(r.src)
			r.check(len(one.Keys) == 0 && len(one.Aggs) == 1, "%d aggregates by %d keys", len(one.Aggs), len(one.Keys))
			if r.err == nil {
				w.Agg = one.Aggs[0]
			}
		}
		s.Windows = append(s.Windows, w)
	}
	if rest, err = r.done("window"); err != nil {
		return WindowSpec{}, nil, err
	}
	return s, rest, nil
}

// number reads one of eight bytes.
func (r *specReader) number() int {
	v := binary.LittleEndian.Uint64(r.take(8))
	r.check(v <= math.MaxInt, "a number of %d", v)
	return int(v)
}
