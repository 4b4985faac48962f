// Command gonum is a program that uses nothing but gonum: it makes a positive
// definite matrix, factors it and solves a system with it. One line, the one
// with Use, makes it fast; -plain leaves the line out.
//
//	go run ./examples/gonum
//	go run ./examples/gonum -plain
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"runtime"
	"time"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/ashlar-go/ashlar/kernels/blas"
)

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 2000, "rows of the matrix")
	plain := flag.Bool("plain", false, "use gonum's own BLAS")
	flag.Parse()
	if !*plain {
		blas64.Use(blas.Implementation{Threads: runtime.NumCPU()})
	}
	if err := solve(os.Stdout, *n); err != nil {
		log.Fatal(err)
	}
}

// solve prints how long each step takes with n×n matrices, and how far the
// solution is off.
func solve(w io.Writer, n int) error {
	r := rand.New(rand.NewPCG(1, 2))
	x, b := mat.NewDense(n, n, nil), mat.NewDense(n, 3, nil)
	x.Apply(func(int, int, float64) float64 { return r.Float64() - 0.5 }, x)
	b.Apply(func(int, int, float64) float64 { return r.Float64() }, b)

	clock := stopwatch{w, time.Now()}
	var a mat.SymDense
	a.SymOuterK(1, x)
	clock.lap("X·Xᵀ")

	var c mat.Cholesky
	if !c.Factorize(&a) {
		return errors.New("the matrix is not positive definite")
	}
	clock.lap("Cholesky")

	var y mat.Dense
	if err := c.SolveTo(&y, b); err != nil {
		return fmt.Errorf("solving: %w", err)
	}
	clock.lap("solve")

	var back mat.Dense
	back.Mul(&a, &y)
	back.Sub(&back, b)
	clock.lap("check")
	fmt.Fprintf(w, "off by at most 1e-6: %t\n", mat.Max(&back) < 1e-6 && mat.Min(&back) > -1e-6)
	return nil
}

// stopwatch prints the time since it was last asked.
type stopwatch struct {
	w    io.Writer
	last time.Time
}

func (s *stopwatch) lap(what string) {
	fmt.Fprintf(s.w, "%-10s%7.3f s\n", what, time.Since(s.last).Seconds())
	s.last = time.Now()
}
