package worker

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// parseTaskEvent reads what an execution does with its slot.
func parseTaskEvent(t *testing.T, d *datadriven.TestData) Event {
	num := func(i int) uint32 { n, _ := strconv.Atoi(d.CmdArgs[i].Key); return uint32(n) }
	switch d.Cmd {
	case "secede":
		return Seceded{Task: parseItem(d.CmdArgs[0].Key).Task, Attempt: num(1)}
	case "rejoin":
		return Rejoin{Task: parseItem(d.CmdArgs[0].Key).Task, Attempt: num(1)}
	}
	d.Fatalf(t, "unknown command %q", d.Cmd)
	return nil
}

func showTaskAction(b *strings.Builder, a Action) {
	switch a := a.(type) {
	case Resume:
		fmt.Fprintf(b, "resume %v attempt %d\n", a.Task, a.Attempt)
	case ReportSeceded:
		fmt.Fprintf(b, "report seceded %v attempt %d\n", a.Task, a.Attempt)
	case ReportRejoined:
		fmt.Fprintf(b, "report rejoined %v attempt %d\n", a.Task, a.Attempt)
	default:
		fmt.Fprintf(b, "unknown action %T\n", a)
	}
}
