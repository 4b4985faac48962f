package frame

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/examples/data"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/cockroachdb/datadriven"
)

// plans are the frames of testdata, by name.
func plans() map[string]*Frame {
	f := ReadParquet("example://" + data.Flights)
	late := f.Filter(Col("delay").IsNull().Not()).With(Col("date").Month().As("month"), When(Col("delay").Gt(15), 1.0, 0.0).As("late"))
	airports := ReadCSV("example://"+data.Airports, CSVOptions{})
	may := time.Date(2001, 5, 1, 0, 0, 0, 0, time.UTC)
	byOrigin := late.GroupBy("origin").Agg(Rows().As("flights"))
	return map[string]*Frame{
		"group-by":   late.GroupBy("month").Agg(Rows(), Mean("late")),
		"join":       late.Join(airports.Select("iata", "state"), Inner, On("origin", "iata")).GroupBy("state").Agg(Mean("delay")),
		"sort":       f.Filter(Col("date").Ge(may)).Sort(Asc("distance"), Desc("delay")),
		"top":        f.Select("origin", "delay").Sort(Desc("delay")).Head(3),
		"head":       f.Select("origin").Head(3),
		"pruned":     late.Filter(Col("month").Gt(4).And(Col("date").Ge(may))).GroupBy().Agg(Rows()),
		"nothing":    f.Filter(Col("date").Lt("1999-01-01")).Select("origin"),
		"shared":     Concat(byOrigin.TopK(2, Desc("flights")), byOrigin.TopK(2, Asc("flights"))),
		"semi":       f.Join(byOrigin.Filter(Col("flights").Gt(1000)), Semi, Using("origin")).GroupBy("origin").Agg(Max("delay")),
		"asof":       f.Select("origin", "date").JoinAsof(f.Select("origin", "date", "delay"), Forward("date", "date").By(Using("origin")).Strict()).Select("delay"),
		"cross":      airports.Select("iata").CrossJoin(airports.Select("state")).Filter(Col("iata").Eq(Col("state"))).GroupBy().Agg(Rows()),
		"window":     f.Over("origin").OrderBy(Asc("date")).With(Rank(), Lag("delay", 1)).Filter(Col("rank").Le(3)).Select("origin", "lag_1_delay"),
		"unique":     f.Unique("origin").Select("delay"),
		"count-rows": f.With(Col("delay").Add(1).As("unused")).GroupBy().Agg(Rows()),
	}
}

// TestPlans shows how frames are computed: the plan, what one task a line
// depends on, and the same after the graph's own optimisation. Run with
// -rewrite to accept what it is now.
func TestPlans(t *testing.T) {
	all := plans()
	datadriven.Walk(t, "testdata/plans", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			f, ok := all[strings.TrimSpace(d.Input)]
			if !ok {
				d.Fatalf(t, "no frame %q", d.Input)
			}
			if f.Err() != nil {
				return f.Err().Error() + "\n"
			}
			if d.Cmd == "explain" {
				return f.Explain()
			}
			g, err := f.Graph()
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			defer releaseLiterals(g)
			if d.Cmd == "optimised" {
				g = graph.Optimize(g)
			}
			return listing(g)
		})
	})
}

// listing shows a graph, a task a line: number, label, dependencies (i0 is
// input 0, 3.1 part 1 of task 3), and the output that it is. Runs of tasks that
// differ in their numbers alone are one line.
func listing(g *graph.Graph) string {
	outputs := map[uint32]string{}
	for i, o := range g.Outputs {
		outputs[o.Task] += fmt.Sprintf(" = output %d", i)
	}
	var b strings.Builder
	for i, in := range g.Inputs {
		fmt.Fprintf(&b, "i%d %s\n", i, in.Key.Name)
	}
	for i := 0; i < g.Len(); i++ {
		last := i
		for last+1 < g.Len() && len(g.TaskDeps(i)) == 0 && len(g.TaskDeps(last+1)) == 0 &&
			g.TaskClass(i).Name() == g.TaskClass(last+1).Name() && outputs[uint32(last)]+outputs[uint32(last+1)] == "" {
			last++
		}
		if fmt.Fprintf(&b, "%d", i); last > i {
			fmt.Fprintf(&b, "…%d", last)
		}
		fmt.Fprintf(&b, " %s", g.TaskClass(i).Name())
		for _, d := range g.TaskDeps(i) {
			name := fmt.Sprint(d.Ref.Index())
			if d.Ref.IsInput() {
				name = "i" + name
			}
			if d.Part >= 0 {
				name += fmt.Sprintf(".%d", d.Part)
			}
			b.WriteString(" " + name)
		}
		b.WriteString(outputs[uint32(i)] + "\n")
		i = last
	}
	return b.String()
}
