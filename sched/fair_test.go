package sched

import (
	"fmt"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"pgregory.net/rapid"
)

// TestClientsShareEvenly: as long as all clients have tasks queued, what they
// were given differs by no more than two tasks of each; each gets its own in
// order.
func TestClientsShareEvenly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clients := rapid.IntRange(2, 5).Draw(t, "clients")
		m := New(Config{Saturation: 0.1})
		for w := range rapid.IntRange(1, 3).Draw(t, "workers") {
			m.Step(WorkerJoined{Worker: WorkerID(w + 1), Name: fmt.Sprint("w", w), Threads: 1})
		}
		left := make([]int, clients+1)
		cost := make([]time.Duration, clients+1) // of each task of a client
		for c := 1; c <= clients; c++ {
			m.Step(ClientJoined{Client: ClientID(c)})
			left[c] = rapid.IntRange(5, 60).Draw(t, "tasks")
			cost[c] = time.Duration(rapid.IntRange(5, 100).Draw(t, "cost")) * time.Millisecond
		}
		given := make([]time.Duration, clients+1)
		last := make([]graph.TaskID, clients+1)
		var running []Assign
		take := func(as []Action) {
			for _, a := range as {
				if a, is := a.(Assign); is {
					running = append(running, a)
					c := int(a.Tasks[0].Task.Run())
					if a.Tasks[0].Task <= last[c] {
						t.Fatalf("%v comes after %v", a.Tasks[0].Task, last[c])
					}
					last[c] = a.Tasks[0].Task
					given[c] += cost[c]
					left[c]--
				}
			}
		}
		for c := 1; c <= clients; c++ {
			b := &graph.Builder{}
			for k := range left[c] {
				cl := graph.Class{Op: fmt.Sprint("op", c)}
				cl.Cost.Flops = int64(cost[c].Seconds() * flopsPerSecond)
				b.Output(b.Add(cl, nil), key(fmt.Sprint("k", c, " ", k)))
			}
			take(m.Step(Submit{Client: ClientID(c), Run: uint32(c), Graph: b.Graph()}))
		}
		clear(given) // who comes later owes nothing for what was before
		for len(running) > 0 {
			k := rapid.IntRange(0, len(running)-1).Draw(t, "next")
			a := running[k]
			running = append(running[:k], running[k+1:]...)
			id := a.Tasks[0]
			take(m.Step(Finished{Worker: a.Worker, Tasks: []Done{{id.Task, id.Attempt, 8, cost[id.Task.Run()]}}}))
			checkEven(t, given, left, cost)
		}
	})
}

func checkEven(t *rapid.T, given []time.Duration, left []int, cost []time.Duration) {
	for c := 1; c < len(left); c++ {
		for d := 1; d < c; d++ {
			if min(left[c], left[d]) == 0 {
				continue
			}
			if diff := (given[c] - given[d]).Abs(); diff > 2*(cost[c]+cost[d]) {
				t.Fatalf("client %d was given %v and client %d %v, in tasks of %v and %v", c, given[c], d, given[d], cost[c], cost[d])
			}
		}
	}
}
