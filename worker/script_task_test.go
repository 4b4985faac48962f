package worker

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// parseTaskEvent reads what an execution does with its slot, and calls of actors.
func parseTaskEvent(t *testing.T, d *datadriven.TestData) Event {
	num := func(i int) uint32 { n, _ := strconv.Atoi(d.CmdArgs[i].Key); return uint32(n) }
	switch d.Cmd {
	case "secede":
		return Seceded{Task: parseItem(d.CmdArgs[0].Key).Task, Attempt: num(1)}
	case "rejoin":
		return Rejoin{Task: parseItem(d.CmdArgs[0].Key).Task, Attempt: num(1)}
	case "spilled":
		if d.CmdArgs[1].Key != "ok" {
			return Spilled{Request: uint64(num(0))}
		}
		e := Spilled{Request: uint64(num(0)), OK: true, Bytes: int64(num(2)), Parts: 1}
		if len(d.CmdArgs) > 3 {
			e.Parts = int(num(3))
		}
		return e
	case "short":
		return Short{Bytes: int64(num(0))}
	case "call":
		return Call{Task: parseItem(d.CmdArgs[0].Key).Task, Call: uint64(num(1)), Method: d.CmdArgs[2].Key}
	case "returned":
		return Returned{Task: parseItem(d.CmdArgs[0].Key).Task, Call: uint64(num(1)), Result: []byte("ok")}
	}
	d.Fatalf(t, "unknown command %q", d.Cmd)
	return nil
}

func showTaskAction(b *strings.Builder, a Action) {
	switch a := a.(type) {
	case Spill:
		fmt.Fprintf(b, "spill %d: %s\n", a.Request, a.Item.text())
	case Starve:
		b.WriteString("starve\n")
	case Relieved:
		b.WriteString("relieved\n")
	case Resume:
		fmt.Fprintf(b, "resume %v attempt %d\n", a.Task, a.Attempt)
	case ReportSeceded:
		fmt.Fprintf(b, "report seceded %v attempt %d\n", a.Task, a.Attempt)
	case ReportRejoined:
		fmt.Fprintf(b, "report rejoined %v attempt %d\n", a.Task, a.Attempt)
	case Invoke:
		fmt.Fprintf(b, "invoke %v call %d: %s\n", a.Task, a.Call, a.Method)
	case StopCall:
		fmt.Fprintf(b, "stop call %d\n", a.Call)
	case ReportReturned:
		fmt.Fprintf(b, "report returned call %d: %q", a.Call, a.Result)
		if a.Err != nil {
			fmt.Fprintf(b, ", %v", a.Err)
		}
		b.WriteByte('\n')
	default:
		fmt.Fprintf(b, "unknown action %T\n", a)
	}
}
