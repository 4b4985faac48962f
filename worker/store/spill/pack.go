package spill

import (
	"fmt"
	"hash/crc32"
	"sync"

	"github.com/pierrec/lz4/v4"
)

// chunk is how much is packed at once, and what a read holds besides the value.
const chunk = 1 << 20

// A packer has what packing a value takes.
type packer struct {
	c        lz4.Compressor
	src, dst [chunk]byte
}

var packers = sync.Pool{New: func() any { return new(packer) }}

// Packed reports whether the section lies on disk packed: then it is to be Read.
func (s *Section) Packed() bool { return s.packed != nil }

// writePacked writes the pieces packed, if the first chunk gets smaller by an eighth.
// A chunk that does not is written as it is: so is its size then.
func (s *Section) writePacked(pieces [][]byte) (end int64, err error) {
	k := packers.Get().(*packer)
	defer packers.Put(k)
	end = s.at
	rest := append([][]byte(nil), pieces...)
	for left := s.bytes; left > 0; {
		src := k.take(&rest)
		left -= int64(len(src))
		n, err := k.c.CompressBlock(src, k.dst[:len(src)-len(src)/8])
		out := k.dst[:n]
		if err != nil || n == 0 {
			if s.packed == nil {
				return s.write(pieces)
			}
			out = src
		}
		s.sum = crc32.Update(s.sum, castagnoli, out)
		if _, err := s.x.f.f.WriteAt(out, s.x.place.At+end); err != nil {
			return 0, err
		}
		s.packed = append(s.packed, int32(len(out)))
		end += int64(len(out))
	}
	return end, nil
}

// take returns the next chunk of what is left of the pieces.
func (k *packer) take(rest *[][]byte) []byte {
	n := 0
	for n < chunk && len(*rest) > 0 {
		p := (*rest)[0]
		if n == 0 && len(p) >= chunk {
			(*rest)[0] = p[chunk:]
			return p[:chunk]
		}
		m := copy(k.src[n:], p)
		n += m
		if (*rest)[0] = p[m:]; m == len(p) {
			*rest = (*rest)[1:]
		}
	}
	return k.src[:n]
}

// Read reads a section that is Packed into b, which has room for all its Bytes.
// The error wraps ErrCorrupt if it is not what was written.
func (s *Section) Read(b []byte) error {
	k := packers.Get().(*packer)
	defer packers.Put(k)
	at, sum := s.x.place.At+s.at, uint32(0)
	for _, size := range s.packed {
		dst := b[:min(chunk, len(b))]
		b = b[len(dst):]
		src := k.src[:size]
		if int(size) == len(dst) {
			src = dst
		}
		if _, err := s.x.f.f.ReadAt(src, at); err != nil {
			return fmt.Errorf("spill: reading %d bytes of a file in %s: %w", s.bytes, s.x.f.dir, err)
		}
		at += int64(size)
		sum = crc32.Update(sum, castagnoli, src)
		if int(size) < len(dst) {
			if n, err := lz4.UncompressBlock(src, dst); err != nil || n != len(dst) {
				return s.corrupt()
			}
		}
	}
	if sum != s.sum {
		return s.corrupt()
	}
	return nil
}
