package device

import (
	"encoding/binary"
	"math"
)

// Random is the part at Offset, of the given Shape, of a random array of shape
// Whole. It holds the numbers that package kernels makes for the same seed,
// stream, distribution and type, to the bit where the processor of the host does
// not fuse multiplications and additions.
type Random struct {
	Dist                 Dist
	Type                 Type
	Seed, Stream         uint64
	A, B                 float64
	Shape, Offset, Whole []int64
}

// Dist is a distribution, with the numbers of those of package kernels.
type Dist uint8

// The distributions.
const (
	Uniform  Dist = iota // in [A, B)
	Normal               // with mean A and standard deviation B
	Integers             // whole numbers in [A, B)
)

// Table returns what the kernel reads, in 64-bit little-endian words: shape,
// offset, shape of the whole. It goes to device memory first, and its address
// into Launch.
func (r *Random) Table() (b []byte) {
	for _, list := range [][]int64{r.Shape, r.Offset, r.Whole} {
		for _, n := range list {
			b = binary.LittleEndian.AppendUint64(b, uint64(n))
		}
	}
	return b
}

// Launch fills dst.
func (r *Random) Launch(dst, table Ptr) Launch {
	n := int64(1)
	for _, d := range r.Shape {
		n *= d
	}
	return loop(KernelRandom, n, uint64(dst), uint64(r.Type), uint64(r.Dist), uint64(n), uint64(table), uint64(len(r.Shape)),
		r.Seed, r.Stream, math.Float64bits(r.A), math.Float64bits(r.B))
}
