//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda

/*
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "blas.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// libraries are the names that cuBLAS is looked for by.
var libraries = []string{"libcublas.so.13", "libcublas.so.12", "libcublas.so.11"}

// Modes of cublasSetMathMode.
const (
	defaultMath = 0
	tf32Math    = 3
)

// library is cuBLAS, open.
type library struct {
	c    *C.ashlar_blas
	math C.int
}

// openLibrary opens what o asks for and says what multiplies matrices: without a
// library, why. The context of the device is bound.
func openLibrary(o Options) (l *library, by string, err error) {
	names := libraries
	switch o.CuBLAS {
	case NoCuBLAS:
		names = nil
	case "":
	default:
		names = []string{o.CuBLAS}
	}
	var why []string
	for _, name := range names {
		l, by, err := tryLibrary(name, o)
		if err == nil {
			return l, by, nil
		}
		why = append(why, err.Error())
	}
	by = "own kernels"
	if names == nil {
		why = []string{"cuBLAS is switched off"}
	}
	reason := strings.Join(why, "; ")
	if o.CuBLAS != "" && names != nil {
		return nil, by, fmt.Errorf("cuBLAS: %s", reason)
	}
	if o.TF32 {
		return nil, by, fmt.Errorf("TF32 needs cuBLAS: %s", reason)
	}
	return nil, fmt.Sprintf("%s (no cuBLAS: %s)", by, reason), nil
}

// tryLibrary opens cuBLAS and makes a handle, to see that it works with this
// driver.
func tryLibrary(name string, o Options) (l *library, by string, err error) {
	path := C.CString(name)
	defer C.free(unsafe.Pointer(path))
	var reason [256]C.char
	b := C.ashlar_blas_open(path, &reason[0], C.int(len(reason)))
	if b == nil {
		return nil, "", fmt.Errorf("%s: %s", name, strings.TrimPrefix(C.GoString(&reason[0]), name+": "))
	}
	l = &library{c: b, math: defaultMath}
	if o.TF32 {
		l.math = tf32Math
	}
	h, err := l.handle()
	if err == nil {
		var v C.int
		err = status("cublasGetVersion", C.ashlar_blas_version(b, h, &v))
		by = fmt.Sprintf("cuBLAS %d.%d.%d (%s)", v/10000, v/100%100, v%100, name)
		err = errors.Join(err, l.drop(h))
	}
	if err != nil {
		l.close()
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	if o.TF32 {
		by += ", float32 as TF32"
	}
	return l, by, nil
}

func (l *library) close() { C.ashlar_blas_close(l.c) }

func (l *library) handle() (h unsafe.Pointer, err error) {
	return h, status("cublasCreate", C.ashlar_blas_create(l.c, &h))
}

func (l *library) drop(h unsafe.Pointer) error {
	return status("cublasDestroy", C.ashlar_blas_destroy(l.c, h))
}

// A blasError is a cublasStatus_t.
type blasError C.int

func (e blasError) Error() string {
	name, ok := map[blasError]string{
		1: "not initialized", 3: "allocation failed", 7: "invalid value", 8: "architecture mismatch", 11: "mapping error",
		13: "execution failed", 14: "internal error", 15: "not supported", 16: "licence error",
	}[e]
	if !ok {
		name = "unknown"
	}
	return fmt.Sprintf("cuBLAS status %d (%s)", int(e), name)
}

func status(call string, s C.int) error {
	if s == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w", call, blasError(s))
}

// columns returns the arguments of BLAS for a product; ok is false
// if BLAS has none for it. BLAS stores columns, so that a matrix whose rows lie one
// after another is the transpose of what it sees: of such a c the transpose is
// computed, bᵀ·aᵀ.
func columns(p device.Product) (g C.ashlar_gemm, ok bool) {
	if p.M == 0 || p.N == 0 || p.K == 0 || p.Alpha == 0 || max(p.M, p.N, p.K) > math.MaxInt32 {
		return g, false
	}
	if p.C.Col == 1 {
		p.M, p.N = p.N, p.M
		p.A, p.B, p.C = p.B.Transposed(), p.A.Transposed(), p.C.Transposed()
	}
	g.m, g.n, g.k = C.int(p.M), C.int(p.N), C.int(p.K)
	g.alpha, g.beta = C.double(p.Alpha), C.double(p.Beta)
	g.a, g.b, g.c = C.uintptr_t(p.A.At), C.uintptr_t(p.B.At), C.uintptr_t(p.C.At)
	if p.Type == device.Float64 {
		g.wide = 1
	}
	if g.trans_a, g.lda, ok = stored(p.A, p.M, p.K); !ok {
		return g, false
	}
	if g.trans_b, g.ldb, ok = stored(p.B, p.K, p.N); !ok {
		return g, false
	}
	trans, ldc, ok := stored(p.C, p.M, p.N)
	g.ldc = ldc
	return g, ok && trans == 0
}

// stored says how rows×cols of m lie in memory: as columns, or trans, as rows, with
// how many elements from one to the next.
func stored(m device.Matrix, rows, cols int64) (trans, ld C.int, ok bool) {
	switch {
	case m.Row == 1 && m.Col >= rows && m.Col <= math.MaxInt32:
		return 0, C.int(m.Col), true
	case m.Col == 1 && m.Row >= cols && m.Row <= math.MaxInt32:
		return 1, C.int(m.Row), true
	}
	return 0, 0, false
}

// multiply puts a product on the stream, if cuBLAS is there and has it.
func (s *stream) multiply(l device.Launch) (done bool, err error) {
	lib := s.d.blas
	p, ok := device.ParseGemm(l)
	if lib == nil || !ok {
		return false, nil
	}
	g, ok := columns(p)
	if !ok {
		return false, nil
	}
	s.mu.Lock() // a handle is for one call at a time
	defer s.mu.Unlock()
	s.d.Counters.Launch()
	s.d.Counters.Library()
	return true, s.d.do("product", func() error {
		if s.blas == nil {
			h, err := lib.handle()
			if err != nil {
				return err
			}
			s.blas = h
			if err := status("preparing cuBLAS", C.ashlar_blas_prepare(lib.c, h, unsafe.Pointer(s.s.C()), lib.math)); err != nil {
				return err
			}
		}
		return status("gemm", C.ashlar_blas_gemm(lib.c, s.blas, &g))
	})
}
