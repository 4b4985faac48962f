package wire

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// An AssignWriter fills the table of assignments of one message: Task, then Dep
// for each dependency of it, then the next Task.
type AssignWriter struct {
	m       *pb.Assign
	classes map[*graph.Class]uint32
	last    []byte // attributes of the task before
}

// Message returns the table; nil if no task was written. It is complete: nothing
// is written after.
func (w *AssignWriter) Message() *pb.Assign {
	if m := w.m; m != nil && len(m.DepInlineEnd) > 0 {
		for len(m.DepInlineEnd) < len(m.DepTask) {
			m.DepInlineEnd = append(m.DepInlineEnd, uint32(len(m.DepInline)))
		}
	}
	return w.m
}

// Tasks returns how many tasks the table holds.
func (w *AssignWriter) Tasks() int {
	if w.m == nil {
		return 0
	}
	return len(w.m.Task)
}

// Task starts a row. Classes that are one object are written once.
func (w *AssignWriter) Task(id graph.TaskID, attempt uint32, class *graph.Class, attr []byte) {
	if w.m == nil {
		w.m = &pb.Assign{AttrEnd: []uint32{0}}
		w.classes = map[*graph.Class]uint32{}
	}
	m := w.m
	c, ok := w.classes[class]
	if !ok {
		c = uint32(len(m.Classes))
		m.Classes = append(m.Classes, ClassToPB(class))
		w.classes[class] = c
	}
	m.Task = append(m.Task, uint64(id))
	m.Attempt = append(m.Attempt, attempt)
	m.Class = append(m.Class, c)
	m.AttrOf = append(m.AttrOf, w.attr(attr))
	m.DepEnd = append(m.DepEnd, uint32(len(m.DepTask)))
}

// attr returns the index of a among the attributes. Tasks of one kind come in
// runs, so comparing with the one before catches nearly all equals.
func (w *AssignWriter) attr(a []byte) uint32 {
	if len(a) == 0 {
		return 0
	}
	m := w.m
	if string(a) != string(w.last) {
		m.Attr = append(m.Attr, a...)
		m.AttrEnd = append(m.AttrEnd, uint32(len(m.Attr)))
		w.last = a
	}
	return uint32(len(m.AttrEnd) - 1)
}

// Dep adds a dependency to the row of the last Task; Holder adds who has it.
func (w *AssignWriter) Dep(id graph.TaskID, part int32, bytes int64) {
	m := w.m
	m.DepTask = append(m.DepTask, uint64(id))
	m.DepBytes = append(m.DepBytes, bytes)
	m.DepEnd[len(m.DepEnd)-1]++
	m.HolderEnd = append(m.HolderEnd, uint32(len(m.Holder)))
	if part >= 0 && len(m.DepPart) == 0 {
		for range len(m.DepTask) - 1 {
			m.DepPart = append(m.DepPart, -1)
		}
	}
	if part >= 0 || len(m.DepPart) > 0 {
		m.DepPart = append(m.DepPart, max(part, -1))
	}
}

// Inline adds the encoding of the last Dep.
func (w *AssignWriter) Inline(encoding string) {
	m := w.m
	for len(m.DepInlineEnd) < len(m.DepTask)-1 {
		m.DepInlineEnd = append(m.DepInlineEnd, uint32(len(m.DepInline)))
	}
	m.DepInline = append(m.DepInline, encoding...)
	m.DepInlineEnd = append(m.DepInlineEnd, uint32(len(m.DepInline)))
}

// First says who is to be asked first for the last Dep.
func (w *AssignWriter) First(worker uint32) {
	m := w.m
	for len(m.DepFirst) < len(m.DepTask)-1 {
		m.DepFirst = append(m.DepFirst, 0)
	}
	m.DepFirst = append(m.DepFirst, worker)
}

// Await says that somebody elsewhere waits for the result of the last Task.
func (w *AssignWriter) Await() { w.m.Awaited = append(w.m.Awaited, uint32(len(w.m.Task)-1)) }

// Holder adds a worker that has the last Dep.
func (w *AssignWriter) Holder(worker uint32) {
	m := w.m
	m.Holder = append(m.Holder, worker)
	m.HolderEnd[len(m.HolderEnd)-1]++
}

// An Assignment is one task for a worker, as the message has it.
type Assignment struct {
	Task    graph.TaskID
	Attempt uint32
	Class   *graph.Class
	Attr    []byte
	Deps    []AssignedDep
	Awaited bool // somebody elsewhere waits for the result
}

// An AssignedDep is one dependency of an Assignment.
type AssignedDep struct {
	Task    graph.TaskID
	Part    int32 // < 0: the whole value
	Bytes   int64 // of the whole value
	Holders []uint32
	Inline  []byte // its encoding, if it is small; see FromInline
	First   uint32 // who is to be asked first; 0: nobody
}

// AssignFromPB returns the assignments of the table, which share its columns.
func AssignFromPB(p *pb.Assign) ([]Assignment, error) {
	deps, err := assignedDeps(p)
	if err != nil {
		return nil, err
	}
	n := len(p.GetTask())
	if len(p.GetAttempt()) != n || len(p.GetClass()) != n || len(p.GetAttrOf()) != n || len(p.GetDepEnd()) != n {
		return nil, fmt.Errorf("wire: columns of an assignment of %d tasks do not make one table", n)
	}
	classes := make([]graph.Class, len(p.GetClasses()))
	for i, c := range p.GetClasses() {
		if classes[i], err = ClassFromPB(c); err != nil {
			return nil, err
		}
	}
	tasks := make([]Assignment, n)
	last := uint32(0)
	for i := range tasks {
		end := p.DepEnd[i]
		if int(p.Class[i]) >= len(classes) || end < last || int(end) > len(deps) {
			return nil, fmt.Errorf("wire: assignment %d of %d: class %d of %d, dependencies end at %d of %d",
				i, n, p.Class[i], len(classes), end, len(deps))
		}
		attr, err := attrOf(p, p.AttrOf[i])
		if err != nil {
			return nil, err
		}
		tasks[i] = Assignment{Task: graph.TaskID(p.Task[i]), Attempt: p.Attempt[i], Class: &classes[p.Class[i]], Attr: attr, Deps: deps[last:end:end]}
		last = end
	}
	for _, i := range p.Awaited {
		if i >= uint32(n) {
			return nil, fmt.Errorf("wire: assignment %d of %d is awaited", i, n)
		}
		tasks[i].Awaited = true
	}
	return tasks, nil
}

func attrOf(p *pb.Assign, a uint32) ([]byte, error) {
	if int(a) >= len(p.AttrEnd) {
		return nil, fmt.Errorf("wire: assignment names attribute %d of %d", a, len(p.AttrEnd))
	}
	lo, hi := uint32(0), p.AttrEnd[a]
	if a > 0 {
		lo = p.AttrEnd[a-1]
	}
	if lo > hi || int(hi) > len(p.Attr) {
		return nil, fmt.Errorf("wire: attribute %d of an assignment is bytes %d to %d of %d", a, lo, hi, len(p.Attr))
	}
	return p.Attr[lo:hi:hi], nil
}

func assignedDeps(p *pb.Assign) ([]AssignedDep, error) {
	n := len(p.GetDepTask())
	if len(p.GetDepBytes()) != n || len(p.GetHolderEnd()) != n || len(p.GetDepPart()) != 0 && len(p.GetDepPart()) != n || len(p.GetDepFirst()) > n {
		return nil, fmt.Errorf("wire: columns of %d assigned dependencies do not make one table", n)
	}
	inline, err := CutInline(p.GetDepInline(), p.GetDepInlineEnd(), n)
	if err != nil {
		return nil, err
	}
	deps := make([]AssignedDep, n)
	last := uint32(0)
	for i := range deps {
		end := p.HolderEnd[i]
		if end < last || int(end) > len(p.Holder) {
			return nil, fmt.Errorf("wire: assigned dependency %d: holders end at %d of %d", i, end, len(p.Holder))
		}
		deps[i] = AssignedDep{Task: graph.TaskID(p.DepTask[i]), Part: -1, Bytes: p.DepBytes[i], Holders: p.Holder[last:end:end]}
		if inline != nil {
			deps[i].Inline = inline[i]
		}
		if i < len(p.DepFirst) {
			deps[i].First = p.DepFirst[i]
		}
		if len(p.DepPart) > 0 {
			deps[i].Part = max(p.DepPart[i], -1)
		}
		last = end
	}
	return deps, nil
}
