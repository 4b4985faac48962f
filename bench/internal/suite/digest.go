package suite

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/kernels"
)

// digestGroups gives the figures that a grouped answer is compared by, of all of
// its tables: the rows, and for each value column its sum, and its sum weighted by
// a number made of the row's keys, which tells whether each value stands by its own
// keys, in whatever order. A list counts as a row for each of its values. Nulls and
// NaNs are left out; as keys they are 0. groupby.py has the same.
func digestGroups(tables []*kernels.Table, keys int) (harness.Answer, error) {
	all := harness.Answer{}
	for _, t := range tables {
		rows, cols, err := groupColumns(t)
		if err != nil {
			return nil, err
		}
		for name, v := range digestRows(rows, cols, keys) {
			all[name] += v
		}
	}
	return all, nil
}

// groupColumns returns how many rows t has with its lists unnested, and its
// columns as functions of these rows.
func groupColumns(t *kernels.Table) (rows int, cols []func(int) float64, err error) {
	unnested := t.NumRows()
	var rowOf []int // of each unnested row
	cols = make([]func(int) float64, t.NumColumns())
	for i := range cols {
		col := t.Column(i)
		if list, ok := col.(*array.List); ok {
			rowOf, col = unnest(list), list.ListValues()
			unnested = len(rowOf)
		}
		if cols[i], err = numbers(col); err != nil {
			return 0, nil, fmt.Errorf("bench: column %s: %w", t.Schema().Field(i).Name, err)
		}
	}
	if rowOf == nil {
		return unnested, cols, nil
	}
	for i, at := range cols {
		if _, ok := t.Column(i).(*array.List); !ok {
			cols[i] = func(row int) float64 { return at(rowOf[row]) }
		}
	}
	return unnested, cols, nil
}

// unnest returns the row that each value of the lists stands in. The values of
// the lists of an answer begin with the first list.
func unnest(list *array.List) []int {
	rowOf := []int{}
	for row := range list.Len() {
		from, to := list.ValueOffsets(row)
		for range to - from {
			rowOf = append(rowOf, row)
		}
	}
	return rowOf
}

// digestRows is digestGroups on columns that are functions of the row.
func digestRows(rows int, cols []func(int) float64, keys int) harness.Answer {
	answer := harness.Answer{"rows": float64(rows)}
	weights := make([]float64, rows)
	for row := range weights {
		h := 0.0
		for j, key := range cols[:keys] {
			if k := key(row); !math.IsNaN(k) {
				h += float64(j+1) * k
			}
		}
		weights[row] = 1 + math.Mod(h, 1009)
	}
	for j, value := range cols[keys:] {
		sum, keyed := 0.0, 0.0
		for row, w := range weights {
			if v := value(row); !math.IsNaN(v) {
				sum += v
				keyed += v * w
			}
		}
		answer[fmt.Sprintf("sum%d", j)], answer[fmt.Sprintf("keyed%d", j)] = sum, keyed
	}
	return answer
}

// numbers reads a column as numbers, NaN for null; a text counts as the number
// after its "id".
func numbers(col arrow.Array) (func(row int) float64, error) {
	var at func(int) float64
	switch c := col.(type) {
	case *array.Int32:
		at = func(i int) float64 { return float64(c.Value(i)) }
	case *array.Int64:
		at = func(i int) float64 { return float64(c.Value(i)) }
	case *array.Float64:
		at = c.Value
	case *array.String:
		texts, err := idNumbers(c)
		if err != nil {
			return nil, err
		}
		at = func(i int) float64 { return texts[i] }
	case *array.Dictionary:
		words, err := numbers(c.Dictionary())
		if err != nil {
			return nil, err
		}
		at = func(i int) float64 { return words(c.GetValueIndex(i)) }
	default:
		return nil, fmt.Errorf("no numbers in a column of %v", col.DataType())
	}
	return func(i int) float64 {
		if col.IsNull(i) {
			return math.NaN()
		}
		return at(i)
	}, nil
}

func idNumbers(c *array.String) ([]float64, error) {
	out := make([]float64, c.Len())
	for i := range out {
		n, err := strconv.Atoi(strings.TrimPrefix(c.Value(i), "id"))
		if err != nil {
			return nil, fmt.Errorf("%q is no id", c.Value(i))
		}
		out[i] = float64(n)
	}
	return out, nil
}

// digestColumns gives one figure a column that does not depend on how its
// values are represented: the sum of numbers, of the seconds of timestamps, of
// the lengths of texts. scan.py has the same.
func digestColumns(tables []*kernels.Table) (harness.Answer, error) {
	answer := harness.Answer{}
	for _, t := range tables {
		answer["rows"] += float64(t.NumRows())
		for i, f := range t.Schema().Fields() {
			sum, err := columnFigure(t.Column(i))
			if err != nil {
				return nil, fmt.Errorf("bench: column %s: %w", f.Name, err)
			}
			answer[f.Name] += sum
		}
	}
	return answer, nil
}

func columnFigure(col arrow.Array) (float64, error) {
	var at func(int) float64
	switch c := col.(type) {
	case *array.String:
		at = func(i int) float64 { return float64(len(c.Value(i))) }
	case *array.Dictionary:
		words, ok := c.Dictionary().(*array.String)
		if !ok {
			return 0, fmt.Errorf("no texts in a dictionary of %v", c.Dictionary().DataType())
		}
		at = func(i int) float64 { return float64(len(words.Value(c.GetValueIndex(i)))) }
	case *array.Timestamp:
		unit := c.DataType().(*arrow.TimestampType).Unit.Multiplier().Seconds()
		at = func(i int) float64 { return float64(c.Value(i)) * unit }
	default:
		var err error
		if at, err = numbers(col); err != nil {
			return 0, err
		}
	}
	sum := 0.0
	for i := range col.Len() {
		if col.IsValid(i) {
			sum += at(i)
		}
	}
	return sum, nil
}
