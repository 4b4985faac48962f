package source

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
)

// number is what a fixed-width column holds.
type number interface {
	uint8 | int32 | int64 | float32 | float64
}

// fixedSink stores pages of S as a column of D.
type fixedSink[S, D number] struct {
	rowSink
	values  *memory.Buffer
	out     []D
	page    func(parquet.Page) []S
	convert func(S) D
}

func sameValue[T any](v T) T { return v }

func int32Page(p parquet.Page) []int32    { v := p.Data(); return v.Int32() }
func int64Page(p parquet.Page) []int64    { v := p.Data(); return v.Int64() }
func floatPage(p parquet.Page) []float32  { v := p.Data(); return v.Float() }
func doublePage(p parquet.Page) []float64 { v := p.Data(); return v.Double() }

func newFixedSink[S, D number](base rowSink, page func(parquet.Page) []S, convert func(S) D) *fixedSink[S, D] {
	s := &fixedSink[S, D]{rowSink: base, page: page, convert: convert}
	var d D
	width := int(unsafe.Sizeof(d))
	s.values = memory.NewResizableBuffer(base.mem)
	s.values.Resize(base.rows * width)
	s.out = unsafe.Slice((*D)(unsafe.Pointer(unsafe.SliceData(s.values.Bytes()))), base.rows)
	return s
}

func (s *fixedSink[S, D]) append(page parquet.Page, levels []byte) error {
	start := s.at
	present := s.mark(levels, int(page.NumRows()))
	out := s.out[start:s.at]
	values, codes, err := s.decode(page)
	if err != nil {
		return err
	}
	if have := max(len(values), len(codes)); codes == nil && have != present || codes != nil && len(codes) != present {
		return fmt.Errorf("a page of %d values for %d rows that are not null", have, present)
	}
	switch {
	case codes != nil:
		return s.gather(out, levels, values, codes)
	case len(levels) > 0:
		next := 0
		for i, level := range levels {
			if out[i] = 0; level != 0 {
				out[i] = s.convert(values[next])
				next++
			}
		}
	default:
		s.copyRun(out, values)
	}
	return nil
}

// copyRun stores values of which none is null.
func (s *fixedSink[S, D]) copyRun(out []D, values []S) {
	if same, ok := any(values).([]D); ok {
		copy(out, same)
		return
	}
	for i, v := range values {
		out[i] = s.convert(v)
	}
}

// decode returns the values of a page, or those of its dictionary and the
// codes of the page.
func (s *fixedSink[S, D]) decode(page parquet.Page) (values []S, codes []int32, err error) {
	dictionary := page.Dictionary()
	if dictionary == nil {
		return s.page(page), nil, nil
	}
	codes = int32Page(page)
	if codes == nil {
		codes = []int32{}
	}
	values = s.page(dictionary.Page())
	return values, codes, checkCodes(codes, len(values))
}

func checkCodes(codes []int32, n int) error {
	worst := uint32(0)
	for _, c := range codes {
		worst = max(worst, uint32(c))
	}
	if len(codes) > 0 && int64(worst) >= int64(n) {
		return fmt.Errorf("code %d in a dictionary of %d", worst, n)
	}
	return nil
}

func (s *fixedSink[S, D]) gather(out []D, levels []byte, values []S, codes []int32) error {
	if same, ok := any(out).([]S); ok && len(levels) == 0 { // the hot path, without a call
		for i, c := range codes[:len(same)] {
			same[i] = values[c]
		}
		return nil
	}
	if len(levels) == 0 {
		for i, c := range codes {
			out[i] = s.convert(values[c])
		}
		return nil
	}
	next := 0
	for i, level := range levels {
		if out[i] = 0; level != 0 {
			out[i] = s.convert(values[codes[next]])
			next++
		}
	}
	return nil
}

func (s *fixedSink[S, D]) finish() arrow.Array { return s.array([]*memory.Buffer{s.values}, nil) }

func (s *fixedSink[S, D]) release() {
	s.rowSink.release()
	s.values.Release()
}
