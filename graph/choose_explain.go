package graph

import (
	"fmt"
	"strings"
	"time"
)

// ExplainChoices says where tasks that left it to cost run, and why: how many are
// on devices and on CPU threads, and then a line for what is decided alike, with
// the sums of the estimates. It is empty if there are no choices.
func ExplainChoices(g *Graph, cs []Choice) string {
	if len(cs) == 0 {
		return ""
	}
	type kind struct {
		name string
		gpu  bool
		why  string
	}
	var kinds []kind
	sums, counts := map[kind]Choice{}, map[kind]int{}
	onGPU := 0
	for _, c := range cs {
		k := kind{g.TaskClass(c.Task).Name(), c.GPU, c.Why}
		if counts[k]++; counts[k] == 1 {
			kinds = append(kinds, k)
		}
		s := sums[k]
		s.CPU, s.CPUCopies = s.CPU+c.CPU, s.CPUCopies+c.CPUCopies
		s.Device, s.DeviceCopies = s.Device+c.Device, s.DeviceCopies+c.DeviceCopies
		sums[k] = s
		if c.GPU {
			onGPU++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "chosen by cost: %d tasks on GPUs, %d on CPU threads\n", onGPU, len(cs)-onGPU)
	if d := g.TaskClass(cs[0].Task).Spec.Auto.Device; d != "" {
		fmt.Fprintf(&b, "  a GPU is %s\n", d)
	}
	for _, k := range kinds {
		where := "CPU threads"
		if k.gpu {
			where = "GPUs"
		}
		why := k.why
		if why == "" {
			s := sums[k]
			why = fmt.Sprintf("%s on a GPU, %s on CPU threads", taking(s.Device, s.DeviceCopies), taking(s.CPU, s.CPUCopies))
		}
		fmt.Fprintf(&b, "  %s, %d on %s: %s\n", k.name, counts[k], where, why)
	}
	return b.String()
}

func taking(runs, copies time.Duration) string {
	return fmt.Sprintf("%s and %s of copies", short(runs), short(copies))
}

// short shows a duration with three digits.
func short(d time.Duration) string {
	for unit := time.Duration(1); unit < time.Hour; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit).String()
		}
	}
	return d.Round(time.Minute).String()
}
