package wire

import (
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// hashLen is the length of a key's hash.
const hashLen = len(graph.Key{}.Hash)

// KeyToPB returns k as a message.
func KeyToPB(k graph.Key) *pb.Key { return &pb.Key{Hash: k.Hash[:], Name: k.Name} }

// KeyFromPB returns the key that p holds; one with a hash of another length
// than 16 bytes is an error.
func KeyFromPB(p *pb.Key) (graph.Key, error) {
	k := graph.Key{Name: p.GetName()}
	if len(p.GetHash()) != hashLen {
		return k, fmt.Errorf("wire: key %q has a hash of %d bytes, not %d", k.Name, len(p.GetHash()), hashLen)
	}
	copy(k.Hash[:], p.Hash)
	return k, nil
}

// KeysToPB returns ks as messages.
func KeysToPB(ks []graph.Key) []*pb.Key {
	ps := make([]*pb.Key, len(ks))
	for i := range ks {
		ps[i] = KeyToPB(ks[i])
	}
	return ps
}

// KeysFromPB returns the keys that ps hold.
func KeysFromPB(ps []*pb.Key) ([]graph.Key, error) {
	ks := make([]graph.Key, len(ps))
	for i, p := range ps {
		k, err := KeyFromPB(p)
		if err != nil {
			return nil, err
		}
		ks[i] = k
	}
	return ks, nil
}

// ResourcesToPB returns r as messages.
func ResourcesToPB(r graph.Resources) []*pb.Resource {
	ps := make([]*pb.Resource, len(r))
	for i, x := range r {
		ps[i] = &pb.Resource{Name: x.Name, Milli: x.Milli}
	}
	return ps
}

// ResourcesFromPB returns the set that ps hold: sorted by name, each name once,
// each amount positive, or an error.
func ResourcesFromPB(ps []*pb.Resource) (graph.Resources, error) {
	if len(ps) == 0 {
		return nil, nil
	}
	r := make(graph.Resources, len(ps))
	for i, p := range ps {
		if p.GetMilli() <= 0 || p.GetName() == "" || i > 0 && p.GetName() <= r[i-1].Name {
			return nil, fmt.Errorf("wire: resource %q (%d thousandths) is out of order or not positive", p.GetName(), p.GetMilli())
		}
		r[i] = graph.Resource{Name: p.Name, Milli: p.Milli}
	}
	return r, nil
}

// ClassToPB returns c as a message.
func ClassToPB(c *graph.Class) *pb.Class {
	return &pb.Class{
		Op: c.Op, Label: c.Label,
		Resources: ResourcesToPB(c.Spec.Resources), Workers: c.Spec.Workers, Hosts: c.Spec.Hosts, Loose: c.Spec.Loose, Yields: c.Spec.Yields,
		Priority: c.Spec.Priority, Retries: c.Spec.Retries, TimeoutNanos: int64(c.Spec.Timeout), Actor: c.Spec.Actor,
		Flops: c.Cost.Flops, Bytes: c.Cost.Bytes, Output: c.Cost.Output, Scratch: c.Cost.Scratch,
	}
}

// ClassFromPB returns the class that p holds, or what is impossible about it.
func ClassFromPB(p *pb.Class) (graph.Class, error) {
	r, err := ResourcesFromPB(p.GetResources())
	if err != nil {
		return graph.Class{}, err
	}
	c := graph.Class{
		Op: p.GetOp(), Label: p.GetLabel(),
		Spec: graph.Spec{
			Resources: r, Workers: p.GetWorkers(), Hosts: p.GetHosts(), Loose: p.GetLoose(), Yields: p.GetYields(),
			Priority: p.GetPriority(), Retries: p.GetRetries(), Timeout: time.Duration(p.GetTimeoutNanos()), Actor: p.GetActor(),
		},
		Cost: graph.Cost{Flops: p.GetFlops(), Bytes: p.GetBytes(), Output: p.GetOutput(), Scratch: p.GetScratch()},
	}
	if c.Op == "" {
		return c, fmt.Errorf("wire: a class names no op")
	}
	if c.Spec.Retries < 0 || c.Spec.Timeout < 0 {
		return c, fmt.Errorf("wire: class of op %q has %d retries and time-out %v", c.Op, c.Spec.Retries, c.Spec.Timeout)
	}
	if min(c.Cost.Flops, c.Cost.Bytes, c.Cost.Output, c.Cost.Scratch) < 0 {
		return c, fmt.Errorf("wire: class of op %q has a negative cost %+v", c.Op, c.Cost)
	}
	return c, nil
}

// ProcessorsToPB returns p as a message, but for the threads; nil if it is zero.
func ProcessorsToPB(p graph.Processors) *pb.Processors {
	if p == (graph.Processors{}) {
		return nil
	}
	return &pb.Processors{Cpu: processorToPB(p.CPU), Gpu: processorToPB(p.GPU), In: p.In, Out: p.Out, Memory: p.Memory, Device: validText(p.Device)}
}

func processorToPB(p graph.Processor) *pb.Processor {
	return &pb.Processor{Flops: p.Flops, Bytes: p.Bytes, StartNanos: int64(p.Start)}
}

// ProcessorsFromPB returns what p holds. Rates that are none, such as NaN, count as
// not known to who chooses by them.
func ProcessorsFromPB(p *pb.Processors) graph.Processors {
	return graph.Processors{
		CPU: processorFromPB(p.GetCpu()), GPU: processorFromPB(p.GetGpu()), In: p.GetIn(), Out: p.GetOut(), Memory: p.GetMemory(), Device: p.GetDevice(),
	}
}

func processorFromPB(p *pb.Processor) graph.Processor {
	return graph.Processor{Flops: p.GetFlops(), Bytes: p.GetBytes(), Start: time.Duration(p.GetStartNanos())}
}

// TaskErrorToPB returns e as a message.
func TaskErrorToPB(e *graph.TaskError) *pb.TaskError {
	return &pb.TaskError{
		Kind: uint32(e.Kind), Op: e.Op, Task: e.Task, Worker: e.Worker, Message: validText(e.Message), Stack: validText(e.Stack),
	}
}

// TaskErrorFromPB returns the error that p holds. A kind that this program
// does not know counts as KindTask.
func TaskErrorFromPB(p *pb.TaskError) *graph.TaskError {
	e := &graph.TaskError{
		Op: p.GetOp(), Task: p.GetTask(), Worker: p.GetWorker(), Message: p.GetMessage(), Stack: p.GetStack(),
	}
	if k := graph.Kind(p.GetKind()); uint32(k) == p.GetKind() && k.Known() {
		e.Kind = k
	}
	return e
}
