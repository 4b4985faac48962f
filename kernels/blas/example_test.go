package blas_test

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/ashlar-go/ashlar/kernels/blas"
)

// One line makes all of gonum use this BLAS.
func ExampleImplementation() {
	blas64.Use(blas.Implementation{Threads: 1})

	a := mat.NewDense(2, 3, []float64{1, 2, 3, 4, 5, 6})
	var p mat.Dense
	p.Mul(a, a.T())
	fmt.Println(mat.Formatted(&p))
	// Output:
	// ⎡14  32⎤
	// ⎣32  77⎦
}
