package array

import (
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// rechunked is the operand, cut differently.
type rechunked struct{ meta }

// Rechunk cuts the array into the given chunks. Only the pieces that a new
// block needs travel to it; where they are many and small, in two steps.
func (a *Array) Rechunk(c Chunks) *Array {
	if a.err != nil || a.Chunks().Equal(c) {
		return a
	}
	shape := a.Shape()
	if len(c) != len(shape) {
		return fail("rechunk", "chunks %v have %d axes, the array %v has %d", c, len(c), shape, len(shape))
	}
	for i, n := range c.Shape() {
		if n != shape[i] {
			return fail("rechunk", "axis %d: chunks %v add up to %d, the array has %d", i, c[i], n, shape[i])
		}
		for _, size := range c[i] {
			if size < 0 || size == 0 && n > 0 {
				return fail("rechunk", "axis %d: chunks %v hold one of size %d", i, c[i], size)
			}
		}
	}
	if via := through(a.Chunks(), c, a.DType().Size()); via != nil {
		a = a.cut(via)
	}
	return a.cut(c)
}

func (a *Array) cut(c Chunks) *Array {
	return fromNode(&rechunked{newMeta("rechunk", c, a.DType(), nil, a)})
}

// RechunkTo cuts the array into blocks of the given shape; 0 is the whole axis.
func (a *Array) RechunkTo(shape ...int) *Array {
	if a.err != nil {
		return a
	}
	if len(shape) != a.NDim() {
		return fail("rechunk", "chunk shape %v for an array of shape %v", shape, a.Shape())
	}
	return a.Rechunk(Regular(a.Shape(), shape))
}

func (n *rechunked) lower(l *lowering, at []int) graph.Dep {
	src := n.operands[0]
	parts := make([][]span, len(n.chunks))
	for i, o := range n.chunks.Offset(at) {
		parts[i] = spans(src.Chunks()[i], o, o+n.chunks[i][at[i]])
		if len(parts[i]) == 0 { // an axis of length 0
			parts[i] = []span{{}}
		}
	}
	return assemble(l, src, parts)
}

// assemble makes one block out of pieces of src: along each axis the given
// spans, one after the other.
func assemble(l *lowering, src *Array, parts [][]span) graph.Dep {
	grid := make([]int, len(parts))
	pieces := make(Chunks, len(parts))
	for i, ps := range parts {
		grid[i] = len(ps)
		for _, p := range ps {
			pieces[i] = append(pieces[i], p.stop-p.start)
		}
	}
	var deps []graph.Dep
	each(grid, func(k []int) { deps = append(deps, cutOut(l, src, parts, k)) })
	if len(deps) == 1 {
		return deps[0]
	}
	size := int64(product(pieces.Shape())) * int64(src.DType().Size())
	return l.add(OpAssemble, graph.Cost{Bytes: 2 * size, Output: size}, kernels.AssembleSpec{Lengths: pieces}.Append(nil), deps...).Whole()
}

// cutOut makes the piece at place k of the parts' grid.
func cutOut(l *lowering, src *Array, parts [][]span, k []int) graph.Dep {
	from := make([]int, len(k))
	spec := kernels.SliceSpec{}
	whole := true
	for i, ps := range parts {
		p := ps[k[i]]
		from[i] = p.chunk
		spec.Start = append(spec.Start, p.start)
		spec.Count = append(spec.Count, p.stop-p.start)
		spec.Step = append(spec.Step, 1)
		spec.Drop = append(spec.Drop, false)
		whole = whole && p.stop-p.start == src.Chunks()[i][p.chunk]
	}
	d := l.block(src, from)
	if whole {
		return d
	}
	size := int64(product(spec.Count)) * int64(src.DType().Size())
	return l.add(OpSlice, graph.Cost{Bytes: 2 * size, Output: size}, spec.Append(nil), d).Whole()
}

// concatenated is arrays one after the other along an axis.
type concatenated struct {
	meta
	axis int
}

// Concatenate joins arrays along an axis. They agree in type and in all other
// axes; those are cut alike.
func Concatenate(along int, arrays ...*Array) *Array {
	if bad := firstErr(arrays...); bad != nil {
		return bad
	}
	if len(arrays) == 0 {
		return fail("concatenate", "no arrays")
	}
	first := arrays[0]
	k, bad := axis("concatenate", first, along)
	if bad != nil {
		return bad
	}
	c := append(Chunks{}, first.Chunks()...)
	c[k] = nil
	fitted := make([]*Array, len(arrays))
	for i, a := range arrays {
		if a.NDim() != first.NDim() || a.DType() != first.DType() {
			return fail("concatenate", "array %d is %v of %v, the first is %v of %v", i, a.Shape(), a.DType(), first.Shape(), first.DType())
		}
		want := append(Chunks{}, first.Chunks()...)
		want[k] = a.Chunks()[k]
		for j := range want {
			if j != k && sum(a.Chunks()[j]) != sum(want[j]) {
				return fail("concatenate", "axis %d of array %d is %d, of the first %d", j, i, sum(a.Chunks()[j]), sum(want[j]))
			}
		}
		fitted[i] = a.Rechunk(want)
		c[k] = append(c[k], a.Chunks()[k]...)
	}
	return fromNode(&concatenated{newMeta("concatenate", c, first.DType(), appendInts(nil, []int{k}), fitted...), k})
}

func (n *concatenated) lower(l *lowering, at []int) graph.Dep {
	from := append([]int{}, at...)
	for _, a := range n.operands {
		count := len(a.Chunks()[n.axis])
		if from[n.axis] < count {
			return l.block(a, from)
		}
		from[n.axis] -= count
	}
	panic("array: concatenate: place beyond the last operand")
}
