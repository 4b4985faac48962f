package blas

import (
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Implementation is a BLAS for gonum's blas64.Use and blas32.Use. What it does
// not do itself, and what is too small to gain, gonum's own implementation
// does, which also tells wrong arguments (it panics) and works on complex
// numbers. The zero value is ready and uses one thread; it may be used from
// many goroutines.
type Implementation struct {
	gonum.Implementation
	// Threads is the most threads that one call uses; 0 is 1.
	Threads int
	// Uniform says that small matrices are treated like large ones, so that an
	// element of a result depends, to the bit, only on the values of the
	// operands: not on whether they are stored transposed, nor on leading
	// dimensions. gonum is faster where matrices are smaller than about 4×4.
	Uniform bool

	forced *engines // for tests
}

var (
	_ blas.Float64 = Implementation{}
	_ blas.Float32 = Implementation{}
)

// engines are what all implementations share.
type engines struct {
	double *engine[float64]
	single *engine[float32]
	level  asm.Level
}

func newEngines(l asm.Level) *engines {
	return &engines{newEngine[float64](l), newEngine[float32](l), l}
}

var standard = sync.OnceValue(func() *engines { return newEngines(asm.Best()) })

func (x Implementation) double() *engine[float64] {
	if x.forced != nil {
		return x.forced.double
	}
	return standard().double
}

func (x Implementation) single() *engine[float32] {
	if x.forced != nil {
		return x.forced.single
	}
	return standard().single
}

func (x Implementation) threads() int { return max(1, x.Threads) }
