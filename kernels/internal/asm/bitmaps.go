package asm

import (
	"encoding/binary"
	"unsafe"
)

// bitRun is how many values the assembly takes at a time: a word of bits.
const bitRun = 64

// bitRoutines is the assembly of one level. Each takes runs of 64 values.
type bitRoutines struct {
	pack     func(runs int, dst *uint64, src *byte) (ones int)
	spread   func(runs int, dst *byte, src *uint64)
	all, any func(runs int, src *byte) (left int)
}

type compareBitsRoutine[T Lane] func(runs int, dst *uint64, x, y *T)

// Bits are functions of bitmaps as Arrow has them, bit i%8 of byte i/8 being
// value i, for one level.
type Bits struct{ run *bitRoutines }

// BitsFor returns the functions of a level that the machine has.
func BitsFor(l Level) Bits { return Bits{bitmapsOf(l)} }

// bitBytes is how many bytes so many bits take.
func bitBytes(n int) int { return (n + 7) / 8 }

func word(b *byte) *uint64 { return (*uint64)(unsafe.Pointer(b)) }

// Pack writes bytes of 0 or 1 as the bits of dst from bit 0 on, and zeros the
// rest of the last byte that it needs. It returns how many were 1.
func (b Bits) Pack(dst, src []byte) (ones int) {
	dst = dst[:bitBytes(len(src))]
	if runs := len(src) / bitRun; b.run != nil && runs > 0 {
		for at := 0; at < runs; at += stretch {
			ones += b.run.pack(min(stretch, runs-at), word(&dst[8*at]), &src[bitRun*at])
		}
		dst, src = dst[8*runs:], src[bitRun*runs:]
	}
	for ; len(src) >= 8; dst, src = dst[1:], src[8:] {
		// The product moves bit 8k to bit 56+k for each k, without carries.
		w := binary.LittleEndian.Uint64(src)
		dst[0] = byte(w * 0x0102040810204080 >> 56)
		ones += int(w * 0x0101010101010101 >> 56)
	}
	if len(src) > 0 {
		var last byte
		for k, v := range src {
			last |= v << k
			ones += int(v)
		}
		dst[0] = last
	}
	return ones
}

// spreading holds, for each byte of a bitmap, its bits as eight bytes of 0 or 1.
var spreading = func() (t [256]uint64) {
	for b := range t {
		for k := range 8 {
			t[b] |= uint64(b>>k&1) << (8 * k)
		}
	}
	return t
}()

// Spread writes len(dst) bits of a bitmap, from bit offset on, as bytes of 0 or 1.
func (b Bits) Spread(dst, bitmap []byte, offset int) {
	bitmap, offset = bitmap[min(offset>>3, len(bitmap)):], offset&7
	for ; len(dst) > 0 && offset&7 != 0; dst, offset = dst[1:], offset+1 {
		dst[0] = bitmap[0] >> offset & 1
	}
	bitmap = bitmap[offset>>3:]
	if runs := len(dst) / bitRun; b.run != nil && runs > 0 {
		_ = bitmap[8*runs-1]
		for at := 0; at < runs; at += stretch {
			b.run.spread(min(stretch, runs-at), &dst[bitRun*at], word(&bitmap[8*at]))
		}
		dst, bitmap = dst[bitRun*runs:], bitmap[8*runs:]
	}
	for ; len(dst) >= 8; dst, bitmap = dst[8:], bitmap[1:] {
		binary.LittleEndian.PutUint64(dst, spreading[bitmap[0]])
	}
	for k := range dst {
		dst[k] = bitmap[0] >> k & 1
	}
}

// All reports whether n bits of a bitmap, from bit offset on, are all set.
func (b Bits) All(bitmap []byte, offset, n int) bool { return b.search(bitmap, offset, n, 0xff) }

// Any reports whether any of n bits of a bitmap, from bit offset on, is set.
func (b Bits) Any(bitmap []byte, offset, n int) bool { return !b.search(bitmap, offset, n, 0) }

// search reports whether all bits are those of the byte same, all ones or zeros.
func (b Bits) search(bitmap []byte, offset, n int, same byte) bool {
	if n <= 0 {
		return true
	}
	first, last := offset>>3, (offset+n-1)>>3
	head, tail := byte(0xff)<<(offset&7), byte(0xff)>>(7-(offset+n-1)&7)
	if first == last {
		return (bitmap[first]^same)&head&tail == 0
	}
	if (bitmap[first]^same)&head != 0 || (bitmap[last]^same)&tail != 0 {
		return false
	}
	whole := bitmap[first+1 : last]
	if runs := len(whole) / 64; b.run != nil && runs > 0 {
		find := b.run.all
		if same == 0 {
			find = b.run.any
		}
		for at := 0; at < runs; at += stretch {
			if find(min(stretch, runs-at), &whole[64*at]) != 0 {
				return false
			}
		}
		whole = whole[64*runs:]
	}
	for ; len(whole) >= 8; whole = whole[8:] {
		if binary.LittleEndian.Uint64(whole)^uint64(same)*0x0101010101010101 != 0 {
			return false
		}
	}
	for _, v := range whole {
		if v != same {
			return false
		}
	}
	return true
}

// CompareBitsFor returns the comparisons of a level straight to bitmaps: bit i
// of dst, from bit 0 on, is that of x[i] and y[i], and the rest of the last byte
// is zero.
func CompareBitsFor[T Lane](l Level) (all [CompareCount]func(dst []byte, x, y []T)) {
	runs := compareBitsOf[T](l)
	portable := [CompareCount]func(dst []bool, x, y []T){eqLoop[T], neLoop[T], ltLoop[T], leLoop[T]}
	for f := range all {
		var run compareBitsRoutine[T]
		if runs != nil {
			run = runs[f]
		}
		all[f] = run.loop(portable[f])
	}
	return all
}

func (run compareBitsRoutine[T]) loop(portable func(dst []bool, x, y []T)) func(dst []byte, x, y []T) {
	return func(dst []byte, x, y []T) {
		dst, y = dst[:bitBytes(len(x))], y[:len(x)]
		if runs := len(x) / bitRun; run != nil && runs > 0 {
			for at := 0; at < runs; at += stretch / bitRun {
				run(min(stretch/bitRun, runs-at), word(&dst[8*at]), &x[bitRun*at], &y[bitRun*at])
			}
			dst, x, y = dst[8*runs:], x[bitRun*runs:], y[bitRun*runs:]
		}
		var bools [bitRun]bool
		for len(x) > 0 {
			n := min(bitRun, len(x))
			portable(bools[:n], x[:n], y[:n])
			Bits{}.Pack(dst, bytesOf(bools[:n]))
			dst, x, y = dst[bitBytes(n):], x[n:], y[n:]
		}
	}
}

// bytesOf is bools as the bytes of 0 or 1 that they are.
func bytesOf(x []bool) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}
