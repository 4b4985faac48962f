package source

import (
	"encoding/binary"
	"errors"
)

var errDeltas = errors.New("packed differences are damaged")

// deltas reads n integers in the encoding DELTA_BINARY_PACKED, some at a time,
// and returns what follows them. Sums wrap round.
func deltas(b []byte, n int, take func(at int, values []int64)) (rest []byte, err error) {
	d := &deltaReader{b: b}
	block, perBlock, total, first := d.uvarint(), d.uvarint(), d.uvarint(), d.varint()
	if d.bad || total != uint64(n) || block == 0 || block%128 != 0 || block > 1<<20 || perBlock == 0 || block%perBlock != 0 || block/perBlock%32 != 0 {
		return nil, errDeltas
	}
	if n == 0 {
		return d.b, nil
	}
	d.last = first
	take(0, []int64{first})
	mini := int(block / perBlock)
	values := make([]int64, mini)
	for at := 1; at < n; {
		least := d.varint()
		if d.bad || uint64(len(d.b)) < perBlock {
			return nil, errDeltas
		}
		widths := d.b[:perBlock]
		d.b = d.b[perBlock:]
		for _, width := range widths {
			if at == n {
				break // what is not needed is not there
			}
			count := min(mini, n-at)
			if !d.miniblock(values[:count], mini, uint(width), least) {
				return nil, errDeltas
			}
			take(at, values[:count])
			at += count
		}
	}
	return d.b, nil
}

type deltaReader struct {
	b    []byte
	bad  bool
	last int64
}

func (d *deltaReader) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *deltaReader) varint() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// miniblock reads the first values of size that are packed in width bits.
func (d *deltaReader) miniblock(values []int64, size int, width uint, least int64) bool {
	bytes := size * int(width) / 8
	if width > 64 {
		return false
	}
	if len(d.b) < bytes { // the last one may be cut to what is needed
		if bytes = (len(values)*int(width) + 7) / 8; len(d.b) < bytes {
			return false
		}
	}
	for i := range values {
		d.last += least + int64(bitsAt(d.b, i*int(width), width))
		values[i] = d.last
	}
	d.b = d.b[bytes:]
	return true
}

// bitsAt returns width bits, at most 64, from a bit on; b has a pad behind it.
func bitsAt(b []byte, bit int, width uint) uint64 {
	if width == 0 {
		return 0
	}
	at, shift := bit/8, uint(bit%8)
	b = b[at : at+9]
	v := binary.LittleEndian.Uint64(b) >> shift
	if shift > 0 {
		v |= uint64(b[8]) << (64 - shift)
	}
	return v & (1<<(width-1)<<1 - 1)
}
