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

// Packed reports whether the value lies on disk packed: then it is to be Read.
func (e *Extent) Packed() bool { return e.packed != nil }

// writePacked writes the pieces packed, if the first chunk gets smaller by an eighth.
// A chunk that does not is written as it is: so is its size then.
func (e *Extent) writePacked(pieces [][]byte) error {
	k := packers.Get().(*packer)
	defer packers.Put(k)
	at := e.place.At
	rest := append([][]byte(nil), pieces...)
	for left := e.bytes; left > 0; {
		src := k.take(&rest)
		left -= int64(len(src))
		n, err := k.c.CompressBlock(src, k.dst[:len(src)-len(src)/8])
		out := k.dst[:n]
		if err != nil || n == 0 {
			if e.packed == nil {
				return e.write(pieces)
			}
			out = src
		}
		e.sum = crc32.Update(e.sum, castagnoli, out)
		if _, err := e.f.f.WriteAt(out, at); err != nil {
			return err
		}
		e.packed = append(e.packed, int32(len(out)))
		at += int64(len(out))
	}
	if size := (at - e.place.At + block - 1) &^ (block - 1); size < e.place.Size && size > 0 {
		e.f.trim(&e.place, size)
	}
	return nil
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

// Read reads a value that is Packed into b, which has room for all its Bytes. The
// error wraps ErrCorrupt if it is not what was written.
func (e *Extent) Read(b []byte) error {
	k := packers.Get().(*packer)
	defer packers.Put(k)
	at, sum := e.place.At, uint32(0)
	corrupt := fmt.Errorf("%w: %d bytes at %d of a file in %s", ErrCorrupt, e.bytes, at, e.f.dir)
	for _, size := range e.packed {
		dst := b[:min(chunk, len(b))]
		b = b[len(dst):]
		src := k.src[:size]
		if int(size) == len(dst) {
			src = dst
		}
		if _, err := e.f.f.ReadAt(src, at); err != nil {
			return fmt.Errorf("spill: reading %d bytes of a file in %s: %w", e.bytes, e.f.dir, err)
		}
		at += int64(size)
		sum = crc32.Update(sum, castagnoli, src)
		if int(size) < len(dst) {
			if n, err := lz4.UncompressBlock(src, dst); err != nil || n != len(dst) {
				return corrupt
			}
		}
	}
	if sum != e.sum {
		return corrupt
	}
	return nil
}
