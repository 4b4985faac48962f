package suite

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"

	"gonum.org/v1/gonum/blas"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/kernels"
	ours "github.com/ashlar-go/ashlar/kernels/blas"
)

// blasOp is an operation of BLAS or LAPACK other than a product of two
// rectangles, on float64 and one thread: of n×n matrices a and b, to c.
type blasOp struct {
	name string
	// flops is how many operations it does, as a multiple of n³; 0 means that
	// it is bound by memory.
	flops float64
	// a makes of U(0,1) what the operation wants.
	a func(n int, a []float64)
	// from says which matrix c is a copy of before each call, if any.
	from string
	run  func(x *blasRun) error
	// check tells whether the result is right, beside the digests of the peers.
	check func(x *blasRun) error
}

// blasRun is the data of one case.
type blasRun struct {
	op          blasOp
	n           int
	a, b, c     []float64
	blockA      *kernels.Block
	digestOf    []float64 // what the answer is of, rows of rowLength values
	rowLength   int
	wanted      bool // the result is to be looked at
	own         ours.Implementation
	allocations kernels.Allocator
}

// triangular scales what is off the diagonal, so that the inverse is as tame.
func triangular(n int, a []float64) {
	for i := range a {
		a[i] /= float64(n)
	}
	for i := range n {
		a[i*n+i] += 1
	}
}

func positive(n int, a []float64) {
	for i := range n {
		a[i*n+i] += float64(n)
		for j := range i {
			a[i*n+j] = a[j*n+i]
		}
	}
}

func symmetric(n int, a []float64) {
	for i := range n {
		for j := range i {
			a[j*n+i] = a[i*n+j]
		}
	}
}

// blasOps are the cases of matrices.
func blasOps() []blasOp {
	triangle := func(name string, run func(x *blasRun), check func(x *blasRun, side blas.Side) error, side blas.Side) blasOp {
		return blasOp{name: name, flops: 1, a: triangular, from: "b",
			run: func(x *blasRun) error { run(x); return nil }, check: func(x *blasRun) error { return check(x, side) }}
	}
	trmm := func(s blas.Side) func(x *blasRun) {
		return func(x *blasRun) {
			x.own.Dtrmm(s, blas.Lower, blas.NoTrans, blas.NonUnit, x.n, x.n, 1, x.a, x.n, x.c, x.n)
		}
	}
	trsm := func(s blas.Side) func(x *blasRun) {
		return func(x *blasRun) {
			x.own.Dtrsm(s, blas.Lower, blas.NoTrans, blas.NonUnit, x.n, x.n, 1, x.a, x.n, x.c, x.n)
		}
	}
	syrk := func(t blas.Transpose) func(x *blasRun) error {
		return func(x *blasRun) error {
			x.own.Dsyrk(blas.Lower, t, x.n, x.n, 1, x.a, x.n, 0, x.c, x.n)
			return nil
		}
	}
	symm := func(s blas.Side) func(x *blasRun) error {
		return func(x *blasRun) error {
			x.own.Dsymm(s, blas.Lower, x.n, x.n, 1, x.a, x.n, x.b, x.n, 0, x.c, x.n)
			return nil
		}
	}
	return []blasOp{
		{name: "syrk", flops: 1, run: syrk(blas.NoTrans), check: (*blasRun).checkSyrk},
		{name: "syrk-turned", flops: 1, run: syrk(blas.Trans), check: (*blasRun).checkSyrk},
		triangle("trmm", trmm(blas.Left), (*blasRun).checkMultiplied, blas.Left),
		triangle("trmm-right", trmm(blas.Right), (*blasRun).checkMultiplied, blas.Right),
		triangle("trsm", trsm(blas.Left), (*blasRun).checkSolved, blas.Left),
		triangle("trsm-right", trsm(blas.Right), (*blasRun).checkSolved, blas.Right),
		{name: "symm", flops: 2, a: symmetric, run: symm(blas.Left), check: func(x *blasRun) error {
			return checkProduct(product{x.n, x.n, x.n}, x.a, x.b, x.c)
		}},
		{name: "symm-right", flops: 2, a: symmetric, run: symm(blas.Right), check: func(x *blasRun) error {
			return checkProduct(product{x.n, x.n, x.n}, x.b, x.a, x.c)
		}},
	}
}

// lower is the triangle a with zeros above the diagonal.
func (x *blasRun) lower() []float64 {
	l := make([]float64, len(x.a))
	for i := range x.n {
		copy(l[i*x.n:i*x.n+i+1], x.a[i*x.n:])
	}
	return l
}

func (x *blasRun) checkSyrk() error {
	full := append([]float64{}, x.c...)
	turned := make([]float64, len(x.a))
	for i := range x.n {
		for j := range x.n {
			turned[j*x.n+i] = x.a[i*x.n+j]
			if j > i {
				full[i*x.n+j] = x.c[j*x.n+i]
			}
		}
	}
	size := product{x.n, x.n, x.n}
	if x.op.name == "syrk" {
		return checkProduct(size, x.a, turned, full)
	}
	return checkProduct(size, turned, x.a, full)
}

func (x *blasRun) checkMultiplied(side blas.Side) error {
	if side == blas.Left {
		return checkProduct(product{x.n, x.n, x.n}, x.lower(), x.b, x.c)
	}
	return checkProduct(product{x.n, x.n, x.n}, x.b, x.lower(), x.c)
}

// checkSolved multiplies the solution, which may be negative, with what it was
// solved for.
func (x *blasRun) checkSolved(side blas.Side) error {
	n, v := x.n, randomVector(x.n)
	got := times(n, n, x.lower(), times(n, n, x.c, v))
	if side == blas.Right {
		got = times(n, n, x.c, times(n, n, x.lower(), v))
	}
	return sameVectors("the solution", got, times(n, n, x.b, v), 1e-11)
}

// planOps makes the cases of the operations, of the factorisations and of what
// is bound by memory.
func planOps(cfg harness.Config, vendors []harness.Peer) []harness.Case {
	var cases []harness.Case
	for _, n := range []int{512, 1024} {
		for _, op := range blasOps() {
			cases = append(cases, opCase(cfg, op, n, vendors))
		}
	}
	n := 2048
	if cfg.Quick {
		n = 512
	}
	for _, op := range factorOps() {
		cases = append(cases, opCase(cfg, op, n, vendors))
	}
	return append(cases, lineCases(cfg, vendors)...)
}

func opCase(cfg harness.Config, op blasOp, n int, vendors []harness.Peer) harness.Case {
	x := &blasRun{op: op, n: n}
	request := gemmRequest{Op: op.name, Type: "f64", M: n, N: n, K: n, Threads: 1, A: cfg.Dir + "/gemm-a.raw", B: cfg.Dir + "/gemm-b.raw"}
	flops := op.flops * math.Pow(float64(n), 3)
	return harness.Case{
		Name:      fmt.Sprintf("f64/%s/n=%d", op.name, n),
		Metric:    "GFLOP/s",
		Better:    harness.Higher,
		Value:     func(seconds float64) float64 { return flops / seconds / 1e9 },
		Prepare:   func(context.Context) (func(), error) { return x.prepare(n*n, request.A, request.B) },
		Ours:      x.ours,
		Peers:     vendors,
		Request:   request,
		Short:     true,
		Tolerance: 1e-9,
	}
}

// prepare makes a and b of the given number of values, and writes them for the
// peers.
func (x *blasRun) prepare(size int, fileA, fileB string) (func(), error) {
	x.allocations = kernels.AllocatorFrom(context.Background())
	rows := size / x.n
	for i, to := range []*[]float64{&x.a, &x.b} {
		m, err := randomMatrix[float64](uint64(i+1), rows, x.n, "")
		if err != nil {
			return nil, err
		}
		*to = append([]float64{}, kernels.Data[float64](m)...)
		m.Release()
	}
	if x.op.a != nil {
		x.op.a(x.n, x.a)
	}
	var err error
	if x.blockA, err = writeMatrix(x.a, rows, x.n, fileA); err != nil {
		return nil, err
	}
	b, err := writeMatrix(x.b, rows, x.n, fileB)
	if err != nil {
		x.blockA.Release()
		return nil, err
	}
	b.Release()
	x.c = make([]float64, size)
	return func() { x.blockA.Release(); x.a, x.b, x.c, x.digestOf = nil, nil, nil, nil }, nil
}

// writeMatrix returns the values as a block, written to the file if one is named.
func writeMatrix(data []float64, rows, cols int, file string) (*kernels.Block, error) {
	b, err := kernels.FromSlice(data, rows, cols)
	if err != nil || file == "" {
		return b, err
	}
	if err := os.WriteFile(file, kernels.Payload(b), 0o644); err != nil {
		b.Release()
		return nil, fmt.Errorf("bench: the matrix for the peers: %w", err)
	}
	return b, nil
}

// ours runs it. What it overwrites is brought back before each call, outside
// the time that is taken.
func (x *blasRun) ours(_ context.Context, call harness.Call) (harness.Sample, error) {
	var s harness.Sample
	origin := map[string][]float64{"a": x.a, "b": x.b}[x.op.from]
	x.digestOf, x.rowLength, x.wanted = x.c, x.n, call.Check
	if call.Check && x.op.from == "" {
		clear(x.c)
	}
	if call.Check || origin != nil {
		copy(x.c, origin)
	}
	start := time.Now()
	for i := range call.Repeat {
		if i > 0 && origin != nil {
			s.Seconds += time.Since(start).Seconds()
			copy(x.c, origin)
			start = time.Now()
		}
		if err := x.op.run(x); err != nil {
			return s, err
		}
	}
	s.Seconds = (s.Seconds + time.Since(start).Seconds()) / float64(call.Repeat)
	if !call.Check {
		return s, nil
	}
	s.Answer = digestMatrix(len(x.digestOf)/x.rowLength, x.rowLength, x.digestOf)
	if x.op.check == nil {
		return s, nil
	}
	return s, x.op.check(x)
}
