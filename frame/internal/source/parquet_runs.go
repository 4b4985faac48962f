package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/ashlar-go/ashlar/kernels/codes"
)

// runs reads the hybrid of run lengths and packed bits that levels, codes of
// dictionaries and bools are in. The bytes have a pad behind them that may be
// read.
type runs struct {
	b     []byte
	width uint
	left  int    // values of the run at hand
	value uint32 // of a run of equal ones
	// packed is what is left of a run of packed values; it starts on a byte, as
	// each eighth value does, and skip of its values are done with.
	packed []byte
	skip   int
	most   uint32 // of all values that were read
}

var errRuns = errors.New("runs of values are cut short")

func newRuns(b []byte, width uint) (runs, error) {
	if width > 32 {
		return runs{}, fmt.Errorf("values of %d bits", width)
	}
	return runs{b: b, width: width}, nil
}

// next begins the next run.
func (r *runs) next() error {
	var head uint64
	n := 1
	if len(r.b) > 0 && r.b[0] < 0x80 {
		head = uint64(r.b[0])
	} else if head, n = binary.Uvarint(r.b); n <= 0 || head>>1 > 1<<31 {
		return errRuns
	}
	r.b = r.b[n:]
	r.skip, r.packed = 0, nil
	if head&1 == 0 {
		size := int(r.width+7) / 8
		if len(r.b) < size {
			return errRuns
		}
		r.left = int(head >> 1)
		r.value = binary.LittleEndian.Uint32(r.b[:4]) & uint32(uint64(1)<<(8*size)-1) // there is a pad behind
		r.b = r.b[size:]
		return nil
	}
	groups := int(head >> 1)
	size := min(groups*int(r.width), len(r.b)) // the last group of a page may lack bytes that are not needed
	r.left = groups * 8
	if r.width > 0 {
		r.left = min(r.left, size*8/int(r.width))
	}
	if r.left == 0 {
		return errRuns
	}
	r.packed, r.b = r.b[:size:cap(r.b)], r.b[size:]
	return nil
}

// read fills dst.
func (r *runs) read(dst []int32) error {
	for len(dst) > 0 {
		if r.left == 0 {
			if err := r.next(); err != nil {
				return err
			}
			continue
		}
		n := min(r.left, len(dst))
		if r.packed == nil {
			fill(dst, n, int32(r.value))
			r.most = max(r.most, r.value)
		} else {
			n = r.unpack(dst[:n])
		}
		r.left -= n
		dst = dst[n:]
	}
	return nil
}

// fill writes n times v, eight at a time where dst has room for more than n: what
// is behind them is still to be read.
func fill(dst []int32, n int, v int32) {
	eight := [8]int32{v, v, v, v, v, v, v, v}
	at := 0
	for ; at < n && at+8 <= len(dst); at += 8 {
		*(*[8]int32)(dst[at:]) = eight
	}
	for ; at < n; at++ {
		dst[at] = v
	}
}

// unpack reads at most len(dst) packed values. It begins on a whole group, and
// so does each call that does not end the run but for what is in skip.
func (r *runs) unpack(dst []int32) int {
	if r.width == 0 {
		clear(dst)
		return len(dst)
	}
	if r.skip > 0 || len(dst) < 8 {
		var group [8]int32
		n := min(len(dst), 8-r.skip)
		// Of the last group some may lie behind the page: they are not counted in
		// left.
		codes.Unpack(group[:], padded(r.packed, int(r.width)), r.width)
		for i, v := range group[r.skip : r.skip+n] {
			dst[i] = v
			r.most = max(r.most, uint32(v))
		}
		if r.skip += n; r.skip == 8 {
			r.packed, r.skip = r.packed[min(int(r.width), len(r.packed)):], 0
		}
		return n
	}
	n := len(dst) / 8 * 8
	size := n / 8 * int(r.width)
	r.most = max(r.most, codes.Unpack(dst[:n], padded(r.packed, size), r.width))
	r.packed = r.packed[size:]
	return n
}

// padded is b with the bytes behind it that unpacking may touch.
func padded(b []byte, size int) []byte { return b[:size+codes.Spare] }

// levelWidth is how many bits levels up to most take.
func levelWidth(most int) uint { return uint(bits.Len(uint(most))) }

// readLevels returns n levels, in the memory of buf if that is enough, or nil
// if all are the most.
func readLevels(b []byte, most, n int, buf []byte) ([]byte, error) {
	r, err := newRuns(b, levelWidth(most))
	if err != nil {
		return nil, err
	}
	if err := r.next(); err != nil {
		return nil, err
	}
	if r.packed == nil && r.left >= n && int(r.value) == most {
		return nil, nil
	}
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	var some [512]int32
	for at := 0; at < n; {
		batch := some[:min(len(some), n-at)]
		if err := r.read(batch); err != nil {
			return nil, err
		}
		for i, v := range batch {
			if int(v) > most {
				return nil, fmt.Errorf("a level of %d where %d is the most", v, most)
			}
			buf[at+i] = byte(v)
		}
		at += len(batch)
	}
	return buf, nil
}
