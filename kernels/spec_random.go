package kernels

import (
	"encoding/binary"
	"fmt"
)

// Dist is a distribution of random numbers.
type Dist uint8

// The distributions, with what A and B of a [RandomSpec] mean.
const (
	Uniform  Dist = iota // in [A, B)
	Normal               // with mean A and standard deviation B
	Integers             // whole numbers in [A, B), each as likely
	distEnd
)

// String names the distribution.
func (d Dist) String() string {
	if d < distEnd {
		return [distEnd]string{"uniform", "normal", "integers"}[d]
	}
	return fmt.Sprintf("dist(%d)", uint8(d))
}

// RandomSpec says what [Random] fills a block with: the part at Offset, of the
// given Shape, of a random array of shape Global. An element depends on Seed,
// Stream, Dist, DType, A, B and its place in the whole array, and on nothing
// else. Arrays that differ in Seed or Stream are independent.
type RandomSpec struct {
	Dist                  Dist
	DType                 DType
	Seed, Stream          uint64
	A, B                  float64
	Global, Shape, Offset []int
}

// Append appends the encoding of s.
func (s RandomSpec) Append(b []byte) []byte {
	b = append(b, byte(s.Dist), byte(s.DType))
	b = binary.LittleEndian.AppendUint64(b, s.Seed)
	b = binary.LittleEndian.AppendUint64(b, s.Stream)
	b = appendFloat(appendFloat(b, s.A), s.B)
	return appendInts(appendInts(appendInts(b, s.Global...), s.Shape...), s.Offset...)
}

// ParseRandomSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseRandomSpec(b []byte) (RandomSpec, error) {
	r := specReader{rest: b}
	s := RandomSpec{
		Dist: Dist(r.enum("dist", byte(distEnd))), DType: r.dtype(), Seed: r.uint64(), Stream: r.uint64(),
		A: r.float(), B: r.float(),
		Global: r.lengths("shape"), Shape: r.lengths("shape"), Offset: r.lengths("offset"),
	}
	return s, r.done("random")
}
