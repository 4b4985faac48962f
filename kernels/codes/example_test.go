package codes_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/kernels/codes"
)

func Example() {
	packed := append([]byte{0b11_01_00_10, 0b00_00_10_01}, make([]byte, codes.Spare)...)
	some := make([]int32, 6)
	most := codes.Unpack(some, packed, 2)
	words := make([]float64, len(some))
	codes.Pick(words, []float64{0.5, 1.5, 2.5, 3.5}, some, most)
	fmt.Println(some, most, words)
	// Output: [2 0 1 3 1 2] 3 [2.5 0.5 1.5 3.5 1.5 2.5]
}
