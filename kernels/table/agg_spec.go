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
)

var aggNames = [...]string{Sum: "sum", Mean: "mean", Min: "min", Max: "max", Count: "count", CountStar: "count-star",
	First: "first", Last: "last", Var: "var", Std: "std", Any: "any", All: "all", CountDistinct: "count_distinct",
	Median: "median", Quantile: "quantile"}

// String returns the name of the aggregate.
func (k AggKind) String() string {
	if k.known() {
		return aggNames[k]
	}
	return fmt.Sprintf("AggKind(%d)", uint8(k))
}

func (k AggKind) known() bool { return k > 0 && int(k) < len(aggNames) }

// Agg is one aggregate of one column.
type Agg struct {
	Kind   AggKind
	Column string  // empty for CountStar
	As     string  // name of the result; empty means as Name says
	Q      float64 // of a Quantile, 0 to 1
}

// Name returns the name of the result: As if there is one, else kind_column, as
// in mean_delay, "count" for CountStar, and quantile_0.9_delay for a Quantile.
func (a Agg) Name() string {
	switch {
	case a.As != "":
		return a.As
	case a.Kind == CountStar:
		return "count"
	case a.Kind == Quantile:
		return a.Kind.String() + "_" + strconv.FormatFloat(a.Q, 'g', -1, 64) + "_" + a.Column
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
	case a.Kind == CountStar:
		return arrow.PrimitiveTypes.Int64, nil
	}
	at, err := kernels.ColumnIndex(in, a.Column)
	if err != nil {
		return nil, fmt.Errorf("table: %v: %w", a.Kind, err)
	}
	t := in.Field(at).Type
	if !a.Kind.takes(t) {
		return nil, typeError(a.Kind.String(), a.Column, t)
	}
	return a.Kind.yields(t), nil
}

// takes says whether the aggregate is defined on columns of type t.
func (k AggKind) takes(t arrow.DataType) bool {
	_, ordered := keyClass(t)
	switch k {
	case Sum, Mean, Var, Std:
		return isNumeric(t) || t.ID() == arrow.BOOL
	case Median, Quantile:
		return isNumeric(t)
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
	case Mean, Var, Std, Median, Quantile:
		return arrow.PrimitiveTypes.Float64
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
		case Median, Quantile, CountDistinct:
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
	}
	return cols
}
