package groupdata_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/bench/internal/groupdata"
)

func Example() {
	parts, err := groupdata.Generate(groupdata.Spec{Rows: 1000, K: 10, Seed: 42})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer parts[0].Release()
	fmt.Println(parts[0].NumRows(), "rows of", parts[0].NumColumns(), "columns")
	// Output: 1000 rows of 9 columns
}
