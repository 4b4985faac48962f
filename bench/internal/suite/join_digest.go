package suite

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/joindata"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/kernels"
)

// digestParts gives the figures that an answer of many rows is compared by: the
// rows, and for each column its sum, and its sum weighted by a number made of
// the row's key, which tells whether the values of a row are still together.
// Where rows are in the order of a column, it also tells how many are not, and
// the sum of that column weighted by the row's place. join.py has the same.
func digestParts(parts []*kernels.Table, key, ordered string) (harness.Answer, error) {
	d := newJoinDigest(ordered)
	texts := map[*byte][]float64{}
	for _, t := range parts {
		cols := make([]func(int) float64, t.NumColumns())
		keyAt, orderAt := -1, -1
		for i, f := range t.Schema().Fields() {
			var err error
			if cols[i], err = numbersOnce(t, i, texts); err != nil {
				return nil, fmt.Errorf("bench: column %s: %w", f.Name, err)
			}
			switch f.Name {
			case key:
				keyAt = i
			case ordered:
				orderAt = i
			}
		}
		if keyAt < 0 || ordered != "" && orderAt < 0 {
			return nil, fmt.Errorf("bench: no column %q or %q in %v", key, ordered, t.Schema())
		}
		row := make([]float64, len(cols))
		for i := range t.NumRows() {
			for c, at := range cols {
				row[c] = at(i)
			}
			d.add(row, row[keyAt])
			if orderAt >= 0 {
				d.place(row[orderAt])
			}
		}
	}
	return d.answer(), nil
}

// numbersOnce is numbers, which reads each dictionary once.
func numbersOnce(t *kernels.Table, i int, texts map[*byte][]float64) (func(int) float64, error) {
	dict, ok := t.Column(i).(*array.Dictionary)
	if !ok {
		return numbers(t.Column(i))
	}
	words, ok := dict.Dictionary().(*array.String)
	if !ok || words.Len() == 0 {
		return nil, fmt.Errorf("no texts in a column of %v", dict.DataType())
	}
	at := &words.ValueBytes()[0]
	values, known := texts[at]
	if !known || len(values) != words.Len() {
		var err error
		if values, err = idNumbers(words); err != nil {
			return nil, err
		}
		texts[at] = values
	}
	return func(i int) float64 {
		if dict.IsNull(i) {
			return math.NaN()
		}
		return values[dict.GetValueIndex(i)]
	}, nil
}

// joinDigest adds up the figures of digestParts.
type joinDigest struct {
	rows       float64
	sum, keyed []float64
	ordered    bool
	last       float64
	disorder   float64
	placed     float64
}

func newJoinDigest(ordered string) *joinDigest {
	return &joinDigest{ordered: ordered != "", last: math.Inf(-1)}
}

func (d *joinDigest) add(row []float64, key float64) {
	if d.sum == nil {
		d.sum, d.keyed = make([]float64, len(row)), make([]float64, len(row))
	}
	weight := 1 + math.Mod(key, 1009)
	for c, v := range row {
		if !math.IsNaN(v) {
			d.sum[c] += v
			d.keyed[c] += v * weight
		}
	}
	d.rows++
}

func (d *joinDigest) place(v float64) {
	if v < d.last {
		d.disorder++
	}
	d.last = v
	d.placed += v * (1 + math.Mod(d.rows, 1009))
}

func (d *joinDigest) answer() harness.Answer {
	a := harness.Answer{"rows": d.rows}
	for c := range d.sum {
		a[fmt.Sprintf("sum%d", c)], a[fmt.Sprintf("keyed%d", c)] = d.sum[c], d.keyed[c]
	}
	if d.ordered {
		a["disorder"], a["placed"] = d.disorder, d.placed
	}
	return a
}

// plainJoin answers the questions in the plainest way there is. A text is the
// number of the id beside it.
type plainJoin struct{ x, small, medium, big plainTable }

type plainTable struct {
	ids    [][]int32
	values []float64
}

func newPlainJoin(t *joindata.Tables) *plainJoin {
	return &plainJoin{plainTableOf(t.X), plainTableOf(t.Small), plainTableOf(t.Medium), plainTableOf(t.Big)}
}

func plainTableOf(parts []*kernels.Table) plainTable {
	t := plainTable{ids: make([][]int32, parts[0].NumColumns()/2)}
	for _, p := range parts {
		for i := range t.ids {
			t.ids[i] = append(t.ids[i], p.Column(i).(*array.Int32).Int32Values()...)
		}
		t.values = append(t.values, p.Column(p.NumColumns()-1).(*array.Float64).Float64Values()...)
	}
	return t
}

// answer pairs each row of x with the row on the right that has its key.
func (p *plainJoin) answer(q joinQuestion) harness.Answer {
	right := []plainTable{p.small, p.medium, p.big}[q.right]
	last := len(right.ids) - 1
	at := map[int32]int{}
	for row, id := range right.ids[last] {
		at[id] = row
	}
	d := newJoinDigest("")
	texts := q.on == fmt.Sprintf("id%d", last+4)
	var row []float64
	for i, v := range p.x.values {
		partner, found := at[p.x.ids[last][i]]
		if !found && q.kind == frame.Inner {
			continue
		}
		row = row[:0]
		for range 2 {
			for _, ids := range p.x.ids {
				row = append(row, float64(ids[i]))
			}
		}
		row = append(row, v)
		row = right.append(row, partner, found, last, texts)
		d.add(row, float64(p.x.ids[2][i]))
	}
	return d.answer()
}

// append adds the columns of a row on the right but the key: the id `last`, or
// its text.
func (t *plainTable) append(row []float64, at int, found bool, last int, texts bool) []float64 {
	for k := range 2 {
		for c, ids := range t.ids {
			switch {
			case c == last && (k == 1) == texts:
			case found:
				row = append(row, float64(ids[at]))
			default:
				row = append(row, math.NaN())
			}
		}
	}
	if !found {
		return append(row, math.NaN())
	}
	return append(row, t.values[at])
}
