package client

import (
	"context"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// Info is what the scheduler knows of its cluster.
type Info struct {
	Workers  []WorkerInfo
	Tasks    map[string]int64 // how many are in each state
	Finished int64            // executions that ended well since the start
	Clients  int
}

// WorkerInfo describes one worker. Sizes are in bytes; what is counted is
// counted since the worker started.
type WorkerInfo struct {
	ID                        uint32
	Name                      string
	Host                      string
	Address                   string
	Pid                       int
	Device                    string // what the resource GPU is; empty if it has none
	Threads                   int
	Memory                    int64 // limit; 0 is none
	Resources                 graph.Resources
	Processing                int64 // tasks assigned
	Holding                   int64 // results, as the scheduler counts
	Managed                   int64 // results, as the worker counts
	Spilled                   int64
	Process                   int64 // resident
	PeakManaged, PeakProcess  int64
	FetchedBytes, ServedBytes int64
	TasksRun                  int64
	Paused                    bool
}

// Info asks the scheduler what it knows.
func (c *Client) Info(ctx context.Context) (*Info, error) {
	c.mu.Lock()
	if err := c.alive(); err != nil {
		c.mu.Unlock()
		return nil, err
	}
	answer, _ := c.request(&pb.FromClient{Info: true})
	c.mu.Unlock()
	select {
	case m := <-answer:
		if m.Info == nil {
			return nil, fmt.Errorf("client: the scheduler at %s answers nothing to a question for Info", c.address)
		}
		return infoFromPB(m.Info)
	case <-c.down:
		return nil, c.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func infoFromPB(p *pb.Info) (*Info, error) {
	in := &Info{Tasks: p.Tasks, Finished: p.Finished, Clients: int(p.Clients)}
	for _, w := range p.Workers {
		h, s := w.GetHello(), w.GetStatus()
		r, err := wire.ResourcesFromPB(h.GetResources())
		if err != nil {
			return nil, fmt.Errorf("client: worker %s: %w", h.GetName(), err)
		}
		in.Workers = append(in.Workers, WorkerInfo{
			ID: w.Id, Name: h.GetName(), Host: h.GetHost(), Address: h.GetAddress(), Pid: int(h.GetPid()), Device: h.GetDevice(),
			Threads: int(h.GetThreads()), Memory: h.GetMemory(), Resources: r,
			Processing: w.Processing, Holding: w.Holding,
			Managed: s.GetManaged(), Spilled: s.GetSpilled(), Process: s.GetProcess(),
			PeakManaged: s.GetPeakManaged(), PeakProcess: s.GetPeakProcess(),
			FetchedBytes: s.GetFetchedBytes(), ServedBytes: s.GetServedBytes(),
			TasksRun: s.GetTasksRun(), Paused: s.GetPaused(),
		})
	}
	return in, nil
}

// WaitForWorkers returns when the cluster has at least n workers.
func (c *Client) WaitForWorkers(ctx context.Context, n int) error {
	for {
		in, err := c.Info(ctx)
		if err != nil {
			return err
		}
		if len(in.Workers) >= n {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("client: %d of %d workers are there: %w", len(in.Workers), n, context.Cause(ctx))
		}
	}
}

// WhoHas returns the names of the workers that hold the value of r; none unless
// it is ready.
func (c *Client) WhoHas(r Result) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := r.hold().w
	if w.state != ready {
		return nil
	}
	names := make([]string, len(w.holders))
	for i, h := range w.holders {
		names[i] = c.peers[h].name
	}
	return names
}

// Retire asks the scheduler to let the worker with that id finish and go,
// losing nothing.
func (c *Client) Retire(worker uint32) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.alive(); err != nil {
		return err
	}
	c.say(&pb.FromClient{Retire: worker})
	return nil
}
