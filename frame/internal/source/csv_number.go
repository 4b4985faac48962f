package source

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels/marks"
)

// Numbers are read eight digits at a time, as they lie in a word: the word that
// ends where they do, with what is before them shifted out.

// load returns the eight bytes at a place; the pads of the buffer make all
// places good.
func load(buf unsafe.Pointer, at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(buf, at))[:])
}

const zeros = 0x3030303030303030

// lastDigits turns the last n of eight characters, at most 8, into digits with
// zeros before them. They are digits if notDigits is 0.
func lastDigits(word uint64, n int) uint64 { return (word ^ zeros) & lastBytes[n&15] }

// lastBytes has ones in the last n of eight bytes.
var lastBytes = [16]uint64{
	0, 0xff << 56, 0xffff << 48, 0xffffff << 40, 0xffffffff << 32, 0xffffffffff << 24, 0xffffffffffff << 16, 0xffffffffffffff << 8, 1<<64 - 1,
}

func notDigits(digits uint64) uint64 {
	return (digits + 0x7676767676767676 | digits) & 0x8080808080808080
}

// eight returns the value of eight digits, the first in the lowest byte: pairs,
// fours and then all of them are joined.
func eight(digits uint64) uint64 {
	digits = digits*10 + digits>>8
	const pairs = 0x000000ff000000ff
	return (digits&pairs*(100+1000000<<32) + digits>>16&pairs*(1+10000<<32)) >> 32
}

// vectors takes turns: as many numbers as possible in whole vectors, then some
// one by one, since that is where a vector met one that is not so plain.
func vectors[T number](vector func(r *csvRecords, at int, out []T) (done int), scalar func(r *csvRecords, number, from, to int, out []T) int) plain[T] {
	return func(r *csvRecords, number, from int, out []T) int {
		for from < r.rows {
			from += vector(r, from*r.stride+number, out[from:r.rows])
			next := min(from+vectorRows, r.rows)
			if stop := scalar(r, number, from, next, out); stop < next {
				return stop
			}
			from = next
		}
		return r.rows
	}
}

// vectorRows is how many numbers a vector has.
const vectorRows = 8

var plainInts64 = vectors(func(r *csvRecords, at int, out []int64) int {
	return marks.Ints(r.buf, r.marks[at:], r.stride, out)
}, plainInts[int64])

func plainInts32(r *csvRecords, number, from int, out []int32) int {
	return plainInts(r, number, from, r.rows, out)
}

// plainInts reads a sign and up to 16 digits.
func plainInts[T int32 | int64](r *csvRecords, number, from, to int, out []T) int {
	buf := unsafe.Pointer(unsafe.SliceData(r.buf))
	at := from*r.stride + number
	for i := from; i < to; i++ {
		start, end := int(r.marks[at])+1, int(r.marks[at+1])
		at += r.stride
		sign := int64(0)
		if *(*byte)(unsafe.Add(buf, start)) == '-' {
			start, sign = start+1, -1
		}
		n := end - start
		var v int64
		switch {
		case uint(n-1) < 8:
			digits := lastDigits(load(buf, end-8), n)
			if notDigits(digits) != 0 {
				return i
			}
			v = int64(eight(digits))
		case uint(n-1) < 16:
			low, high := load(buf, end-8)^zeros, lastDigits(load(buf, end-16), n-8)
			if notDigits(low)|notDigits(high) != 0 {
				return i
			}
			v = int64(eight(high)*1e8 + eight(low))
		default:
			return i
		}
		v = v ^ sign - sign
		if out[i] = T(v); int64(out[i]) != v {
			return i
		}
	}
	return to
}

// powers of ten, which float64 holds exactly.
var powers = [16]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// plainFloats reads a sign, up to 7 digits, a point and up to 8 digits. They
// are a quotient of two numbers that float64 holds exactly (Clinger), so that it
// is rounded once, as it should be.
func plainFloats(point byte) plain[float64] {
	return vectors(func(r *csvRecords, at int, out []float64) int {
		return marks.Decimals(r.buf, r.marks[at:], r.stride, point, out)
	}, scalarFloats(point))
}

func scalarFloats(point byte) func(r *csvRecords, number, from, to int, out []float64) int {
	points := uint64(point) * 0x0101010101010101
	return func(r *csvRecords, number, from, to int, out []float64) int {
		buf := unsafe.Pointer(unsafe.SliceData(r.buf))
		at := from*r.stride + number
		for i := from; i < to; i++ {
			start, end := int(r.marks[at])+1, int(r.marks[at+1])
			at += r.stride
			negative := *(*byte)(unsafe.Add(buf, start)) == '-'
			if negative {
				start++
			}
			n := end - start
			other := load(buf, start) ^ points // 0 in the byte of the point
			whole := bits.TrailingZeros64((other-0x0101010101010101)&^other&0x8080808080808080) / 8
			if whole >= n { // no point
				whole, end = n, end+1
			}
			fraction := end - start - whole - 1
			if uint(whole) >= 8 || uint(fraction) > 8 || whole+fraction == 0 {
				return i
			}
			a, b := lastDigits(load(buf, start+whole-8), whole), lastDigits(load(buf, end-8), fraction)
			if notDigits(a)|notDigits(b) != 0 {
				return i
			}
			power := powers[fraction&15]
			v := (float64(eight(a))*power + float64(eight(b))) / power
			if negative {
				v = -v
			}
			out[i] = v
		}
		return to
	}
}
