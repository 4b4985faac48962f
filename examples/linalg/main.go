// Linalg does blocked linear algebra on worker processes, and compares each
// result with gonum's on one core.
//
//	go run ./examples/linalg
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

func main() {
	cluster.Init()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "linalg:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	cl, err := cluster.Local(ctx, cluster.Processes(), cluster.Workers(2))
	if err != nil {
		return err
	}
	defer cl.Close()
	c, err := cl.Client(ctx)
	if err != nil {
		return err
	}
	defer c.Close()

	// A random tall matrix in blocks of 500 rows, each made where it is needed.
	// Nothing is computed yet: an Array is an expression.
	random := array.Random(42)
	a := random.Normal(0, 1, []int{4000, 60}, array.ChunkShape(500, 60))
	b := random.Normal(0, 1, []int{4000, 1}, array.ChunkShape(500, 1))
	fmt.Println("a:", a)

	// Mistakes in shapes are seen here, with the line, before anything runs.
	fmt.Println("a·b:", array.MatMul(a, b).Err())

	// For comparison, the same matrix as gonum has it.
	ad, err := a.Dense(ctx, c)
	if err != nil {
		return err
	}
	bd, err := b.Dense(ctx, c)
	if err != nil {
		return err
	}
	k := checker{ctx: ctx, client: c}

	// The Gram matrix aᵀa, its Cholesky factor, and the normal equations.
	gram := array.MatMulT(a, a, true, false)
	var gramD mat.Dense
	gramD.Mul(ad.T(), ad)
	k.check("aᵀa", gram, &gramD)
	var chol mat.Cholesky
	chol.Factorize(mat.NewSymDense(60, gramD.RawMatrix().Data))
	var l mat.TriDense
	chol.LTo(&l)
	k.check("cholesky(aᵀa)", gram.Cholesky(), &l)
	var want mat.Dense
	if err := want.Solve(ad, bd); err != nil {
		return err
	}
	k.check("normal equations", array.SolvePositive(gram, array.MatMulT(a, b, true, false)), &want)

	// Least squares by tall-skinny QR, which does not square the condition.
	x := array.Lstsq(a, b)
	k.check("lstsq(a, b)", x, &want)

	// The residual is at right angles to a. What one computation uses twice, as
	// it does a here, is computed once.
	residual := array.MatMul(a, x).Sub(b)
	k.check("aᵀ(ax - b) + 1", array.MatMulT(a, residual, true, false).Add(1), ones(60))

	// Singular values, from the factor R of the same QR.
	_, s, _ := a.SVD()
	var svd mat.SVD
	svd.Factorize(ad, mat.SVDNone)
	k.check("singular values", s, mat.NewVecDense(60, svd.Values(nil)))
	return k.err
}

func ones(n int) mat.Matrix {
	v := mat.NewVecDense(n, nil)
	floats.AddConst(1, v.RawVector().Data)
	return v
}

// A checker compares results, and keeps the first error.
type checker struct {
	ctx    context.Context
	client *client.Client
	err    error
}

// check computes got on the cluster.
func (k *checker) check(what string, got *array.Array, want mat.Matrix) {
	if k.err != nil {
		return
	}
	m, err := got.Dense(k.ctx, k.client)
	if err != nil {
		k.err = err
		return
	}
	var diff mat.Dense
	diff.Sub(m, want)
	e := mat.Norm(&diff, 2) / mat.Norm(want, 2)
	fmt.Printf("%-18s %dx%d, differs from gonum by %.0e\n", what, m.RawMatrix().Rows, m.RawMatrix().Cols, e)
	if !(e < 1e-10) {
		k.err = fmt.Errorf("%s differs from gonum by %g", what, e)
	}
}
