package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// DefaultLimit bounds one value that is received, in bytes, where nobody says
// otherwise: what a peer claims is allocated before it comes.
const DefaultLimit = 16 << 30

func orDefaultLimit(n int64) int64 {
	if n <= 0 {
		return DefaultLimit
	}
	return n
}

// DataOptions say how a [DataClient] moves values.
type DataOptions struct {
	// Limit bounds one value that is received, in bytes; 0 is [DefaultLimit].
	Limit int64
	// Devices: a value that is on a device is handed over as it is by a holder
	// of this process. Otherwise it is copied to the host.
	Devices bool
	// Borrow, if not nil, is told how many bytes of other processes are read
	// where they lie: more, or with a negative number less. It must not block.
	Borrow func(bytes int64)
	// Stale is how much of other processes' memory, in bytes, stays in the page
	// tables of this one after it was read, so that it is not faulted in again
	// when it is used anew; 0 is 64 MiB. See [DataClient.SetStale].
	Stale int64
	// Remote: holders of this process and of this host are asked as if they were
	// elsewhere.
	Remote bool
	// Streams is over how many connections beside gRPC a large value comes at once;
	// 0 is what [DefaultStreams] says.
	Streams int
	noSides bool // all comes through gRPC
	// Checksums has everything that goes over the network compared with a
	// checksum of who sent it. What was damaged is an answer with [ErrDamaged]; a
	// Put tries again first.
	Checksums bool
	// Pack, if it is not Unpacked, is how values from and to other hosts are made
	// smaller where that is faster than the link is, as measured, and makes them
	// smaller.
	Pack Packing
}

// DefaultStreams returns over how many connections a large value comes at once,
// where nobody says otherwise: one keeps two processors busy, and more wait for
// them.
func DefaultStreams() int {
	if runtime.NumCPU() > 2 {
		return 2
	}
	return 1
}

// A DataClient moves values between this process and holders. It keeps
// connections to each. All methods may be called from many goroutines.
type DataClient struct {
	o       DataOptions
	fetched atomic.Int64
	conns   dataConns
	sides   sideConns
	shared  shareConns
}

// NewDataClient returns a client, which is to be closed.
func NewDataClient(o DataOptions) *DataClient {
	o.Limit = orDefaultLimit(o.Limit)
	if o.Streams <= 0 {
		o.Streams = DefaultStreams()
	}
	o.Streams = min(o.Streams, maxStreams)
	c := &DataClient{o: o, conns: dataConns{at: map[string]*dataConn{}}, sides: sideConns{idle: map[string][]*sideConn{}, dial: dialSide}}
	c.shared.init(o)
	return c
}

// Fetched returns how many bytes came from other processes.
func (c *DataClient) Fetched() int64 { return c.fetched.Load() }

// Close closes the connections. What is on its way ends with an error. Values
// that are read where they lie stay good until they are released.
func (c *DataClient) Close() {
	c.conns.close()
	c.sides.close()
	c.shared.close()
}

// Mapped returns how many bytes of other processes are or were read where they
// lie.
func (c *DataClient) Mapped() int64 { return c.shared.mapped.Load() }

// SetStale changes DataOptions.Stale.
func (c *DataClient) SetStale(bytes int64) { c.shared.stale.limit(bytes) }

// explain turns the error of a stream into one of this package's.
func (c *DataClient) explain(ctx context.Context, cc *dataConn, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, ErrEncoding) || errors.Is(err, graph.ErrMemory) || errors.Is(err, kernels.ErrMemory) {
		return fmt.Errorf("wire: from %s: %w", cc.address, err)
	}
	st := status.Convert(err)
	why := ErrPeer
	switch st.Code() {
	case codes.ResourceExhausted:
		why = graph.ErrMemory
	case codes.InvalidArgument:
		why = ErrEncoding
	case codes.DataLoss:
		why = ErrDamaged
	case codes.Unavailable:
		c.conns.forget(cc)
	}
	return fmt.Errorf("wire: %w at %s: %s", why, cc.address, st.Message())
}

// Fetch asks the holder at address for items and returns an answer to each, in
// order. Memory comes from mem. The error says why the fetch ended early; it
// wraps [ErrPeer] if that is the holder, graph.ErrMemory if mem gave none, or
// is the cause of ctx. What was answered before is in the answers all the same.
func (c *DataClient) Fetch(ctx context.Context, address string, items []Item, mem kernels.Allocator) ([]Answer, error) {
	if d := c.local(address); d != nil {
		d.await(ctx, items)
		return c.fetchLocal(d, items, mem), nil
	}
	out := make([]Answer, len(items))
	if s := c.sharing(ctx, address); s != nil {
		rest, err := s.fetch(ctx, items, c.o.Limit, mem, out)
		if err != nil {
			fail(out, err)
			return out, err
		}
		if len(rest) < len(items) {
			return out, c.fetchRest(ctx, address, items, rest, mem, out)
		}
	}
	return out, c.fetchOver(ctx, address, items, mem, out)
}

// sharing returns the connection over which the memory of the holder at address
// is shared, or nil.
func (c *DataClient) sharing(ctx context.Context, address string) *shareConn {
	if c.o.Remote {
		return nil
	}
	return c.shared.get(ctx, address)
}

// fetchRest fetches the items of those indices over the network.
func (c *DataClient) fetchRest(ctx context.Context, address string, items []Item, rest []int, mem kernels.Allocator, out []Answer) error {
	if len(rest) == 0 {
		return nil
	}
	its, answers := make([]Item, len(rest)), make([]Answer, len(rest))
	for k, i := range rest {
		its[k] = items[i]
	}
	err := c.fetchOver(ctx, address, its, mem, answers)
	for k, i := range rest {
		out[i] = answers[k]
	}
	return err
}

// fetchOver fetches over the network.
func (c *DataClient) fetchOver(ctx context.Context, address string, items []Item, mem kernels.Allocator, out []Answer) error {
	cc, err := c.conns.get(address)
	n := 0
	if err == nil {
		defer c.conns.done(cc)
		if n, err = c.fetch(ctx, cc, items, mem, out); err != nil {
			err = c.explain(ctx, cc, err)
		}
	}
	fail(out[n:], err)
	return err
}

// fail gives the answers that have no value an error.
func fail(out []Answer, err error) {
	for i := range out {
		if out[i].Value == nil && out[i].Err == nil {
			out[i].Err = err
		}
	}
}

// Put brings v to the holder at address, as the result of a task. The holder
// has it when Put returns nil; the caller keeps its reference. The error wraps
// [ErrPeer] if the holder cannot be reached, graph.ErrMemory if it has no room.
func (c *DataClient) Put(ctx context.Context, address string, task graph.TaskID, v graph.Value) error {
	if d := c.local(address); d != nil {
		v.Retain()
		return d.h.Put(ctx, task, v)
	}
	cc, err := c.conns.get(address)
	if err != nil {
		return err
	}
	defer c.conns.done(cc)
	host, err := toHost(kernels.DefaultAllocator(), v)
	if err != nil {
		return err
	}
	defer host.Release()
	e, err := encode(kernels.DefaultAllocator(), host)
	if err != nil {
		return err
	}
	defer e.release()
	for try := 1; ; try++ {
		err := c.put(ctx, cc, task, e)
		if err == nil {
			return nil
		}
		if err = c.explain(ctx, cc, err); try == putTries || !errors.Is(err, ErrDamaged) {
			return err
		}
	}
}

// putTries is how often a value is brought that arrives damaged.
const putTries = 3

func (c *DataClient) put(ctx context.Context, cc *dataConn, task graph.TaskID, e *encoder) error {
	ctx, cancel := context.WithCancel(ctx)
	st, err := cc.cc.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, putMethod)
	if err != nil {
		cancel()
		return err
	}
	w := &frameWriter{send: st.SendMsg, loan: &loan{}}
	defer func() {
		cancel() // the stream has ended, or is to
		w.abandon()
		w.loan.wait(ctx.Done())
	}()
	want, start := c.wantsOf(cc, &cc.up), time.Now()
	want.sides = false
	err = w.put(task, e, want)
	if err == nil {
		err = st.CloseSend()
	}
	if err != nil && !errors.Is(err, io.EOF) { // the reason of an EOF is in what is received
		return err
	}
	m := &message{}
	if err := st.RecvMsg(m); err != nil {
		return cutOff(err)
	}
	m.data.Free()
	cc.up.measure(&taker{bytes: w.bytes, took: time.Since(start)}, want)
	return nil
}

func (w *frameWriter) put(task graph.TaskID, e *encoder, want wants) error {
	form := putValue
	if want.chunked(total(e.segs)) {
		if form = putChunks; want.sums {
			form = putSummed
		}
	}
	if _, err := w.Write(append(appendNumber(nil, uint64(task)), form)); err != nil {
		return err
	}
	if form == putValue {
		if err := w.value(e); err != nil {
			return err
		}
		return w.flush()
	}
	o := &outgoing{e: e, from: newMemories(e.segs), want: want}
	o.packer.init(want)
	if err := o.head(w, 0); err != nil {
		return err
	}
	if err := o.send(w); err != nil {
		return err
	}
	return w.flush()
}
