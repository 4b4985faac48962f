package source

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// wideSink stores values that are byte arrays of one length in the file, or are
// made of integers: decimals, old timestamps of 96 bits, and the arrays
// themselves.
type wideSink struct {
	validity
	from    int // bytes of a value in the file
	to      int // and in the column
	convert func(dst, src []byte) bool
	values  *memory.Buffer
	words   []byte // the dictionary, converted
}

func newWideSink(base validity, c *parquetLeaf) *wideSink {
	s := &wideSink{validity: base, from: c.length, to: 16}
	switch {
	case c.kind == parquet.Int96:
		s.from, s.to, s.convert = 12, 8, nanosOf96
	case c.arrow.ID() == arrow.FIXED_SIZE_BINARY:
		s.to = c.length
		s.convert = func(dst, src []byte) bool { copy(dst, src); return true }
	case c.kind == parquet.Int32:
		s.from = 4
		s.convert = func(dst, src []byte) bool { return decimalOf(dst, int64(int32(binary.LittleEndian.Uint32(src)))) }
	case c.kind == parquet.Int64:
		s.from = 8
		s.convert = func(dst, src []byte) bool { return decimalOf(dst, int64(binary.LittleEndian.Uint64(src))) }
	default:
		s.convert = decimalOfBytes
	}
	return s
}

func decimalOf(dst []byte, v int64) bool {
	binary.LittleEndian.PutUint64(dst, uint64(v))
	binary.LittleEndian.PutUint64(dst[8:], uint64(v>>63))
	return true
}

// decimalOfBytes reads a signed number, the highest byte first.
func decimalOfBytes(dst, src []byte) bool {
	sign := byte(0)
	if len(src) > 0 && int8(src[0]) < 0 {
		sign = 0xff
	}
	for i := range dst {
		if dst[i] = sign; i < len(src) {
			dst[i] = src[len(src)-1-i]
		}
	}
	return len(src) <= len(dst)
}

// nanosOf96 reads nanoseconds of a day and its Julian number.
func nanosOf96(dst, src []byte) bool {
	const julian1970, day int64 = 2440588, 86400 * 1e9
	nanos, days := int64(binary.LittleEndian.Uint64(src)), int64(binary.LittleEndian.Uint32(src[8:]))-julian1970
	v := days*day + nanos
	binary.LittleEndian.PutUint64(dst, uint64(v))
	return days > math.MinInt64/day && days < math.MaxInt64/day && nanos >= 0 && nanos <= day
}

func (s *wideSink) slots() int { return s.at }

func (s *wideSink) reserve(slots int) (err error) {
	if s.values == nil {
		s.values, err = allocate(s.mem, 0, slots*s.to)
	} else {
		s.values.ResizeNoShrink(s.at * s.to)
		err = enlarge(s.mem, &s.values, slots*s.to)
	}
	if err != nil {
		return err
	}
	return s.validity.reserve(slots)
}

func (s *wideSink) dictionary(p *page) error {
	if s.from == 0 || p.values > len(p.data)/s.from {
		return errPageCut
	}
	s.words = make([]byte, p.values*s.to)
	return s.plain(p.data, s.words, p.values)
}

func (s *wideSink) plain(data, dst []byte, n int) error {
	if s.from > 0 && n > len(data)/s.from {
		return errPageCut
	}
	for i := range n {
		if !s.convert(dst[i*s.to:(i+1)*s.to], data[i*s.from:(i+1)*s.from]) {
			return errWide
		}
	}
	return nil
}

func (s *wideSink) append(p *page, codes *[]int32, there presence, n int) error {
	dst := s.values.Buf()[s.at*s.to : (s.at+n)*s.to]
	present, err := s.mark(there, n)
	if err != nil {
		return err
	}
	switch p.encoding {
	case format.Plain:
		err = s.plain(p.data, dst, present)
	case plainDictionary, format.RLEDictionary:
		err = eachCodes(p, codes, present, len(s.words)/s.to, func(at int, codes []int32, _ uint32) error {
			for i, c := range codes {
				copy(dst[(at+i)*s.to:(at+i+1)*s.to], s.words[int(c)*s.to:])
			}
			return nil
		})
	case format.ByteStreamSplit:
		err = s.split(p.data, dst, present)
	case format.DeltaByteArray:
		err = s.prefixes(p, dst, present)
	case format.DeltaBinaryPacked:
		if s.from != 4 && s.from != 8 {
			return unreadable(p, s.dt)
		}
		_, err = deltas(p.data, present, func(at int, values []int64) {
			for i, v := range values {
				var b [8]byte
				binary.LittleEndian.PutUint64(b[:], uint64(v))
				s.convert(dst[(at+i)*s.to:(at+i+1)*s.to], b[:])
			}
		})
	default:
		err = unreadable(p, s.dt)
	}
	if err != nil || present == n {
		return err
	}
	for i := n - 1; i >= 0; i-- {
		at := dst[i*s.to : (i+1)*s.to]
		if there.has(i) {
			present--
			copy(at, dst[present*s.to:])
		} else {
			clear(at)
		}
	}
	return nil
}

func (s *wideSink) split(data, dst []byte, n int) error {
	if n > len(data)/s.from {
		return errPageCut
	}
	stride, value := len(data)/s.from, make([]byte, s.from)
	for i := range n {
		for k := range value {
			value[k] = data[k*stride+i]
		}
		if !s.convert(dst[i*s.to:(i+1)*s.to], value) {
			return errWide
		}
	}
	return nil
}

func (s *wideSink) prefixes(p *page, dst []byte, n int) error {
	texts := &words{mem: s.mem}
	defer texts.release()
	if err := texts.reserve(n); err != nil {
		return err
	}
	if err := texts.read(p, n); err != nil {
		return err
	}
	for i := range n {
		if text := texts.at(i); len(text) != s.from || !s.convert(dst[i*s.to:(i+1)*s.to], text) {
			return errWide
		}
	}
	return nil
}

func (s *wideSink) finish() (arrow.Array, error) {
	s.values.ResizeNoShrink(s.at * s.to)
	return s.array(s.values), nil
}

func (s *wideSink) release() {
	s.validity.release()
	releaseBuffers(s.values)
}
