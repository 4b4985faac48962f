package asm_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

func ExampleGemm() {
	g := asm.GemmFor[float64](asm.Portable)
	a := []float64{1, 2, 3, 4} // one column of a panel of 4 rows
	b := []float64{10, 20, 0, 0}
	c := make([]float64, 4*2)
	g.Tiles[0](1, 1, &a[0], g.Rows, &b[0], g.Lanes, 0, &c[0], 2, 0, g.Rows, 2, 1, 0)
	fmt.Println(c)
	// Output: [10 20 20 40 30 60 40 80]
}
