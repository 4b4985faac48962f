package kernels

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A spec is the attributes of an operation on blocks as they travel with a
// task: a small struct with a method Append, which encodes it, and a function
// Parse…, which decodes it and accepts nothing but what Append writes or could
// have written. The CPU and the GPU form of an op read the same spec. Specs
// carry no version: programs that disagree refuse each other beforehand.

// specReader takes an encoding apart. The first thing wrong with it sticks.
type specReader struct {
	rest []byte
	bad  string
}

func (r *specReader) fail(what string) {
	if r.bad == "" {
		r.bad = what
	}
	r.rest = nil
}

// done returns the error of decoding the named spec, if there was one.
func (r *specReader) done(name string) error {
	if r.bad == "" && len(r.rest) > 0 {
		r.bad = fmt.Sprintf("%d bytes too many", len(r.rest))
	}
	if r.bad != "" {
		return fmt.Errorf("%w: %s: %s", ErrSpec, name, r.bad)
	}
	return nil
}

func (r *specReader) byte() byte {
	if len(r.rest) == 0 {
		r.fail("cut short")
		return 0
	}
	x := r.rest[0]
	r.rest = r.rest[1:]
	return x
}

// enum reads a byte below end.
func (r *specReader) enum(what string, end byte) byte {
	x := r.byte()
	if x >= end {
		r.fail(fmt.Sprintf("%s %d", what, x))
		return 0
	}
	return x
}

func (r *specReader) dtype() DType {
	t := DType(r.byte())
	if !t.Valid() {
		r.fail(t.String())
	}
	return t
}

// flags reads what appendFlags wrote.
func (r *specReader) flags(to ...*bool) {
	x := r.byte()
	if x>>len(to) != 0 {
		r.fail(fmt.Sprintf("flags %#x", x))
	}
	for i, p := range to {
		*p = x>>i&1 == 1
	}
}

func (r *specReader) int() int {
	x, n := binary.Varint(r.rest)
	if n <= 0 {
		r.fail("malformed number")
		return 0
	}
	r.rest = r.rest[n:]
	return int(x)
}

func (r *specReader) uint64() uint64 {
	if len(r.rest) < 8 {
		r.fail("cut short")
		return 0
	}
	x := binary.LittleEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return x
}

func (r *specReader) float() float64 { return math.Float64frombits(r.uint64()) }

// ints reads a list; an empty one is nil.
func (r *specReader) ints() []int {
	n := r.int()
	if n < 0 || n > len(r.rest) { // a number takes at least a byte
		r.fail(fmt.Sprintf("a list of %d numbers", n))
		return nil
	}
	var xs []int
	for range n {
		xs = append(xs, r.int())
	}
	return xs
}

// lengths reads a list of numbers that are not negative.
func (r *specReader) lengths(what string) []int {
	xs := r.ints()
	for _, x := range xs {
		if x < 0 {
			r.fail(fmt.Sprintf("%s %v", what, xs))
		}
	}
	return xs
}

func appendFlags(b []byte, flags ...bool) []byte {
	var x byte
	for i, f := range flags {
		if f {
			x |= 1 << i
		}
	}
	return append(b, x)
}

func appendFloat(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}

func appendInts(b []byte, xs ...int) []byte {
	b = binary.AppendVarint(b, int64(len(xs)))
	for _, x := range xs {
		b = binary.AppendVarint(b, int64(x))
	}
	return b
}
