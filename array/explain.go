package array

import (
	"fmt"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
)

// Explain shows how a will be computed: one line an array, what it is made of
// below it. Then it says how many tasks that is, which of those placed on GPUs run
// on CPU threads of the workers there, and why, where those that are placed by cost
// run, and why, and what memory they take, as far as it can be told before.
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
	fmt.Fprintf(&b, "%d tasks\n%s%s%v", g.Len(), explainGPU(g), graph.ExplainChoices(g, graph.Choose(g)), graph.Foresee(g))
	return b.String()
}

// explainGPU says how many tasks run on devices, and why others that were placed
// there do not: one line a reason. It is empty if none was placed there.
func explainGPU(g *graph.Graph) string {
	placed, reasons, tasks := 0, []string{}, map[string]int{}
	for i := range g.Len() {
		c := g.TaskClass(i)
		if c.Spec.Resources.Milli(graph.GPU) == 0 || c.Spec.Auto != nil {
			continue
		}
		placed++
		err := graph.WhyNoGPU(c.Op, g.TaskAttr(i))
		if err == nil {
			continue
		}
		if tasks[err.Error()]++; tasks[err.Error()] == 1 {
			reasons = append(reasons, err.Error())
		}
	}
	if placed == 0 {
		return ""
	}
	var b strings.Builder
	onDevice := placed
	for _, r := range reasons {
		onDevice -= tasks[r]
		fmt.Fprintf(&b, "  on CPU threads of workers with a GPU, %d tasks: %s\n", tasks[r], r)
	}
	return fmt.Sprintf("on GPUs: %d tasks of the %d placed there\n%s", onDevice, placed, b.String())
}
