package taskbench_test

import (
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/taskbench"
)

// A system that spends a microsecond on each task, besides its arithmetic, is
// half efficient with tasks that take two.
func ExampleSearch_METG() {
	const iteration, tasks, cores = 1e-9, 1000, 2
	s := taskbench.Search{
		Tasks: tasks, Cores: cores, Samples: 3,
		Peak: func(time.Duration) float64 { return iteration },
		Run: func(iterations uint32) (float64, error) {
			return (float64(iterations)*iteration + 1e-6) * tasks / cores, nil
		},
	}
	seconds, _, err := s.METG()
	fmt.Printf("%.1f µs %v\n", seconds*1e6, err)
	// Output: 2.0 µs <nil>
}
