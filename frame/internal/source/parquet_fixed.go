package source

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/kernels/codes"
	"github.com/parquet-go/parquet-go/format"
)

// number is what a fixed-width column holds.
type number interface {
	uint8 | int32 | int64 | float32 | float64
}

// fixedSink stores values of S as a column of D.
type fixedSink[S, D number] struct {
	validity
	values  *memory.Buffer
	out     []D
	convert func(S) D // nil where S is D
	words   []D       // the dictionary
}

func newFixedSink[S, D number](base validity, convert func(S) D) *fixedSink[S, D] {
	return &fixedSink[S, D]{validity: base, convert: convert}
}

func (s *fixedSink[S, D]) slots() int { return s.at }

func (s *fixedSink[S, D]) reserve(slots int) (err error) {
	if s.values, err = reserveValues[D](s.mem, s.values, s.at, slots); err != nil {
		return err
	}
	s.out = valuesOf[D](s.values)
	return s.validity.reserve(slots)
}

// reserveValues returns a buffer with room for values of T, of which the first
// used are those of an older one, which it releases.
func reserveValues[T any](mem memory.Allocator, b *memory.Buffer, used, room int) (*memory.Buffer, error) {
	var zero T
	width := int(unsafe.Sizeof(zero))
	if b == nil {
		return allocate(mem, 0, room*width)
	}
	b.ResizeNoShrink(used * width)
	err := enlarge(mem, &b, room*width)
	return b, err
}

func (s *fixedSink[S, D]) dictionary(p *page) error {
	var zero S
	if p.values > len(p.data)/int(unsafe.Sizeof(zero)) {
		return errPageCut
	}
	s.words = make([]D, p.values)
	return s.plain(p.data, s.words)
}

func (s *fixedSink[S, D]) append(p *page, buf *[]int32, there presence, n int) error {
	dst := s.out[s.at : s.at+n]
	present, err := s.mark(there, n)
	if err != nil {
		return err
	}
	if err := s.decode(p, buf, dst[:present]); err != nil {
		return err
	}
	if present < n {
		scatter(dst, there, present)
	}
	return nil
}

var errCode = errors.New("a code that is not in the dictionary")

// decode reads len(dst) values one behind the other.
func (s *fixedSink[S, D]) decode(p *page, buf *[]int32, dst []D) error {
	switch p.encoding {
	case format.Plain:
		return s.plain(p.data, dst)
	case plainDictionary, format.RLEDictionary:
		return eachCodes(p, buf, len(dst), len(s.words), func(at int, some []int32, most uint32) error {
			codes.Pick(dst[at:at+len(some)], s.words, some, most)
			return nil
		})
	case format.DeltaBinaryPacked:
		return s.delta(p, dst)
	case format.ByteStreamSplit:
		return s.split(p.data, dst)
	}
	return unreadable(p, s.dt)
}

func unreadable(p *page, t arrow.DataType) error {
	return fmt.Errorf("%v values encoded as %v cannot be read", t, p.encoding)
}

// codesOf returns the codes of a page, whose width comes first.
func codesOf(p *page) (runs, error) {
	if len(p.data) == 0 {
		return runs{}, errPageCut
	}
	return newRuns(p.data[1:], uint(p.data[0]))
}

// codeBatch is how many codes are unpacked at a time.
const codeBatch = 4096

// eachCodes reads n codes of so many words, some at a time, and tells the
// greatest of them with each.
func eachCodes(p *page, buf *[]int32, n, words int, take func(at int, some []int32, most uint32) error) error {
	if n == 0 {
		return nil
	}
	r, err := codesOf(p)
	if err != nil {
		return err
	}
	if *buf == nil {
		*buf = make([]int32, codeBatch)
	}
	for at := 0; at < n; {
		some := (*buf)[:min(codeBatch, n-at)]
		r.most = 0
		if err := r.read(some); err != nil {
			return err
		}
		if int64(r.most) >= int64(words) {
			return errCode
		}
		if err := take(at, some, r.most); err != nil {
			return err
		}
		at += len(some)
	}
	return nil
}

// plain reads values as they lie in memory, the lowest byte first.
func (s *fixedSink[S, D]) plain(data []byte, dst []D) error {
	var zero S
	if len(data) < len(dst)*int(unsafe.Sizeof(zero)) {
		return errPageCut
	}
	if len(dst) == 0 {
		return nil
	}
	from := unsafe.Slice((*S)(unsafe.Pointer(unsafe.SliceData(data))), len(dst))
	if s.convert == nil {
		copy(dst, any(from).([]D))
		return nil
	}
	for i, v := range from {
		dst[i] = s.convert(v)
	}
	return nil
}

// delta reads integers; those of 32 bits wrap round.
func (s *fixedSink[S, D]) delta(p *page, dst []D) error {
	if s.dt.ID() == arrow.FLOAT32 || s.dt.ID() == arrow.FLOAT64 {
		return unreadable(p, s.dt)
	}
	_, err := deltas(p.data, len(dst), func(at int, values []int64) {
		for i, v := range values {
			if s.convert == nil {
				dst[at+i] = D(v)
			} else {
				dst[at+i] = s.convert(S(v))
			}
		}
	})
	return err
}

// split reads values whose first bytes come first, then all second bytes.
func (s *fixedSink[S, D]) split(data []byte, dst []D) error {
	var zero S
	width := int(unsafe.Sizeof(zero))
	if len(data) < width*len(dst) {
		return errPageCut
	}
	joined := make([]S, len(dst))
	if len(dst) == 0 {
		return nil
	}
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&joined[0])), width*len(dst))
	stride := len(data) / width
	for k := range width {
		for i, b := range data[k*stride : k*stride+len(dst)] {
			bytes[i*width+k] = b
		}
	}
	return s.plain(bytes, dst)
}

func (s *fixedSink[S, D]) finish() (arrow.Array, error) {
	var zero D
	s.values.ResizeNoShrink(s.at * int(unsafe.Sizeof(zero)))
	return s.array(s.values), nil
}

func (s *fixedSink[S, D]) release() {
	s.validity.release()
	releaseBuffers(s.values)
}
