package worker

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/cockroachdb/datadriven"
)

// A script drives one Machine. Each command is an event, and prints the actions
// that follow:
//
//	new cpu=2 gpu=1 memory=100 spill=(70,40) fetch-bytes=64 fetch-items=8 peer-fetches=1 peer-retries=2
//	assign            one task a line: ID [attempt=N] [op=NAME] [prio=N] [order=N] [lane=N] [out=BYTES] [dep=ITEM@HOLDER,…:BYTES[^FIRST]]… [with=ITEM]…
//	abort ID N | reclaim ID N | free ID… [heard=N] | stored ID BYTES | done ID N BYTES [MICROS] | failed ID N MESSAGE
//	replicate ITEM@HOLDER,…:BYTES…
//	fetched REQUEST PEER [got=(ITEM:BYTES,…)] [leased=(ITEM:BYTES,…)] [absent=(ITEM,…)] [err=busy|gone]
//	secede ID N | rejoin ID N | call ID CALL METHOD | returned ID CALL
//	spilled REQUEST ok|failed | short BYTES
//	lost PEER | pressure on|off | reset | tick MILLIS | state
//
// An ITEM is RUN/INDEX or RUN/INDEX#PART.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var m *Machine
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "new" {
				m = New(parseConfig(d))
				return ""
			}
			if d.Cmd == "state" {
				return describe(m)
			}
			out := show(m.Step(parseEvent(t, d)))
			if err := m.Check(); err != nil {
				d.Fatalf(t, "%v", err)
			}
			return out
		})
	})
}

func parseConfig(d *datadriven.TestData) Config {
	cfg := Config{PeerFetches: 1, PeerRetries: -1}
	for _, a := range d.CmdArgs {
		n, _ := strconv.Atoi(a.Vals[0])
		switch a.Key {
		case "memory":
			cfg.Memory = int64(n)
		case "spill":
			to, _ := strconv.Atoi(a.Vals[1])
			cfg.SpillAbove, cfg.SpillTo = float64(n)/100, float64(to)/100
		case "ahead":
			cfg.Ahead = n
		case "fetch-bytes":
			cfg.FetchBytes = int64(n)
		case "fetch-items":
			cfg.FetchItems = n
		case "peer-fetches":
			cfg.PeerFetches = n
		case "peer-retries":
			cfg.PeerRetries = n
		default:
			cfg.Lanes = append(cfg.Lanes, Lane{a.Key, n})
		}
	}
	return cfg
}

func parseEvent(t *testing.T, d *datadriven.TestData) Event {
	arg := func(i int) string { return d.CmdArgs[i].Key }
	num := func(i int) int64 { n, _ := strconv.ParseInt(arg(i), 10, 64); return n }
	switch d.Cmd {
	case "assign":
		var e Assign
		for _, line := range strings.Split(strings.TrimSpace(d.Input), "\n") {
			e.Tasks = append(e.Tasks, parseTask(line))
		}
		return e
	case "abort":
		return Abort{Task: parseItem(arg(0)).Task, Attempt: uint32(num(1))}
	case "replicate":
		var e Replicate
		for _, v := range strings.Fields(d.Input) {
			e.Items = append(e.Items, parseDep(v))
		}
		return e
	case "reclaim":
		return Reclaim{Task: parseItem(arg(0)).Task, Attempt: uint32(num(1))}
	case "free":
		e := Free{Heard: math.MaxUint64} // all reports
		for i, a := range d.CmdArgs {
			if a.Key == "heard" {
				e.Heard, _ = strconv.ParseUint(a.Vals[0], 10, 64)
				continue
			}
			e.Tasks = append(e.Tasks, parseItem(arg(i)).Task)
		}
		return e
	case "stored":
		return Stored{Task: parseItem(arg(0)).Task, Bytes: num(1)}
	case "done":
		e := Done{Task: parseItem(arg(0)).Task, Attempt: uint32(num(1)), Bytes: num(2)}
		for i, a := range d.CmdArgs[3:] {
			if a.Key == "peak" {
				e.Peak, _ = strconv.ParseInt(a.Vals[0], 10, 64)
				continue
			}
			e.Took = time.Duration(num(3+i)) * time.Microsecond
		}
		return e
	case "failed":
		return Failed{Task: parseItem(arg(0)).Task, Attempt: uint32(num(1)), Err: &graph.TaskError{Message: arg(2)}}
	case "fetched":
		return parseFetched(d)
	case "lost":
		return PeerLost{Peer: PeerID(num(0))}
	case "pressure":
		return Pressure{Paused: arg(0) == "on"}
	case "reset":
		return Reset{}
	case "tick":
		e := Tick{At: time.Duration(num(0)) * time.Millisecond}
		if len(d.CmdArgs) > 1 {
			e.Room = num(1)
		}
		return e
	}
	return parseTaskEvent(t, d)
}

func parseFetched(d *datadriven.TestData) Event {
	req, _ := strconv.Atoi(d.CmdArgs[0].Key)
	peer, _ := strconv.Atoi(d.CmdArgs[1].Key)
	e := Fetched{Request: uint64(req), Peer: PeerID(peer)}
	for _, a := range d.CmdArgs[2:] {
		for _, v := range a.Vals {
			switch a.Key {
			case "got", "leased":
				it, n, _ := strings.Cut(v, ":")
				b, _ := strconv.Atoi(n)
				e.Got = append(e.Got, Arrival{Item: parseItem(it), Bytes: int64(b), Leased: a.Key == "leased"})
			case "absent":
				e.Absent = append(e.Absent, parseItem(v))
			case "err":
				e.Err = map[string]FetchError{"busy": PeerBusy, "gone": PeerGone}[v]
			}
		}
	}
	return e
}

func parseTask(line string) Task {
	f := strings.Fields(line)
	t := Task{ID: parseItem(f[0]).Task, Attempt: 1, Class: &graph.Class{Op: "op"}}
	for _, a := range f[1:] {
		k, v, _ := strings.Cut(a, "=")
		n, _ := strconv.Atoi(v)
		switch k {
		case "attempt":
			t.Attempt = uint32(n)
		case "prio":
			t.Class.Spec.Priority = int32(n)
		case "actor":
			t.Class.Spec.Actor = true
		case "op":
			t.Class.Op = v
		case "order":
			t.Order = uint64(n)
		case "lane":
			t.Lane = n
		case "out":
			t.Class.Cost.Output = int64(n)
		case "scratch":
			t.Class.Cost.Scratch = int64(n)
		case "dep":
			t.Deps = append(t.Deps, parseDep(v))
		case "with":
			t.Deps = append(t.Deps, Dep{Item: parseItem(v), Bytes: 8, Inline: []byte("small"), Holders: []PeerID{1}})
		}
	}
	return t
}

func parseDep(v string) Dep {
	it, rest, _ := strings.Cut(v, "@")
	holders, rest, _ := strings.Cut(rest, ":")
	bytes, first, _ := strings.Cut(rest, "^")
	n, _ := strconv.Atoi(bytes)
	p, _ := strconv.Atoi(first)
	d := Dep{Item: parseItem(it), Bytes: int64(n), First: PeerID(p)}
	for _, h := range strings.Split(holders, ",") {
		if p, err := strconv.Atoi(h); err == nil {
			d.Holders = append(d.Holders, PeerID(p))
		}
	}
	return d
}

func parseItem(s string) Item {
	id, part, has := strings.Cut(s, "#")
	var run, index uint32
	fmt.Sscanf(id, "%d/%d", &run, &index)
	it := Item{graph.NewTaskID(run, index), -1}
	if has {
		n, _ := strconv.Atoi(part)
		it.Part = int32(n)
	}
	return it
}

func (it Item) text() string {
	if it.Part < 0 {
		return it.Task.String()
	}
	return fmt.Sprintf("%v#%d", it.Task, it.Part)
}

func show(actions []Action) string {
	var b strings.Builder
	for _, a := range actions {
		switch a := a.(type) {
		case Fetch:
			fmt.Fprintf(&b, "fetch %d from %d:", a.Request, a.Peer)
			for _, it := range a.Items {
				b.WriteString(" " + it.text())
			}
			b.WriteByte('\n')
		case Run:
			fmt.Fprintf(&b, "run %v attempt %d\n", a.Task.ID, a.Task.Attempt)
		case Stop:
			fmt.Fprintf(&b, "stop %v attempt %d\n", a.Task, a.Attempt)
		case Drop:
			fmt.Fprintf(&b, "drop %s\n", a.Item.text())
		case Report:
			fmt.Fprintf(&b, "report %v attempt %d: %d bytes\n", a.Tasks[0].Task, a.Tasks[0].Attempt, a.Tasks[0].Bytes)
		case ReportFailed:
			fmt.Fprintf(&b, "report failed %v attempt %d: %s\n", a.Task, a.Attempt, a.Err.Message)
		case ReportMissing:
			fmt.Fprintf(&b, "report missing %v for %v attempt %d, asked %v\n", a.Dep, a.Task, a.Attempt, a.Holders)
		case ReportUncopied:
			fmt.Fprintf(&b, "report uncopied %v\n", a.Tasks)
		case ReportYielded:
			fmt.Fprintf(&b, "report yielded %v attempt %d: %t\n", a.Task, a.Attempt, a.OK)
		case ReportReplicas:
			fmt.Fprintf(&b, "report replicas %v\n", a.Tasks)
		default:
			showTaskAction(&b, a)
		}
	}
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}

func describe(m *Machine) string {
	s := fmt.Sprintf("tasks %d running %v wants %d values %d managed %d reserved %d",
		m.tasks.Len(), m.Running(), m.wants.len(), m.values.len(), m.managed, m.reserved)
	if m.spills() {
		s += fmt.Sprintf(" on disk %d", m.OnDisk())
		if m.disk.read > 0 {
			s += fmt.Sprintf(", read %d", m.disk.read)
		}
	}
	return s + "\n"
}
