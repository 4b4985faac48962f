package blas

import (
	"sync"
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// workspace is what one thread packs operands into.
type workspace[T asm.Float] struct {
	a, b []T
	tile []T // one tile, for those that do not go to c as they are
}

// reserve makes room for the packed operands of a block.
func (w *workspace[T]) reserve(g *asm.Gemm[T], packA, packB bool, m, n, k int) {
	if packA {
		w.a = grown(w.a, (m+g.Rows-1)/g.Rows*g.Rows*k)
	}
	if packB {
		w.b = grown(w.b, (n+g.Lanes-1)/g.Lanes*g.Lanes*k)
	}
	w.tile = grown(w.tile, g.Rows*g.Width())
}

// workspaces are kept for the next product.
type workspaces[T asm.Float] struct{ pool sync.Pool }

func (w *workspaces[T]) get() *workspace[T] {
	if x, ok := w.pool.Get().(*workspace[T]); ok {
		return x
	}
	return &workspace[T]{}
}

func (w *workspaces[T]) put(x *workspace[T]) { w.pool.Put(x) }

// grown returns n values of arbitrary contents that start on a cache line, in
// the memory of x if that is enough.
func grown[T asm.Float](x []T, n int) []T {
	if cap(x) >= n {
		return x[:n]
	}
	size := int(unsafe.Sizeof(T(0)))
	line := 64 / size
	fresh := make([]T, n+n/4+line)
	shift := (64 - int(uintptr(unsafe.Pointer(unsafe.SliceData(fresh)))&63)) & 63 / size
	return fresh[shift:][:n]
}
