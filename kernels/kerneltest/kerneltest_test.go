package kerneltest_test

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"go.uber.org/goleak"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder stands in for the test of an implementation that must fail.
type recorder struct {
	testing.TB
	said     []string
	cleanups []func()
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

// expect runs a suite that must report something that contains want.
func expect(t *testing.T, want string, suite func(testing.TB)) {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		suite(r)
	}()
	<-done
	for _, f := range r.cleanups {
		f()
	}
	for _, s := range r.said {
		if strings.Contains(s, want) {
			return
		}
	}
	t.Errorf("no report of %q; %d reports, first: %.300v", want, len(r.said), r.said)
}

// portable is the implementation under the suites that is right.
var portable = kerneltest.LinearAlgebra{Gemm: kernels.Gemm, Syrk: kernels.Syrk, Trsm: kernels.Trsm, Potrf: kernels.Potrf}

func TestGemmSuiteSeesIgnoredAlpha(t *testing.T) {
	bad := portable
	bad.Gemm = func(mem kernels.Allocator, threads int, s kernels.GemmSpec, c *kernels.Block, ab ...*kernels.Block) (*kernels.Block, error) {
		s.Alpha = 1
		return kernels.Gemm(mem, threads, s, c, ab...)
	}
	expect(t, "want", func(tb testing.TB) { kerneltest.Gemm(tb, bad) })
}

func TestGemmSuiteSeesChangedOperand(t *testing.T) {
	bad := portable
	bad.Gemm = func(mem kernels.Allocator, threads int, s kernels.GemmSpec, c *kernels.Block, ab ...*kernels.Block) (*kernels.Block, error) {
		defer func() {
			if ab[0].Size() > 0 && ab[0].DType() == kernels.Float64 {
				data, at := kernels.Strided[float64](ab[0])
				data[at] = -7
			}
		}()
		return kernels.Gemm(mem, threads, s, c, ab...)
	}
	expect(t, "operand changed", func(tb testing.TB) { kerneltest.Gemm(tb, bad) })
}

func TestSyrkSuiteSeesAsymmetry(t *testing.T) {
	bad := portable
	bad.Syrk = func(mem kernels.Allocator, threads int, s kernels.SyrkSpec, c, a *kernels.Block) (*kernels.Block, error) {
		b, err := kernels.Syrk(mem, threads, s, c, a)
		if err == nil && b.DType() == kernels.Float64 && b.Size() > 1 {
			x := kernels.Data[float64](b)
			x[1] = math.Nextafter(x[1], math.Inf(1))
		}
		return b, err
	}
	expect(t, "not symmetric", func(tb testing.TB) { kerneltest.Syrk(tb, bad) })
}

func TestTrsmSuiteSeesReadTriangle(t *testing.T) {
	bad := portable
	bad.Trsm = func(mem kernels.Allocator, threads int, s kernels.TrsmSpec, a, b *kernels.Block) (*kernels.Block, error) {
		s.Unit = false // reads a diagonal that is not there
		return kernels.Trsm(mem, threads, s, a, b)
	}
	expect(t, "residual", func(tb testing.TB) { kerneltest.Trsm(tb, bad) })
}

func TestPotrfSuiteSeesMissingMinor(t *testing.T) {
	bad := portable
	bad.Potrf = func(mem kernels.Allocator, threads int, a *kernels.Block) (*kernels.Block, error) {
		l, err := kernels.Potrf(mem, threads, a)
		if err != nil {
			err = kernels.ErrNotPositiveDefinite
		}
		return l, err
	}
	expect(t, "does not name the order", func(tb testing.TB) { kerneltest.Potrf(tb, bad) })
}

func TestReduceSuiteSeesLostOffset(t *testing.T) {
	bad := kerneltest.Reductions{Combine: kernels.Combine, Finish: kernels.Finish}
	bad.Partial = func(mem kernels.Allocator, s kernels.ReduceSpec, b *kernels.Block) (*kernels.Block, error) {
		s.Global, s.Offset = nil, nil
		return kernels.Partial(mem, s, b)
	}
	expect(t, "argmin", func(tb testing.TB) { kerneltest.Reduce(tb, bad) })
}

func TestRandomSuiteSeesIgnoredOffset(t *testing.T) {
	bad := func(mem kernels.Allocator, s kernels.RandomSpec) (*kernels.Block, error) {
		s.Offset = make([]int, len(s.Offset))
		return kernels.Random(mem, s)
	}
	expect(t, "in chunks", func(tb testing.TB) { kerneltest.Random(tb, bad) })
}

func TestVectorSuites(t *testing.T) {
	sqrt := kerneltest.Unary{Name: "sqrt", Want: math.Sqrt, Loop: func(dst, x []float64) {
		for i := range dst {
			dst[i] = math.Sqrt(x[i])
		}
	}}
	kerneltest.UnaryVector(t, sqrt)
	add := kerneltest.Binary{Name: "add", Want: func(x, y float64) float64 { return x + y }, Loop: func(dst, x, y []float64) {
		for i := range dst {
			dst[i] = x[i] + y[i]
		}
	}}
	kerneltest.BinaryVector(t, add)

	flush := sqrt
	flush.Loop = func(dst, x []float64) {
		for i := range dst {
			if dst[i] = math.Sqrt(x[i]); math.Abs(x[i]) < 0x1p-1022 {
				dst[i] = 0
			}
		}
	}
	expect(t, "5e-324) is 0", func(tb testing.TB) { kerneltest.UnaryVector(tb, flush) })
	beyond := add
	beyond.Loop = func(dst, x, y []float64) {
		add.Loop(dst, x, y)
		if n := len(dst); n%4 == 3 { // stores a whole last vector
			unsafe.Slice(&dst[0], n+1)[n] = 0
		}
	}
	expect(t, "written beside", func(tb testing.TB) { kerneltest.BinaryVector(tb, beyond) })
}

func TestAllocReportsLeakDoubleFreeAndOverrun(t *testing.T) {
	expect(t, "100 bytes leaked", func(tb testing.TB) { kerneltest.Alloc(tb).Allocate(100) })
	expect(t, "freed that are not allocated", func(tb testing.TB) {
		a := kerneltest.Alloc(tb)
		b := a.Allocate(10)
		a.Free(b)
		a.Free(b)
	})
	expect(t, "written beyond the end of 10 bytes", func(tb testing.TB) {
		a := kerneltest.Alloc(tb)
		b := a.Allocate(10)
		unsafe.Slice(&b[0], 11)[10] = 1
		a.Free(b)
	})
}
