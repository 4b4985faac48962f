package array

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// gemmSteps is how many products one task adds up. A task holds two blocks a
// step; more steps a task means fewer passes over the sum.
const gemmSteps = 4

// matProduct is a matrix product of two chunked matrices: block (i,j) is the sum
// over k of a's block (i,k) times b's block (k,j), added up in the order of k,
// gemmSteps at a time, or, where the product is much smaller than its factors,
// each apart and then in a tree.
type matProduct struct {
	meta
	transA, transB bool
}

// MatMul returns the matrix product a·b of two matrices of one floating point
// type: (m×k)·(k×n) → m×n. The chunks of k are those of a.
func MatMul(a, b *Array) *Array { return newMatProduct("matmul", a, b, false, false) }

// MatMulT is MatMul with either operand transposed first, without moving it.
func MatMulT(a, b *Array, transA, transB bool) *Array {
	return newMatProduct("matmul", a, b, transA, transB)
}

func newMatProduct(op string, a, b *Array, transA, transB bool) *Array {
	if bad := matrices(op, a, b); bad != nil {
		return bad
	}
	ac, bc := a.Chunks(), b.Chunks()
	m, ka := ac[0], ac[1]
	if transA {
		m, ka = ka, m
	}
	kb, n := bc[0], bc[1]
	if transB {
		kb, n = n, kb
	}
	if sum(ka) != sum(kb) {
		return fail(op, "shapes %v and %v do not fit: the inner lengths are %d and %d", a.Shape(), b.Shape(), sum(ka), sum(kb))
	}
	if transB {
		b = b.Rechunk(Chunks{n, ka})
	} else {
		b = b.Rechunk(Chunks{ka, n})
	}
	spec := kernels.GemmSpec{TransA: transA, TransB: transB, Alpha: 1}
	return fromNode(&matProduct{newMeta(op, Chunks{m, n}, a.DType(), spec.Append(nil), a, b), transA, transB})
}

// matrices checks that all operands are matrices of one floating point type.
func matrices(op string, as ...*Array) *Array {
	if bad := firstErr(as...); bad != nil {
		return bad
	}
	for i, a := range as {
		if a.NDim() != 2 {
			return fail(op, "operand %d has shape %v; a matrix has two axes", i+1, a.Shape())
		}
		if t := a.DType(); t != kernels.Float64 && t != kernels.Float32 {
			return fail(op, "operand %d is of %v; use AsType(Float64) first", i+1, t)
		}
		if a.DType() != as[0].DType() {
			return fail(op, "operand 1 is of %v and operand %d of %v", as[0].DType(), i+1, a.DType())
		}
	}
	return nil
}

func (n *matProduct) lower(l *lowering, at []int) graph.Dep {
	a, b := n.operands[0], n.operands[1]
	inner := 1
	if n.transA {
		inner = 0
	}
	ks := a.Chunks()[inner]
	terms := make([]term, len(ks))
	for k := range ks {
		pa, pb := []int{at[0], k}, []int{k, at[1]}
		if n.transA {
			pa = []int{k, at[0]}
		}
		if n.transB {
			pb = []int{at[1], k}
		}
		terms[k] = term{l.block(a, pa), l.block(b, pb), ks[k]}
	}
	spec := kernels.GemmSpec{TransA: n.transA, TransB: n.transB, Alpha: 1}
	shape := n.chunks.Block(at)
	if inner := ks[0]; len(ks) > 1 && product(shape) < (shape[0]+shape[1])*inner/innerShare {
		return sumProducts(l, spec, shape, n.dtype, terms)
	}
	return addProducts(l, spec, shape, n.dtype, nil, terms)
}

// innerShare is how many times smaller than its two factors a product block is
// for its terms to be computed apart, each where its factors are, and then
// summed: the factors are what would have to move.
const innerShare = 4

// sumFanIn is how many blocks one task of a sum adds up.
const sumFanIn = 8

// sumProducts computes each product alone and adds them up in a tree.
func sumProducts(l *lowering, spec kernels.GemmSpec, shape []int, t kernels.DType, terms []term) graph.Dep {
	parts := make([]graph.Dep, len(terms))
	for i := range terms {
		parts[i] = addProducts(l, spec, shape, t, nil, terms[i:i+1])
	}
	size := int64(product(shape)) * int64(t.Size())
	for len(parts) > 1 {
		var up []graph.Dep
		for group := range slices.Chunk(parts, sumFanIn) {
			if len(group) == 1 {
				up = append(up, group[0])
				continue
			}
			n := int64(len(group))
			cost := graph.Cost{Flops: n * size / int64(t.Size()), Bytes: (n + 1) * size, Output: size}
			up = append(up, l.add(OpElementwise, cost, sumProgram(t, len(group)).Append(nil), group...).Whole())
		}
		parts = up
	}
	return parts[0]
}

// sumProgram adds n inputs, in order.
func sumProgram(t kernels.DType, n int) *expr.Program {
	b := expr.NewBuilder()
	sum := b.Input(typeOf(t))
	for range n - 1 {
		var err error
		if sum, err = b.Apply(expr.Add, sum, b.Input(typeOf(t))); err != nil {
			panic(fmt.Sprintf("array: summing %d blocks of %v: %v", n, t, err))
		}
	}
	p, err := b.Program(sum)
	if err != nil {
		panic(fmt.Sprintf("array: summing %d blocks of %v: %v", n, t, err))
	}
	return p
}

// A term is one product of two blocks with inner length k.
type term struct {
	a, b graph.Dep
	k    int
}

// addProducts adds alpha times each product to the block c, or to zero if c is
// nil, in order.
func addProducts(l *lowering, spec kernels.GemmSpec, shape []int, t kernels.DType, c *graph.Dep, terms []term) graph.Dep {
	size := int64(product(shape)) * int64(t.Size())
	for len(terms) > 0 {
		n := min(gemmSteps, len(terms))
		var deps []graph.Dep
		spec.Accumulate = c != nil
		if c != nil {
			deps = append(deps, *c)
		}
		cost := graph.Cost{Output: size, Bytes: 2 * size}
		for _, x := range terms[:n] {
			deps = append(deps, x.a, x.b)
			cost.Flops += 2 * int64(product(shape)) * int64(x.k)
			cost.Bytes += int64(shape[0]+shape[1]) * int64(x.k) * int64(t.Size())
		}
		d := l.add(OpGemm, cost, spec.Append(nil), deps...).Whole()
		c, terms = &d, terms[n:]
	}
	return *c
}
