package blas

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// blocking is how large the pieces of a product are, so that each stays in the
// cache that it is used from.
type blocking struct {
	m int // rows of a that are packed at a time, in the third-level cache
	n int // columns of b that are packed at a time, in the second-level cache
	k int // steps along k, so that a panel of a stays in the first-level cache
}

// caches are the sizes that matter, in bytes.
type caches struct{ first, second, third int }

// detected returns the caches of this processor, within bounds: virtual
// machines report nothing, or the third level of a whole host.
func detected() caches {
	c := cpuid.CPU.Cache
	return caches{
		first:  within(c.L1D, 32<<10, 16<<10, 128<<10),
		second: within(c.L2, 512<<10, 256<<10, 4<<20),
		third:  within(c.L3, 4<<20, 1<<20, 8<<20),
	}
}

func within(reported, otherwise, low, high int) int {
	if reported <= 0 {
		return otherwise
	}
	return min(max(reported, low), high)
}

// blockingFor gives half of each cache to what is meant to stay there.
func blockingFor[T asm.Float](g *asm.Gemm[T], c caches) blocking {
	size := int(unsafe.Sizeof(T(0)))
	k := min(max(c.first/2/(g.Rows*size)/16*16, 128), 768)
	n := max(c.second/2/(k*size)/g.Width(), 2) * g.Width()
	m := max(c.third/2/(k*size)/g.Rows, 4) * g.Rows
	return blocking{m: m, n: n, k: k}
}

// pieces cuts n into as few pieces of at most size as there can be, of about
// the same length and a multiple of unit but for the last, and returns that
// length.
func pieces(n, size, unit int) int {
	if n <= size {
		return n
	}
	count := (n + size - 1) / size
	return min(size, ((n+count-1)/count+unit-1)/unit*unit)
}
