// Command _gen writes the assembly of package asm, its Go declarations, and the
// portable Go of the elementary functions. Run it through go generate in that
// package.
package main

import (
	"flag"
	"fmt"
	"os"

	. "github.com/mmcloughlin/avo/build"
)

func main() {
	what := flag.String("kernels", "", "products (of matrices), vectors, marks (of text), bitmaps, codes (and texts), rows (of tables), or portable (no assembly)")
	flag.Parse()
	switch *what {
	case "products":
		ConstraintExpr("!noasm")
		products()
		Generate()
	case "vectors":
		ConstraintExpr("!noasm")
		check(vectors("../vector_table_amd64.go"))
		Generate()
	case "marks":
		ConstraintExpr("!noasm")
		marksAssembly()
		Generate()
	case "bitmaps":
		ConstraintExpr("!noasm")
		bitmaps()
		Generate()
	case "codes":
		ConstraintExpr("!noasm")
		codesAssembly()
		keepTexts(avx2(float32s, nil))
		keepTexts(avx512(float32s))
		Generate()
	case "rows":
		ConstraintExpr("!noasm")
		rows()
		Generate()
	case "portable":
		check(portable("../elementary.go"))
	default:
		check(fmt.Errorf("-kernels is %q: want products, vectors, marks, bitmaps, codes, rows or portable", *what))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "_gen:", err)
		os.Exit(1)
	}
}

func products() {
	masks := maskTables()
	for _, e := range []element{float64s, float32s} {
		for vectors := 1; vectors <= 3; vectors++ {
			for _, byRows := range []bool{false, true} {
				gemm(avx512(e), vectors, byRows)
				gemm(avx2(e, masks), vectors, byRows)
			}
			for _, lower := range []bool{true, false} {
				solve(avx512(e), vectors, lower)
				solve(avx2(e, masks), vectors, lower)
			}
		}
		stripes(avx512(e), 3)
		stripes(avx2(e, masks), 3)
		lines(avx512(e))
		lines(avx2(e, masks))
	}
	interleaveFloat64()
	interleaveFloat32()
}
