package suite

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
)

// The functions of the transfer suite, which run in the workers.
var (
	filled   = graph.NewFunc("bench.filled", fill)
	lengthOf = graph.NewFunc("bench.length", func(_ context.Context, b *kernels.Block) (int, error) { return 8 * b.Size(), nil })
	summed   = graph.NewFunc("bench.summed", sumUp)
	openShop = graph.NewFunc("bench.shop", open)
)

// fill makes a block of n bytes.
func fill(ctx context.Context, n int) (*kernels.Block, error) {
	b, err := kernels.NewBlock(kernels.AllocatorFrom(ctx), kernels.Float64, n/8)
	if err != nil {
		return nil, err
	}
	xs := kernels.Data[float64](b)
	for i := range xs {
		xs[i] = float64(i & 1023)
	}
	return b, nil
}

// A pass is one reading of a value.
type pass struct {
	Sum     float64
	Seconds float64
}

func sumUp(_ context.Context, b *kernels.Block) (pass, error) {
	xs := kernels.Data[float64](b)
	start := time.Now()
	var s0, s1, s2, s3 float64
	for ; len(xs) >= 4; xs = xs[4:] {
		s0 += xs[0]
		s1 += xs[1]
		s2 += xs[2]
		s3 += xs[3]
	}
	for _, x := range xs {
		s0 += x
	}
	return pass{s0 + s1 + s2 + s3, time.Since(start).Seconds()}, nil
}

// A shop is where a worker process serves what is not a task's: the addresses,
// host:port, of a data service that has a block under the number of its bytes, of
// one with small values, and of a socket that writes as many bytes as it is told.
type shop struct {
	Data, Small, Raw string
}

// open opens a shop with blocks of up to most bytes, which lasts as long as the
// process.
func open(_ context.Context, most int) (s shop, err error) {
	big := shelf{}
	for n := 1 << 20; n <= most; n *= 4 {
		if n != 4<<20 && n != 16<<20 && n != 256<<20 {
			if big[graph.TaskID(n)], err = fill(context.Background(), n); err != nil {
				return s, err
			}
		}
	}
	small := shelf{}
	for i := range smallValues {
		small[graph.TaskID(i)] = graph.Raw(make([]byte, 1<<10))
	}
	for _, x := range []struct {
		at   *string
		what shelf
	}{{&s.Data, big}, {&s.Small, small}} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return s, err
		}
		*x.at = l.Addr().String()
		go wire.NewDataServer(l, x.what, 0).Serve() // until the process ends
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return s, err
	}
	s.Raw = l.Addr().String()
	raw := make([]byte, most)
	for i := range raw {
		raw[i] = byte(i) // else all of it is one page of zeros, in the cache
	}
	go serveRaw(l, raw)
	return s, nil
}

// serveRaw writes to each connection as many bytes as it asks for.
func serveRaw(l net.Listener, bytes []byte) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			var n uint64
			if binary.Read(c, binary.LittleEndian, &n) == nil && n <= uint64(len(bytes)) {
				c.Write(bytes[:n]) // an error is the reader's, too
			}
		}()
	}
}

// readRaw reads n bytes from serveRaw into the memory of a block.
func readRaw(ctx context.Context, address string, n int) (int, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if err := binary.Write(c, binary.LittleEndian, uint64(n)); err != nil {
		return 0, err
	}
	buf := landing.AllocateDirty(n)
	defer landing.Free(buf)
	return io.ReadFull(c, buf)
}

// landing is the memory that what is streamed comes into, on either side of the
// comparison: one piece that is kept, as a worker's is, so that nobody times the
// system's clearing of pages.
var landing = &keeper{}

// A keeper is an allocator for one value at a time.
type keeper struct{ kept []byte }

var _ kernels.DirtyAllocator = (*keeper)(nil)

// AllocateDirty implements kernels.DirtyAllocator.
func (k *keeper) AllocateDirty(n int) []byte {
	if len(k.kept) < n {
		k.kept = kernels.DefaultAllocator().Allocate(n)
		for i := 0; i < n; i += 4096 {
			k.kept[i] = 1 // its page is there
		}
	}
	return k.kept[:n:n]
}

// Allocate implements memory.Allocator.
func (k *keeper) Allocate(n int) []byte {
	b := k.AllocateDirty(n)
	clear(b)
	return b
}

// Reallocate implements memory.Allocator.
func (k *keeper) Reallocate(n int, _ []byte) []byte { return k.AllocateDirty(n) }

// Free implements memory.Allocator.
func (k *keeper) Free([]byte) {}

// A shelf is a wire.Holder of what it was given.
type shelf map[graph.TaskID]graph.Value

// Get implements wire.Holder.
func (s shelf) Get(it wire.Item) (graph.Value, error) {
	v := s[it.Task]
	if v == nil {
		return nil, fmt.Errorf("bench: %v: %w", it.Task, wire.ErrAbsent)
	}
	v.Retain()
	return v, nil
}

// Lend implements wire.Holder.
func (s shelf) Lend(it wire.Item) (graph.Value, func(), error) {
	v, err := s.Get(it)
	return v, func() {}, err
}

// Put implements wire.Holder.
func (s shelf) Put(_ context.Context, task graph.TaskID, v graph.Value) error {
	v.Release()
	return fmt.Errorf("bench: %v: the shop takes nothing", task)
}

// Allocator implements wire.Holder.
func (s shelf) Allocator() kernels.Allocator { return kernels.DefaultAllocator() }

// Copies implements wire.Holder.
func (s shelf) Copies() kernels.Allocator { return kernels.DefaultAllocator() }
