package main

import (
	"strings"
	"testing"

	gonumblas "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/ashlar-go/ashlar/kernels/blas"
)

func TestSolve(t *testing.T) {
	defer blas64.Use(gonum.Implementation{})
	for name, use := range map[string]gonumblas.Float64{"ours": blas.Implementation{Threads: 2}, "gonum": gonum.Implementation{}} {
		blas64.Use(use)
		var out strings.Builder
		if err := solve(&out, 300); err != nil {
			t.Fatal(name, err)
		}
		if !strings.HasSuffix(out.String(), "off by at most 1e-6: true\n") {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}
