package array

import (
	"math"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// An Option says how a new array is made.
type Option func(*options)

type options struct {
	dtype kernels.DType
	chunk []int
}

// DefaultChunkBytes is the size to which new arrays are cut if nothing else is
// said.
const DefaultChunkBytes = 64 << 20

// ChunkShape cuts the array into blocks of this shape; 0 is the whole axis.
func ChunkShape(shape ...int) Option { return func(o *options) { o.chunk = shape } }

// DType sets the type of the elements; the default is Float64.
func DType(t kernels.DType) Option { return func(o *options) { o.dtype = t } }

// layout resolves options against a shape. It refuses what has more bytes than
// an int64 can say, and what would be cut into absurdly many blocks.
func layout(op string, shape []int, opts []Option) (Chunks, kernels.DType, *Array) {
	o := options{dtype: kernels.Float64}
	for _, f := range opts {
		f(&o)
	}
	for i, n := range shape {
		if n < 0 {
			return nil, 0, fail(op, "axis %d has length %d", i, n)
		}
	}
	if bad := checkSize(op, shape, o.dtype); bad != nil {
		return nil, 0, bad
	}
	if o.chunk == nil {
		o.chunk = autoChunk(shape, o.dtype.Size(), DefaultChunkBytes)
	}
	if len(o.chunk) != len(shape) {
		return nil, 0, fail(op, "chunk shape %v has %d axes, the array %v has %d", o.chunk, len(o.chunk), shape, len(shape))
	}
	if n, fits := blocksOf(shape, o.chunk); !fits || n > maxBlocks {
		return nil, 0, fail(op, "shape %v in chunks %v is more than %d blocks; use larger ones with ChunkShape", shape, o.chunk, maxBlocks)
	}
	return Regular(shape, o.chunk), o.dtype, nil
}

// maxBlocks is into how many blocks a new array may be cut: each is a task, and
// each cut takes memory before anything runs.
const maxBlocks = 1 << 24

// blocksOf returns how many blocks [Regular] makes, and whether an int64 holds
// it.
func blocksOf(shape, chunk []int) (n int64, fits bool) {
	grid := make([]int, len(shape))
	for i, n := range shape {
		grid[i] = 1
		if c := chunk[i]; c > 0 && c < n {
			grid[i] = (n-1)/c + 1
		}
	}
	return volume(grid, 1)
}

// created is an array whose elements are a function of their index.
type created struct {
	meta
	spec kernels.CreateSpec // of the whole, without its shape
}

func newCreated(op string, c Chunks, t kernels.DType, p kernels.Pattern, a, b float64) *Array {
	spec := kernels.CreateSpec{Pattern: p, DType: t, A: a, B: b}
	return fromNode(&created{newMeta(op, c, t, spec.Append(nil)), spec})
}

func (n *created) lower(l *lowering, at []int) graph.Dep {
	s := n.spec
	if s.Shape = n.chunks.Block(at); s.Pattern != kernels.Constant { // all constant blocks of one shape are one
		s.Offset = n.chunks.Offset(at)
	}
	size := int64(product(s.Shape)) * int64(n.dtype.Size())
	return l.add(OpCreate, graph.Cost{Bytes: size, Output: size}, s.Append(nil)).Whole()
}

// Full returns an array with v everywhere.
func Full(v float64, shape []int, opts ...Option) *Array {
	c, t, bad := layout("full", shape, opts)
	if bad != nil {
		return bad
	}
	return newCreated("full", c, t, kernels.Constant, v, 0)
}

// Zeros returns an array of zeros.
func Zeros(shape []int, opts ...Option) *Array { return Full(0, shape, opts...) }

// Ones returns an array of ones.
func Ones(shape []int, opts ...Option) *Array { return Full(1, shape, opts...) }

// Arange returns the numbers start, start+step, … that lie before stop, as one
// axis.
func Arange(start, stop, step float64, opts ...Option) *Array {
	if step == 0 || math.IsNaN(start+stop+step) || math.IsInf(start+stop+step, 0) {
		return fail("arange", "from %v to %v in steps of %v", start, stop, step)
	}
	count := math.Ceil((stop - start) / step)
	if count > 1<<53 {
		return fail("arange", "from %v to %v in steps of %v is %.3g numbers, more than a float64 tells apart", start, stop, step, count)
	}
	n := max(0, int(count))
	c, t, bad := layout("arange", []int{n}, opts)
	if bad != nil {
		return bad
	}
	return newCreated("arange", c, t, kernels.Ramp, start, step)
}

// Linspace returns n numbers from start to stop, both included, as one axis.
func Linspace(start, stop float64, n int, opts ...Option) *Array {
	c, t, bad := layout("linspace", []int{n}, opts)
	if bad != nil {
		return bad
	}
	return newCreated("linspace", c, t, kernels.Ramp, start, (stop-start)/float64(max(n-1, 1)))
}

// Eye returns the n×n identity matrix.
func Eye(n int, opts ...Option) *Array {
	c, t, bad := layout("eye", []int{n, n}, opts)
	if bad != nil {
		return bad
	}
	return newCreated("eye", c, t, kernels.Identity, 0, 0)
}

// A Generator makes random arrays. Element i of an array is a function of the
// seed, the number of the array, and i alone: chunks and workers play no part.
// Arrays of one generator are independent of each other.
type Generator struct {
	seed  uint64
	drawn uint64
}

// Random returns a generator with the given seed (Philox4x32-10; see package
// kernels).
func Random(seed uint64) *Generator { return &Generator{seed: seed} }

// random is an array of random numbers.
type random struct {
	meta
	spec kernels.RandomSpec // without the place of a block
}

func (g *Generator) draw(op string, s kernels.RandomSpec, shape []int, opts []Option) *Array {
	c, t, bad := layout(op, shape, opts)
	if bad != nil {
		return bad
	}
	s.Seed, s.Stream, s.DType = g.seed, g.drawn, t
	g.drawn++
	return fromNode(&random{newMeta(op, c, t, s.Append(nil)), s})
}

// Uniform returns numbers uniform in [0, 1).
func (g *Generator) Uniform(shape []int, opts ...Option) *Array {
	return g.draw("uniform", kernels.RandomSpec{Dist: kernels.Uniform, A: 0, B: 1}, shape, opts)
}

// Normal returns normally distributed numbers of the given mean and standard
// deviation: both finite, and the latter not negative.
func (g *Generator) Normal(mean, stddev float64, shape []int, opts ...Option) *Array {
	if !(stddev >= 0) || math.IsInf(stddev, 0) {
		return fail("normal", "the standard deviation is %v: want a finite number, 0 or more", stddev)
	}
	if math.IsNaN(mean) || math.IsInf(mean, 0) {
		return fail("normal", "the mean is %v: want a finite number", mean)
	}
	return g.draw("normal", kernels.RandomSpec{Dist: kernels.Normal, A: mean, B: stddev}, shape, opts)
}

// Integers returns integers uniform in [low, high), of type Int64 if no other
// is asked for.
func (g *Generator) Integers(low, high int64, shape []int, opts ...Option) *Array {
	if low >= high {
		return fail("integers", "the range [%d, %d) is empty", low, high)
	}
	opts = append([]Option{DType(kernels.Int64)}, opts...)
	return g.draw("integers", kernels.RandomSpec{Dist: kernels.Integers, A: float64(low), B: float64(high)}, shape, opts)
}

func (n *random) lower(l *lowering, at []int) graph.Dep {
	s := n.spec
	s.Global, s.Shape, s.Offset = n.chunks.Shape(), n.chunks.Block(at), n.chunks.Offset(at)
	size := int64(product(s.Shape))
	cost := graph.Cost{Flops: 20 * size, Output: size * int64(n.dtype.Size())}
	return l.add(OpRandom, cost, s.Append(nil)).Whole()
}
