package array

import (
	"fmt"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
)

// Explain shows how a will be computed: one line an array, what it is made of
// below it. Then it says how many tasks that is, and what memory they take, as
// far as it can be told before.
func (a *Array) Explain() string {
	g, err := Graph(a)
	if err != nil {
		return err.Error() + "\n"
	}
	defer releaseLiterals(g)
	var b strings.Builder
	seen := map[graph.Key]bool{}
	var show func(a *Array, depth int)
	show = func(a *Array, depth int) {
		again := ""
		if seen[a.key] && len(a.node.info().operands) > 0 {
			again = " (as above, computed once)"
		}
		fmt.Fprintf(&b, "%s%v%s\n", strings.Repeat("  ", depth), a, again)
		if again != "" {
			return
		}
		seen[a.key] = true
		for _, o := range a.node.info().operands {
			show(o, depth+1)
		}
	}
	show(a, 0)
	g = graph.Optimize(g)
	fmt.Fprintf(&b, "%d tasks\n%v", g.Len(), graph.Foresee(g))
	return b.String()
}
