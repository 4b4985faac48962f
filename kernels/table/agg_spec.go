package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/kernels"
)

// AggKind is an aggregate function. The numbers are part of the encoding.
type AggKind uint8

// The aggregates, and what they take and yield.
const (
	Sum           AggKind = iota + 1 // integers and booleans to int64, floats to float64
	Mean                             // numbers and booleans to float64
	Min                              // any key type, to the same; NaN is the greatest number
	Max                              // any key type, to the same
	Count                            // any type, to int64: how many are not null
	CountStar                        // no column, to int64: how many rows
	First                            // any type, to the same: the first that is not null
	Last                             // any type, to the same: the last that is not null
	Var                              // numbers and booleans to float64: of a sample, n-1
	Std                              // its square root
	Any                              // booleans to boolean
	All                              // booleans to boolean
	CountDistinct                    // any key type, to int64: exact, nulls not counted
	Median                           // numbers to float64: exact
	Quantile                         // numbers to float64: exact, linear between neighbours
	Corr                             // two columns of numbers or booleans to float64: Pearson's, of rows where neither is null
	Cov                              // two columns of numbers or booleans to float64: of a sample, likewise
	NLargest                         // numbers and times to a list of the same: the N greatest, from the greatest down
	NSmallest                        // numbers and times to a list of the same: the N least, from the least up
	List                             // any type, to a list of the same: all that are not null, in order
)

var aggNames = [...]string{Sum: "sum", Mean: "mean", Min: "min", Max: "max", Count: "count", CountStar: "count-star",
	First: "first", Last: "last", Var: "var", Std: "std", Any: "any", All: "all", CountDistinct: "count_distinct",
	Median: "median", Quantile: "quantile", Corr: "corr", Cov: "cov", NLargest: "nlargest", NSmallest: "nsmallest", List: "list"}

// String returns the name of the aggregate.
func (k AggKind) String() string {
	if k.known() {
		return aggNames[k]
	}
	return fmt.Sprintf("AggKind(%d)", uint8(k))
}

// isPair says whether the aggregate is of two columns.
func (k AggKind) isPair() bool { return k == Corr || k == Cov }

// isTop says whether the aggregate keeps N values.
func (k AggKind) isTop() bool { return k == NLargest || k == NSmallest }

func (k AggKind) known() bool { return k > 0 && int(k) < len(aggNames) }

// Agg is one aggregate of one column.
type Agg struct {
	Kind   AggKind
	Column string  // empty for CountStar
	As     string  // name of the result; empty means as Name says
	Q      float64 // of a Quantile, 0 to 1
	Other  string  // the second column of a Corr or Cov
	N      int     // of NLargest and NSmallest, from 1 to MostN
}

// MostN bounds the values that NLargest and NSmallest keep.
const MostN = 1 << 20

// Name returns the name of the result: As if there is one, else kind_column, as
// in mean_delay, "count" for CountStar, quantile_0.9_delay for a Quantile,
// corr_x_y and nlargest_2_x.
func (a Agg) Name() string {
	switch {
	case a.As != "":
		return a.As
	case a.Kind == CountStar:
		return "count"
	case a.Kind == Quantile:
		return a.Kind.String() + "_" + strconv.FormatFloat(a.Q, 'g', -1, 64) + "_" + a.Column
	case a.Kind.isPair():
		return a.Kind.String() + "_" + a.Column + "_" + a.Other
	case a.Kind.isTop():
		return fmt.Sprintf("%v_%d_%s", a.Kind, a.N, a.Column)
	}
	return a.Kind.String() + "_" + a.Column
}

// AggSpec groups by keys and aggregates each group. Without keys all rows are
// one group, also when there are none.
type AggSpec struct {
	Keys []string
	Aggs []Agg
}

// Schema returns the columns of the result for an input of the given ones: the
// keys, then the aggregates. Errors wrap ErrSpec, kernels.ErrColumn or ErrType
// and name the column.
func (s AggSpec) Schema(in *arrow.Schema) (*arrow.Schema, error) {
	fields, err := keyFields("group", in, s.Keys)
	if err != nil {
		return nil, err
	}
	for _, a := range s.Aggs {
		f := arrow.Field{Name: a.Name(), Nullable: true}
		if f.Type, err = a.resultType(in); err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	if err := distinctNames("group", fields, "name one with As"); err != nil {
		return nil, err
	}
	return arrow.NewSchema(fields, nil), nil
}

// distinctNames refuses equal names, with advice what to do about them.
func distinctNames(what string, fields []arrow.Field, advice string) error {
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.Name] {
			return refuse("%s makes two columns named %q: %s", what, f.Name, advice)
		}
		seen[f.Name] = true
	}
	return nil
}

// resultType checks the aggregate against its input.
func (a Agg) resultType(in *arrow.Schema) (arrow.DataType, error) {
	switch {
	case !a.Kind.known():
		return nil, refuse("no aggregate %v", a.Kind)
	case a.Kind == Quantile && !(a.Q >= 0 && a.Q <= 1):
		return nil, refuse("quantile %v of column %q: want 0 to 1", a.Q, a.Column)
	case a.Kind.isTop() && (a.N < 1 || a.N > MostN):
		return nil, refuse("the %d values of %v of column %q: want 1 to %d", a.N, a.Kind, a.Column, MostN)
	case a.Kind == CountStar:
		return arrow.PrimitiveTypes.Int64, nil
	case a.Kind.isPair():
		if err := a.checkColumn(in, a.Other); err != nil {
			return nil, err
		}
	}
	if err := a.checkColumn(in, a.Column); err != nil {
		return nil, err
	}
	at, _ := kernels.ColumnIndex(in, a.Column)
	return a.Kind.yields(in.Field(at).Type), nil
}

func (a Agg) checkColumn(in *arrow.Schema, name string) error {
	at, err := kernels.ColumnIndex(in, name)
	if err != nil {
		return fmt.Errorf("table: %v: %w", a.Kind, err)
	}
	if t := in.Field(at).Type; !a.Kind.takes(t) {
		return typeError(a.Kind.String(), name, t)
	}
	return nil
}

// takes says whether the aggregate is defined on columns of type t.
func (k AggKind) takes(t arrow.DataType) bool {
	_, ordered := keyClass(t)
	switch k {
	case Sum, Mean, Var, Std, Corr, Cov:
		return isNumeric(t) || t.ID() == arrow.BOOL
	case Median, Quantile:
		return isNumeric(t)
	case NLargest, NSmallest:
		return isNumeric(t) || ordered && !isText(t) && t.ID() != arrow.BOOL
	case Any, All:
		return t.ID() == arrow.BOOL
	case Min, Max, CountDistinct:
		return ordered
	}
	return takeable(t)
}

func isNumeric(t arrow.DataType) bool {
	return arrow.IsInteger(t.ID()) || t.ID() == arrow.FLOAT32 || t.ID() == arrow.FLOAT64
}

// takeable says whether takeColumn is defined on t.
func takeable(t arrow.DataType) bool {
	if list, ok := t.(*arrow.ListType); ok {
		return takeable(list.Elem())
	}
	_, fixed := fixedWidth(t)
	return fixed || isText(t) || t.ID() == arrow.NULL
}

// yields returns the type of the result over columns of type t.
func (k AggKind) yields(t arrow.DataType) arrow.DataType {
	switch k {
	case Sum:
		if arrow.IsFloating(t.ID()) {
			return arrow.PrimitiveTypes.Float64
		}
		return arrow.PrimitiveTypes.Int64
	case Count, CountStar, CountDistinct:
		return arrow.PrimitiveTypes.Int64
	case Mean, Var, Std, Median, Quantile, Corr, Cov:
		return arrow.PrimitiveTypes.Float64
	case NLargest, NSmallest, List:
		return arrow.ListOf(t)
	}
	return t
}

// quantile returns the fraction that a Median or Quantile asks for.
func (a Agg) quantile() float64 {
	if a.Kind == Median {
		return 0.5
	}
	return math.Min(math.Max(a.Q, 0), 1)
}

// KeepsValues says whether the state of some aggregate is all the values that it
// has seen, so that aggregating partitions first makes little of them.
func (s AggSpec) KeepsValues() bool {
	for _, a := range s.Aggs {
		switch a.Kind {
		case Median, Quantile, CountDistinct, List:
			return true
		}
	}
	return false
}

// Columns are the distinct columns that the aggregation reads, keys first.
func (s AggSpec) Columns() []string {
	cols := slices.Clone(s.Keys)
	for _, a := range s.Aggs {
		if a.Kind != CountStar && !slices.Contains(cols, a.Column) {
			cols = append(cols, a.Column)
		}
		if a.Kind.isPair() && !slices.Contains(cols, a.Other) {
			cols = append(cols, a.Other)
		}
	}
	return cols
}
