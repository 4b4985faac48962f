package sched

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
)

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

func workerOf(s string) WorkerID {
	return WorkerID(atoi(strings.TrimLeft(s, "abcdefghijklmnopqrstuvwxyz")))
}

func key(s string) graph.Key { return graph.NewKey(s) }

func keys(ss []string) (ks []graph.Key) {
	for _, s := range ss {
		ks = append(ks, key(s))
	}
	return ks
}

func parseID(s string) graph.TaskID {
	run, row, _ := strings.Cut(s, "/")
	return graph.NewTaskID(uint32(atoi(run)), uint32(atoi(row)))
}

func parseIDs(ss []string) (ids []graph.TaskID) {
	for _, s := range ss {
		ids = append(ids, parseID(s))
	}
	return ids
}

func show(actions []Action) string {
	var b strings.Builder
	for _, a := range actions {
		showAction(&b, a)
	}
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}

func showAction(b *strings.Builder, a Action) {
	switch a := a.(type) {
	case Assign:
		for _, t := range a.Tasks {
			fmt.Fprintf(b, "assign to %d: %v %s, attempt %d%s", a.Worker, t.Task,
				t.Graph.TaskClass(int(t.Task.Index())).Op, t.Attempt, showDeps(t.Deps))
			if t.Awaited {
				b.WriteString(", awaited")
			}
			b.WriteByte('\n')
		}
	case Abort:
		fmt.Fprintf(b, "abort at %d: %v, attempt %d\n", a.Worker, a.Task, a.Attempt)
	case Free:
		fmt.Fprintf(b, "free at %d: %v", a.Worker, a.Tasks)
		if a.Heard > 0 {
			fmt.Fprintf(b, ", heard %d", a.Heard)
		}
		fmt.Fprintln(b)
	case Place:
		fmt.Fprintf(b, "place for client %d, run %d: at %v\n", a.Client, a.Run, a.Workers)
	case Ready:
		fmt.Fprintf(b, "ready for client %d: %s is %v, %d bytes at %v%s\n", a.Client, a.Key.Name, a.Task, a.Bytes, a.Holders, showInline(a.Inline))
	case Lost:
		fmt.Fprintf(b, "lost for client %d: %s\n", a.Client, a.Key.Name)
	case Erred:
		fmt.Fprintf(b, "erred for client %d: %s: %v\n", a.Client, a.Key.Name, a.Err)
	case Reclaim:
		fmt.Fprintf(b, "reclaim from %d: %v, attempt %d\n", a.Worker, a.Task, a.Attempt)
	case Replicate:
		fmt.Fprintf(b, "replicate at %d%s\n", a.Worker, showDeps(a.Items))
	case Coordinated:
		b.WriteString(showAnswer(a.Answer))
	case Invoke:
		fmt.Fprintf(b, "invoke at %d: %v, call %d: %s\n", a.Worker, a.Task, a.Call, a.Method)
	case Answer:
		fmt.Fprintf(b, "answer for client %d, request %d: %q", a.Client, a.Request, a.Result)
		if a.Err != nil {
			fmt.Fprintf(b, ", %v", a.Err)
		}
		b.WriteByte('\n')
	case Dismiss:
		fmt.Fprintf(b, "dismiss %d: %s\n", a.Worker, a.Reason)
	}
}

func showDeps(deps []Dep) string {
	var b strings.Builder
	for _, d := range deps {
		fmt.Fprintf(&b, ", %v", d.Task)
		if d.Part >= 0 {
			fmt.Fprintf(&b, "#%d", d.Part)
		}
		fmt.Fprintf(&b, " at %v%s", d.Holders, showInline(d.Inline))
		if d.First != 0 {
			fmt.Fprintf(&b, " first %d", d.First)
		}
	}
	return b.String()
}

func showInline(e string) string {
	if e == "" {
		return ""
	}
	return ", inlined " + e
}
