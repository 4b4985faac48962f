package sched

import (
	"fmt"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

// TestQueueSweeps: cancelling most of a long queue keeps the order of the
// rest, and no memory.
func TestQueueSweeps(t *testing.T) {
	const n = 2000
	b := &graph.Builder{}
	var gone []graph.Key
	for i := range n {
		k := key(fmt.Sprint("k", i))
		b.Output(b.Add(graph.Class{Op: "op", Spec: graph.Spec{Priority: int32(i % 3)}}, nil), k)
		if i%10 != 0 {
			gone = append(gone, k)
		}
	}
	m := New(Config{})
	m.Step(ClientJoined{Client: 1})
	m.Step(WorkerJoined{Worker: 1, Threads: 1})
	m.Step(WorkerStatus{Worker: 1, Paused: true})
	m.Step(Submit{Client: 1, Run: 1, Graph: b.Graph()})
	m.Step(Cancel{Client: 1, Keys: gone})
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if q := &m.groups[0].queue; q.live != n/10 || q.size > 2*q.live+64 {
		t.Fatalf("%d entries for %d tasks", q.size, q.live)
	}
	var last entry
	for left := n / 10; left > 0; left-- {
		i := m.head(&m.groups[0].queue)
		if e := m.entry(i); e.before(last) && left < n/10 {
			t.Fatalf("%v comes after %v", e, last)
		} else {
			last = e
		}
		m.dequeue(i)
		m.move(i, StateWaiting)
	}
}

// TestStoryIsBounded: the ring holds the last transitions, in order.
func TestStoryIsBounded(t *testing.T) {
	m := New(Config{Story: 4})
	b := &graph.Builder{}
	b.Output(b.Add(graph.Class{Op: "op", Spec: graph.Spec{Retries: 9}}, nil), key("k"))
	m.Step(ClientJoined{Client: 1})
	m.Step(WorkerJoined{Worker: 1, Threads: 1})
	m.Step(Submit{Client: 1, Run: 1, Graph: b.Graph()})
	id := graph.NewTaskID(1, 0)
	for a := range uint32(5) {
		m.Step(Failed{Worker: 1, Task: id, Attempt: a + 1, Err: &graph.TaskError{}})
	}
	got := m.Story(id)
	if len(got) != 4 || got[3].To != StateProcessing || got[3].Attempt != 6 || got[0].Attempt != 4 {
		t.Fatalf("%+v", got)
	}
	if tid, known := m.Lookup(key("k")); !known || tid != id || m.State(id) != StateProcessing {
		t.Fatalf("the key is %v, %t, in %v", tid, known, m.State(id))
	}
}

// TestIllegalTransition: it panics, and says what the task went through.
func TestIllegalTransition(t *testing.T) {
	m := New(Config{})
	b := &graph.Builder{}
	b.Output(b.Add(graph.Class{Op: "op"}, nil), key("k"))
	m.Step(ClientJoined{Client: 1})
	m.Step(Submit{Client: 1, Run: 1, Graph: b.Graph()})
	defer func() {
		want := "sched: task 1/0 goes from no-worker to memory\n\t0s 1/0: released to waiting, worker 0, attempt 0\n" +
			"\t0s 1/0: waiting to no-worker, worker 0, attempt 0\n"
		if p := recover(); p != want {
			t.Fatalf("got %v, want %v", p, want)
		}
	}()
	m.move(m.find(graph.NewTaskID(1, 0)), StateMemory)
}
