package schedload_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/bench/internal/schedload"
)

// A binary tree through a scheduler with ten workers, watched.
func Example() {
	g := schedload.Tree(1001)
	c := schedload.New(10)
	c.Audit()
	c.Submit(g)
	fmt.Println(c.Finish(g.Len()), c.Verdict(), c.Forget(g))
	// Output: <nil> <nil> <nil>
}
