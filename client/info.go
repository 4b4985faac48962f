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
	Balance  Balance
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
	FetchedBytes, ServedBytes int64         // from and to other processes, over the network
	MappedBytes               int64         // of other processes of its host, read where they lie
	Heap                      int64         // Go's, resident, beside results
	DeviceHost                int64         // of the process, that drivers took when its devices were opened
	HeapLimit                 int64         // that its Go was told; 0 is none
	Collector                 time.Duration // processor time of its garbage collector, since the start
	TasksRun                  int64
	Paused                    bool
	Retiring                  bool
	Stuck                     int64         // executions that go on though they were told to stop
	Blocked                   string        // why its results are not moved, though it retires
	Occupancy                 time.Duration // expected, of what it is processing
	Bandwidth                 float64       // of its fetches, bytes a second; 0 is not known
	// Processors are a thread and a device of this worker, as it measured them; zero
	// if it has no device, or did not. Threads is not set: see Client.Processors.
	Processors graph.Processors
}

// Info asks the scheduler what it knows.
func (c *Client) Info(ctx context.Context) (*Info, error) {
	m, err := c.inquire(ctx, &pb.FromClient{Info: true})
	if err != nil {
		return nil, err
	}
	if m.Info == nil {
		return nil, fmt.Errorf("client: the scheduler at %s answers nothing to a question for Info", c.address)
	}
	return infoFromPB(m.Info)
}

func infoFromPB(p *pb.Info) (*Info, error) {
	in := &Info{Tasks: p.Tasks, Finished: p.Finished, Clients: int(p.Clients), Balance: balanceFromPB(p.Balance)}
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
			FetchedBytes: s.GetFetchedBytes(), MappedBytes: s.GetMappedBytes(), ServedBytes: s.GetServedBytes(),
			Heap: s.GetHeap(), DeviceHost: s.GetDeviceHost(), HeapLimit: s.GetHeapLimit(), Collector: time.Duration(s.GetCollectorSeconds() * 1e9),
			TasksRun: s.GetTasksRun(), Paused: s.GetPaused(), Retiring: w.Retiring, Stuck: s.GetStuck(),
			Blocked: w.Blocked, Occupancy: time.Duration(w.OccupancyNanos), Bandwidth: w.Bandwidth,
			Processors: wire.ProcessorsFromPB(h.GetProcessors()),
		})
	}
	return in, nil
}

// WaitForWorkers returns when the cluster has at least n workers.
func (c *Client) WaitForWorkers(ctx context.Context, n int) error {
	return c.poll(ctx, "wait for workers", func(in *Info) string {
		if len(in.Workers) >= n {
			return ""
		}
		return fmt.Sprintf("%d of %d workers are there", len(in.Workers), n)
	})
}

// ReportDeath tells the scheduler how a worker process ended, which tasks that
// it was executing are blamed with. It is for whoever started the process.
func (c *Client) ReportDeath(worker string, pid int, cause string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.alive(); err != nil {
		return err
	}
	c.say(&pb.FromClient{Death: &pb.Death{Worker: worker, Pid: int32(pid), Cause: cause}})
	return nil
}
