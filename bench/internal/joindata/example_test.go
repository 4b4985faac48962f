package joindata_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/bench/internal/joindata"
)

func Example() {
	t, err := joindata.Generate(joindata.Spec{Rows: 20_000, Seed: 42})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer t.Release()
	fmt.Println(t.X[0].NumRows(), t.Small[0].NumRows(), t.Medium[0].NumRows(), t.Big[0].NumRows())
	// Output: 20000 10 20 20000
}
