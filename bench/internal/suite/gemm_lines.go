package suite

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/blas"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/peak"
)

// lineOp is an operation that is bound by memory: on vectors of n values, or on
// a matrix n×n and two such vectors.
type lineOp struct {
	blasOp
	matrix bool
	// passes is how often the vector, or the matrix, is read or written; writes
	// says that the last of them writes.
	passes int
	writes bool
}

func lineOps() []lineOp {
	gemv := func(t blas.Transpose) func(x *blasRun) error {
		return func(x *blasRun) error {
			x.own.Dgemv(t, x.n, x.n, 1, x.a, x.n, x.b[:x.n], 1, 0, x.c[:x.n], 1)
			x.digestOf = x.c[:x.n]
			return nil
		}
	}
	return []lineOp{
		{blasOp{name: "axpy", from: "", run: func(x *blasRun) error {
			x.own.Daxpy(x.n, 1, x.a, 1, x.b, 1)
			x.digestOf = x.b
			return nil
		}}, false, 3, true},
		{blasOp{name: "dot", run: func(x *blasRun) error {
			x.c[0] = x.own.Ddot(x.n, x.a, 1, x.b, 1)
			x.digestOf, x.rowLength = x.c[:1], 1
			return nil
		}}, false, 2, false},
		{blasOp{name: "gemv", run: gemv(blas.NoTrans)}, true, 1, false},
		{blasOp{name: "gemv-turned", run: gemv(blas.Trans)}, true, 1, false},
		{blasOp{name: "ger", run: func(x *blasRun) error {
			x.own.Dger(x.n, x.n, 1, x.b[:x.n], 1, x.b[x.n:2*x.n], 1, x.a, x.n)
			x.digestOf = x.a
			return nil
		}}, true, 2, true},
	}
}

// lineCases are small enough for the second-level cache, and too large for any.
func lineCases(cfg harness.Config, vendors []harness.Peer) []harness.Case {
	var cases []harness.Case
	for _, op := range lineOps() {
		sizes := []int{16_000, 8_000_000}
		if op.matrix {
			sizes = []int{200, 4000}
		}
		for _, n := range sizes {
			if !cfg.Quick || n <= 16_000 && n != 4000 {
				cases = append(cases, lineCase(cfg, op, n, vendors))
			}
		}
	}
	return cases
}

func lineCase(cfg harness.Config, op lineOp, n int, vendors []harness.Peer) harness.Case {
	size := n
	if op.matrix {
		size = n * n
	}
	c := opCase(cfg, op.blasOp, n, nil)
	x := &blasRun{op: op.blasOp, n: n}
	request := c.Request.(gemmRequest)
	bytes := 8 * float64(size) * float64(op.passes)
	c.Metric = "GB/s"
	c.Value = func(seconds float64) float64 { return bytes / seconds / 1e9 }
	c.Prepare = func(context.Context) (func(), error) { return x.prepare(size, request.A, request.B) }
	c.Ours = x.ours
	// What is read and written is held beside a copy of as many bytes in all.
	var limit *peak.Bandwidth
	c.Peers = append([]harness.Peer{&harness.Limit{PeerName: "memory", PeerVersion: fmt.Sprintf("%d KB", 8*size*min(op.passes, 2)/1000), Measure: func() float64 {
		if limit == nil {
			m := peak.Memory(8 * size * min(op.passes, 2) / 2)
			if !op.writes {
				m = peak.Memory(8 * size * op.passes)
			}
			limit = &m
		}
		if op.writes {
			return bytes / limit.Copy
		}
		return bytes / limit.Read
	}}}, vendors...)
	return c
}
