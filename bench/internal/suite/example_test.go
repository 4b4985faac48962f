package suite_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/bench/internal/suite"
)

func ExampleAll() {
	for _, s := range suite.All() {
		fmt.Println(s.Name)
	}
	// Output:
	// sched
	// tasks
	// taskbench
	// gemm
	// vector
	// linalg
	// groupby
	// join
	// scan
	// transfer
	// outofcore
}
