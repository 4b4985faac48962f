package check

import (
	"fmt"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/kernels"
)

// factors are a Cholesky factorisation and triangular systems, larger than what
// one kernel takes.
func factors(t kernels.DType) (all []*comparison) {
	const n = 150
	positive := func() *kernels.Block { return dominant(t, n) }
	all = append(all, &comparison{
		name: fmt.Sprintf("cholesky %v %d", t, n), op: gpu.OpPotrf, tol: tolerance(t), in: []*kernels.Block{positive()},
		cpu: func(mem kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) {
			return kernels.Potrf(mem, 1, in[0])
		},
	})
	for _, s := range []kernels.TrsmSpec{{}, {Upper: true}, {Trans: true}, {Right: true, Trans: true}} {
		shape := []int{n, 33}
		if s.Right {
			shape = []int{33, n}
		}
		all = append(all, &comparison{
			name: fmt.Sprintf("triangular system %v %+v", t, s), op: gpu.OpTrsm, attr: s.Append(nil), tol: tolerance(t),
			in: []*kernels.Block{positive(), uniform(t, -1, 1, shape...)},
			cpu: func(mem kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) {
				return kernels.Trsm(mem, 1, s, in[0], in[1])
			},
		})
	}
	return all
}

// dominant returns a symmetric matrix whose diagonal outweighs the rest.
func dominant(t kernels.DType, n int) *kernels.Block {
	data := make([]float64, n*n)
	for i := range n {
		for j := range n {
			data[i*n+j] = 1 / float64(1+i+j)
		}
		data[i*n+i] += 4
	}
	b, err := kernels.FromSlice(data, n, n)
	if err == nil {
		b, err = kernels.AsType(kernels.DefaultAllocator(), b, t)
	}
	if err != nil {
		panic(fmt.Sprintf("gpu: check: matrix of %v: %v", t, err))
	}
	return b
}

// randoms are the numbers of the CPU, normal ones to the last bits, as another
// processor's logarithm may round otherwise.
func randoms(t kernels.DType) (all []*comparison) {
	for dist := kernels.Uniform; dist <= kernels.Integers; dist++ {
		s := kernels.RandomSpec{
			Dist: dist, DType: t, Seed: 5, Stream: 6, A: 1, B: 9,
			Global: []int{1000, 70}, Shape: []int{33, 41}, Offset: []int{900, 20},
		}
		c := &comparison{
			name: fmt.Sprintf("%v random numbers of %v", dist, t), op: gpu.OpRandom, attr: s.Append(nil),
			cpu: func(mem kernels.Allocator, _ []*kernels.Block) (*kernels.Block, error) { return kernels.Random(mem, s) },
		}
		if dist == kernels.Normal {
			c.tol = tolerance(t)
		}
		all = append(all, c)
	}
	return all
}

// assembled puts four blocks together, two by two.
func assembled(mem kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) {
	first := in[0].Shape()
	last := in[3].Shape()
	out, err := kernels.NewBlock(mem, in[0].DType(), first[0]+last[0], first[1]+last[1])
	for i, b := range in {
		if err == nil {
			err = kernels.AssignAt(out, []int{i / 2 * first[0], i % 2 * first[1]}, b)
		}
	}
	return out, err
}

// created are blocks of each pattern.
func created(t kernels.DType) (all []*comparison) {
	for p := kernels.Constant; p <= kernels.Identity; p++ {
		s := kernels.CreateSpec{Pattern: p, DType: t, A: 0.3, B: 0.7}
		switch p {
		case kernels.Constant:
			s.Shape = []int{33, 7, 5}
		case kernels.Ramp:
			s.Shape, s.Offset = []int{3001}, []int{12345}
		default:
			s.Shape, s.Offset = []int{40, 33}, []int{20, 31}
		}
		all = append(all, &comparison{
			name: fmt.Sprintf("%v of %v", p, t), op: gpu.OpCreate, attr: s.Append(nil),
			cpu: func(mem kernels.Allocator, _ []*kernels.Block) (*kernels.Block, error) { return kernels.Create(mem, s) },
		})
	}
	return all
}
