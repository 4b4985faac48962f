package suite

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// vectorMaps are the cases that give a vector.
func vectorMaps[T kernels.Float]() []vectorOp[T] {
	ops := []vectorOp[T]{
		{name: "exp", naive: elementwise[T](math.Exp), run: unary[T](expr.Exp)},
		{name: "log", naive: elementwise[T](math.Log), run: unary[T](expr.Log)},
		{name: "sin", naive: elementwise[T](math.Sin), run: unary[T](expr.Sin)},
		{name: "cos", naive: elementwise[T](math.Cos), run: unary[T](expr.Cos)},
		{name: "tanh", naive: elementwise[T](math.Tanh), run: unary[T](expr.Tanh)},
		{name: "sqrt", naive: elementwise[T](math.Sqrt), run: unary[T](expr.Sqrt)},
		{name: "sqrt(x)*2+sin(x)", naive: elementwise[T](func(x float64) float64 { return math.Sqrt(x)*2 + math.Sin(x) }), run: program[T](fused, 1)},
	}
	for i := range ops {
		ops[i].reads, ops[i].peer = 1, "math"
	}
	return append(ops,
		vectorOp[T]{name: "add", reads: 2, peer: "go", naive: func(dst, x, y []T) []T {
			for i, v := range x {
				dst[i] = v + y[i]
			}
			return dst
		}, run: program[T](func(b *expr.Builder, x, y expr.Ref) (expr.Ref, error) { return b.Apply(expr.Add, x, y) }, 2)},
		vectorOp[T]{name: "x*y+y", reads: 2, peer: "go", naive: func(dst, x, y []T) []T {
			for i, v := range x {
				dst[i] = T(math.FMA(float64(v), float64(y[i]), float64(y[i])))
			}
			return dst
		}, run: program[T](func(b *expr.Builder, x, y expr.Ref) (expr.Ref, error) { return b.Apply(expr.FMA, x, y, y) }, 2)},
		vectorOp[T]{name: "pow", reads: 2, peer: "math", naive: func(dst, x, y []T) []T {
			for i, v := range x {
				dst[i] = T(math.Pow(float64(v), float64(y[i])))
			}
			return dst
		}, run: program[T](func(b *expr.Builder, x, y expr.Ref) (expr.Ref, error) { return b.Apply(expr.Pow, x, y) }, 2)},
		vectorOp[T]{name: "transpose", reads: 1, peer: "go", naive: func(dst, x, _ []T) []T {
			for i := range len(x) / matrixWidth {
				for j := range matrixWidth {
					dst[j*(len(x)/matrixWidth)+i] = x[i*matrixWidth+j]
				}
			}
			return dst
		}, run: turned[T]})
}

// matrixWidth is the length of a row where the vector is taken as a matrix.
const matrixWidth = 1000

// turned copies the transposed matrix.
func turned[T kernels.Float](mem kernels.Allocator, x, _ *kernels.Block) (*kernels.Block, error) {
	m, err := kernels.Reshape(mem, x, x.Size()/matrixWidth, matrixWidth)
	if err != nil {
		return nil, err
	}
	defer m.Release()
	t, err := m.Transpose()
	if err != nil {
		return nil, err
	}
	defer t.Release()
	return kernels.Clone(mem, t)
}

// columnwise reduces the columns of the matrix.
func columnwise[T kernels.Float](op kernels.ReduceOp) vectorRun[T] {
	return func(mem kernels.Allocator, x, _ *kernels.Block) (*kernels.Block, error) {
		m, err := kernels.Reshape(mem, x, x.Size()/matrixWidth, matrixWidth)
		if err != nil {
			return nil, err
		}
		defer m.Release()
		return kernels.Reduce(mem, kernels.ReduceSpec{Op: op, DType: x.DType(), Axes: []int{0}}, m)
	}
}

// naiveColumns has the sums of the columns, or their variances.
func naiveColumns[T kernels.Float](variance bool) func(dst, x, _ []T) []T {
	return func(_, x, _ []T) []T {
		sums, squares, n := make([]float64, matrixWidth), make([]float64, matrixWidth), float64(len(x)/matrixWidth)
		for i, v := range x {
			sums[i%matrixWidth] += float64(v)
		}
		for i, v := range x {
			d := float64(v) - sums[i%matrixWidth]/n
			squares[i%matrixWidth] += d * d
		}
		out := make([]T, matrixWidth)
		for j := range out {
			out[j] = T(sums[j])
			if variance {
				out[j] = T(squares[j] / n)
			}
		}
		return out
	}
}

func unary[T kernels.Float](op expr.Op) vectorRun[T] {
	return program[T](func(b *expr.Builder, x, _ expr.Ref) (expr.Ref, error) { return b.Apply(op, x) }, 1)
}

func elementwise[T kernels.Float](f func(float64) float64) func(dst, x, _ []T) []T {
	return func(dst, x, _ []T) []T {
		for i, v := range x {
			dst[i] = T(f(float64(v)))
		}
		return dst
	}
}

// fused is sqrt(x)·2 + sin(x).
func fused(b *expr.Builder, x, _ expr.Ref) (expr.Ref, error) {
	root, err := b.Apply(expr.Sqrt, x)
	if err != nil {
		return root, err
	}
	twice, err := b.Apply(expr.Mul, root, b.Float(2))
	if err != nil {
		return twice, err
	}
	sine, err := b.Apply(expr.Sin, x)
	if err != nil {
		return sine, err
	}
	return b.Apply(expr.Add, twice, sine)
}

// folds are the names of the cases that give one number.
var folds = []string{"sum", "mean", "var", "min", "dot", "sum axis 0", "var axis 0"}

func isFold(name string) bool { return slices.Contains(folds, name) }

func vectorFolds[T kernels.Float]() []vectorOp[T] {
	return []vectorOp[T]{
		{name: "sum", reads: 1, run: reduced[T](kernels.Sum), peer: "gonum", naive: wide[T](floats.Sum)},
		{name: "mean", reads: 1, run: reduced[T](kernels.Mean), peer: "gonum", naive: wide[T](func(x []float64) float64 { return stat.Mean(x, nil) })},
		{name: "var", reads: 1, run: reduced[T](kernels.Var), peer: "gonum", naive: wide[T](func(x []float64) float64 { return stat.PopVariance(x, nil) })},
		{name: "min", reads: 1, run: reduced[T](kernels.Min), peer: "gonum", naive: wide[T](floats.Min)},
		{name: "dot", reads: 2, run: product11[T], peer: "gonum", naive: gonumDot[T]},
		{name: "sum axis 0", reads: 1, run: columnwise[T](kernels.Sum), peer: "go", naive: naiveColumns[T](false)},
		{name: "var axis 0", reads: 1, run: columnwise[T](kernels.Var), peer: "go", naive: naiveColumns[T](true)},
	}
}

func reduced[T kernels.Float](op kernels.ReduceOp) vectorRun[T] {
	return func(mem kernels.Allocator, x, _ *kernels.Block) (*kernels.Block, error) {
		return kernels.Reduce(mem, kernels.ReduceSpec{Op: op, DType: x.DType(), Axes: []int{0}, KeepDims: true}, x)
	}
}

// product11 is a row times a column.
func product11[T kernels.Float](mem kernels.Allocator, x, y *kernels.Block) (*kernels.Block, error) {
	row, err := kernels.Reshape(mem, x, 1, x.Size())
	if err != nil {
		return nil, err
	}
	defer row.Release()
	column, err := kernels.Reshape(mem, y, y.Size(), 1)
	if err != nil {
		return nil, err
	}
	defer column.Release()
	return kernels.Gemm(mem, 1, kernels.GemmSpec{Alpha: 1}, nil, row, column)
}

// wide gives float64 to a function of gonum's as it is, and a plain conversion
// of float32, for which gonum has nothing.
func wide[T kernels.Float](f func(x []float64) float64) func(dst, x, _ []T) []T {
	var converted []float64
	return func(_, x, _ []T) []T {
		if x, ok := any(x).([]float64); ok {
			return []T{T(f(x))}
		}
		if len(converted) != len(x) {
			converted = make([]float64, len(x))
		}
		for i, v := range x {
			converted[i] = float64(v)
		}
		return []T{T(f(converted))}
	}
}

func gonumDot[T kernels.Float](_, x, y []T) []T {
	switch x := any(x).(type) {
	case []float64:
		return []T{T(gonum.Implementation{}.Ddot(len(x), x, 1, any(y).([]float64), 1))}
	case []float32: // with a sum in float64
		return []T{T(gonum.Implementation{}.Dsdot(len(x), x, 1, any(y).([]float32), 1))}
	}
	panic("bench: no dot of this type")
}
