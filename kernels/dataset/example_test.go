package dataset_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// The note of an array says how it is cut.
func Example() {
	raw, err := dataset.Array(kernels.Float64, [][]int{{100, 100, 50}, {8}}).Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := dataset.Parse(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n.DType, n.Shape(), "in", n.Parts(), "blocks")
	// Output: float64 [250 8] in 3 blocks
}
