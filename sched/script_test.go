package sched

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/cockroachdb/datadriven"
)

// A script drives one Machine. Each command is an event, and prints the actions
// that follow; see parseGraph for graphs.
//
//	new [saturation=X] [failures=N] [timeout=MS] [bandwidth=BYTES] [nostealing] [min=N] [max=N] [inline=BYTES]
//	worker W [threads=N] [memory=N] [host=H] [res=GPU=1]    its name is W, its number the digits in it
//	status W [paused] [running=(ID,…)] [fetched=BYTES in=MS] | lose W [clean] [cause=TEXT] | retire W
//	client C | leave C
//	submit C RUN [parent=ID]           a graph follows
//	scatter C RUN KEY:BYTES… | scattered C ID… | abandoned C ID…
//	release C KEY… | cancel C KEY… | retry C KEY… | gone C KEY W
//	finish W ID… [attempt=N] [bytes=N] [took=MS] [inline=TEXT]     attempt: the current one
//	fail W ID MESSAGE [attempt=N] [kind=N]
//	yield W ID | keep W ID               answers to a reclaim
//	missing W ID dep=ID holders=(W,…) | replicated W ID… [number=N]
//	seceded W ID | rejoined W ID
//	call C KEY REQUEST METHOD | returned W CALL [err=TEXT]     of actors
//	uncopied W ID… | replicate C COPIES KEY… | rebalance C [KEY…]
//	ask C REQUEST … (see script.ask) | coordination
//	tick MS | state | story ID | workers | stealing | replicas | target
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		s := &script{t: t, m: New(Config{})}
		datadriven.RunTest(t, path, s.run)
	})
}

type script struct {
	t   *testing.T
	m   *Machine
	d   *datadriven.TestData
	now time.Duration
	// said is printed before the actions.
	said strings.Builder
}

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	s.t, s.d = t, d
	switch d.Cmd {
	case "new":
		s.m = New(Config{Saturation: s.float("saturation"), AllowedFailures: int(s.num("failures", 0)),
			NoWorkerTimeout: s.millis("timeout"), Bandwidth: s.float("bandwidth"), NoStealing: s.d.HasArg("nostealing"), Inline: s.num("inline", 0),
			Adaptive: Adaptive{Min: int(s.num("min", 0)), Max: int(s.num("max", 0))}})
		return ""
	case "state":
		return s.state()
	case "story":
		return s.m.storyText(parseID(s.arg(0)))
	case "stealing":
		return fmt.Sprintf("%+v\n", s.m.Info().Stealing)
	case "target":
		t := s.m.Info().Target
		return fmt.Sprintf("%d: %s; retire %v\n", t.Workers, t.Why, t.Retire)
	case "replicas":
		return fmt.Sprintf("%+v\n", s.m.Info().Replicas)
	case "workers":
		return s.workers()
	case "coordination":
		return s.coordination()
	}
	s.said.Reset()
	e := s.event()
	out := s.said.String() + show(s.m.Step(e))
	if err := s.m.Check(); err != nil {
		d.Fatalf(t, "%v", err)
	}
	return out
}

func (s *script) event() Event {
	switch s.d.Cmd {
	case "worker", "status", "lose", "retire":
		return s.workerEvent()
	case "client":
		return ClientJoined{s.now, s.client()}
	case "leave":
		return ClientLeft{s.now, s.client()}
	case "submit":
		return s.submit()
	case "scatter":
		return s.scatter()
	case "scattered":
		return Scattered{s.now, s.client(), parseIDs(s.plain(1))}
	case "abandoned":
		return Abandoned{s.now, s.client(), parseIDs(s.plain(1))}
	case "release":
		return Release{s.now, s.client(), keys(s.plain(1))}
	case "cancel":
		return Cancel{s.now, s.client(), keys(s.plain(1))}
	case "retry":
		return Retry{s.now, s.client(), keys(s.plain(1))}
	case "ask":
		return s.ask()
	case "gone":
		return Gone{s.now, s.client(), key(s.arg(1)), workerOf(s.arg(2))}
	case "replicate":
		return ReplicateKeys{s.now, s.client(), keys(s.plain(2)), atoi(s.arg(1))}
	case "rebalance":
		return Rebalance{s.now, s.client(), keys(s.plain(1))}
	case "tick":
		s.now += time.Duration(atoi(s.arg(0))) * time.Millisecond
		return Tick{s.now}
	}
	return s.report()
}

func (s *script) workerEvent() Event {
	w := workerOf(s.arg(0))
	switch s.d.Cmd {
	case "worker":
		res, err := graph.ParseResources(s.str("res"))
		if err != nil {
			s.d.Fatalf(s.t, "%v", err)
		}
		return WorkerJoined{s.now, w, s.arg(0), "", cmp.Or(s.str("host"), "h"), int(s.num("threads", 1)), s.num("memory", 0), res}
	case "status":
		return WorkerStatus{At: s.now, Worker: w, Paused: s.d.HasArg("paused"), Running: parseIDs(s.vals("running")),
			Link: Link{s.num("fetched", 0), s.millis("in")}}
	case "lose":
		return WorkerLeft{s.now, w, s.str("cause"), s.d.HasArg("clean")}
	}
	return Retire{s.now, w}
}

func (s *script) report() Event {
	if e := s.catalogEvent(); e != nil {
		return e
	}
	w := workerOf(s.arg(0))
	switch s.d.Cmd {
	case "finish":
		e := Finished{At: s.now, Worker: w}
		for _, id := range parseIDs(s.plain(1)) {
			e.Tasks = append(e.Tasks, Done{id, s.attempt(id), s.num("bytes", 8), s.millis("took")})
			if s.d.HasArg("inline") {
				e.Inline = append(e.Inline, s.str("inline"))
			}
		}
		return e
	case "fail":
		id := parseID(s.arg(1))
		return Failed{s.now, w, id, s.attempt(id), &graph.TaskError{Kind: graph.Kind(s.num("kind", 0)), Message: s.arg(2)}}
	case "missing":
		id := parseID(s.arg(1))
		e := Missing{At: s.now, Worker: w, Task: id, Attempt: s.attempt(id), Dep: parseID(s.str("dep"))}
		for _, h := range s.vals("holders") {
			e.Holders = append(e.Holders, workerOf(h))
		}
		return e
	case "uncopied":
		return Uncopied{s.now, w, parseIDs(s.plain(1))}
	case "yield", "keep":
		id := parseID(s.arg(1))
		return Yielded{s.now, w, id, s.attempt(id), s.d.Cmd == "yield"}
	case "replicated":
		return Replicated{s.now, w, parseIDs(s.plain(1)), uint64(s.num("number", 0))}
	}
	return s.taskEvent()
}

func (s *script) scatter() Event {
	e := Scatter{At: s.now, Client: s.client(), Run: uint32(atoi(s.arg(1)))}
	for _, a := range s.plain(2) {
		k, n, _ := strings.Cut(a, ":")
		e.Keys = append(e.Keys, key(k))
		e.Bytes = append(e.Bytes, int64(atoi(n)))
	}
	return e
}

// attempt is what the command says, or else the current one.
func (s *script) attempt(id graph.TaskID) uint32 {
	if i := s.m.find(id); i != none && !s.d.HasArg("attempt") {
		return s.m.tasks.cold(i).attempt
	}
	return uint32(s.num("attempt", 1))
}

// graph reads a graph, one task a line: NAME OP [DEP…] [key=KEY] [prio=N]
// [retries=N] [res=GPU=1] [on=W,…] [host=H] [loose] [yields] [actor] [out=BYTES] [flops=N]. A DEP is a
// NAME, or @KEY for an input, with #N for a part.
func (s *script) graph() *graph.Graph {
	b, refs := &graph.Builder{}, map[string]graph.Ref{}
	type output struct {
		ref graph.Ref
		key string
	}
	var outputs []output
	for _, line := range strings.Split(strings.TrimSpace(s.d.Input), "\n") {
		f := strings.Fields(line)
		c := graph.Class{Op: f[1]}
		var deps []graph.Dep
		var ks []string
		for _, a := range f[2:] {
			if k, v, has := strings.Cut(a, "="); has || k == "loose" || k == "yields" || k == "actor" {
				if k == "key" {
					ks = append(ks, v)
				}
				setClass(&c, k, v)
				continue
			}
			deps = append(deps, parseDep(b, refs, a))
		}
		refs[f[0]] = b.Add(c, nil, deps...)
		for _, k := range ks {
			outputs = append(outputs, output{refs[f[0]], k})
		}
	}
	for _, o := range outputs {
		b.Output(o.ref, key(o.key))
	}
	return b.Graph()
}

func setClass(c *graph.Class, k, v string) {
	switch k {
	case "prio":
		c.Spec.Priority = int32(atoi(v))
	case "retries":
		c.Spec.Retries = int32(atoi(v))
	case "res":
		c.Spec.Resources, _ = graph.ParseResources(v)
	case "on":
		c.Spec.Workers = strings.Split(v, ",")
	case "host":
		c.Spec.Hosts = strings.Split(v, ",")
	case "yields":
		c.Spec.Yields = true
	case "loose":
		c.Spec.Loose = true
	case "actor":
		c.Spec.Actor = true
	case "out":
		c.Cost.Output = int64(atoi(v))
	case "flops":
		c.Cost.Flops = int64(atoi(v))
	}
}

func parseDep(b *graph.Builder, refs map[string]graph.Ref, a string) graph.Dep {
	n, part, has := strings.Cut(a, "#")
	r, known := refs[n]
	switch {
	case n[0] == '@':
		r = b.Input(key(n[1:]))
	case !known:
		panic("no task " + n)
	}
	if has {
		return r.Part(atoi(part))
	}
	return r.Whole()
}

func (s *script) state() string {
	var b strings.Builder
	ids := map[graph.TaskID]uint32{}
	for _, i := range s.m.known() {
		ids[s.m.id(i)] = i
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		i := ids[id]
		fmt.Fprintf(&b, "%v %s: %v", id, s.m.nameOf(i), s.m.tasks.hot(i).state)
		if h := s.m.holderIDs(i); len(h) > 0 {
			fmt.Fprintf(&b, " at %v", h)
		}
		fmt.Fprintln(&b)
	}
	return cmp.Or(b.String(), "no task\n")
}

func (s *script) workers() string {
	var b strings.Builder
	for _, w := range s.m.Info().Workers {
		fmt.Fprintf(&b, "%s: processing %d, values %d, free %q", w.Name, w.Processing, w.Values, w.Free.String())
		if w.Retiring {
			fmt.Fprintf(&b, ", retiring %s", w.Stuck)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

func (s *script) client() ClientID { return ClientID(atoi(s.arg(0))) }

func (s *script) arg(i int) string {
	if i >= len(s.d.CmdArgs) {
		s.d.Fatalf(s.t, "%s: too few arguments", s.d.Cmd)
	}
	return s.d.CmdArgs[i].Key
}

// plain returns the arguments from i on that are not of the form NAME=VALUE.
func (s *script) plain(i int) (out []string) {
	for _, a := range s.d.CmdArgs[i:] {
		if len(a.Vals) == 0 {
			out = append(out, a.Key)
		}
	}
	return out
}

func (s *script) vals(name string) []string {
	for _, a := range s.d.CmdArgs {
		if a.Key == name {
			return a.Vals
		}
	}
	return nil
}

func (s *script) str(name string) string { return strings.Join(s.vals(name), ",") }

func (s *script) num(name string, otherwise int64) int64 {
	if v := s.str(name); v != "" {
		return int64(atoi(v))
	}
	return otherwise
}

func (s *script) float(name string) float64 {
	f, _ := strconv.ParseFloat(cmp.Or(s.str(name), "0"), 64)
	return f
}

func (s *script) millis(name string) time.Duration {
	return time.Duration(s.float(name) * float64(time.Millisecond))
}
