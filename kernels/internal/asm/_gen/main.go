// Command _gen writes the assembly of package asm and its Go declarations. Run
// it through go generate in that package.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("!noasm")
	masks := maskTables()
	for _, e := range []element{float64s, float32s} {
		for vectors := 1; vectors <= 3; vectors++ {
			gemm(avx512(e), vectors)
			gemm(avx2(e, masks), vectors)
			for _, lower := range []bool{true, false} {
				solve(avx512(e), vectors, lower)
				solve(avx2(e, masks), vectors, lower)
			}
		}
		stripes(avx512(e), 3)
		stripes(avx2(e, masks), 3)
	}
	interleaveFloat64()
	interleaveFloat32()
	Generate()
}
