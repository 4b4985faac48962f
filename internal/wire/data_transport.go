package wire

import (
	"context"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/mem"
)

const (
	// dataWrite is how much of a stream is handed to the system at once. Much of
	// what bytes cost is the waking of the other side: with gRPC's 32 KiB one
	// stream was a fifth slower. The memory is held while there is something to
	// write.
	dataWrite = 1 << 20
	// dataFrame is the largest frame of gRPC.
	dataFrame = 16 << 10
	// smallFrame is the largest of those that do not take the memory of a large
	// one.
	smallFrame = 4 << 10
)

func dataDialOptions(lands *landings) []grpc.DialOption {
	dial := func(ctx context.Context, address string) (net.Conn, error) { return dialData(ctx, address, lands) }
	return append(transportDialOptions(),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(passThrough{}), grpc.MaxCallRecvMsgSize(maxDataMessage)),
		grpc.WithReadBufferSize(0), grpc.WithWriteBufferSize(dataWrite),
		grpc.WithContextDialer(dial), experimental.WithBufferPool(frames))
}

func dataServerOptions() []grpc.ServerOption {
	return append(transportServerOptions(),
		grpc.ForceServerCodecV2(passThrough{}), grpc.MaxRecvMsgSize(maxDataMessage),
		grpc.ReadBufferSize(0), grpc.WriteBufferSize(dataWrite),
		experimental.BufferPool(frames))
}

// frames has the memory of frames between the socket and the value. gRPC's own
// pool clears what it gives.
var frames = &framePool{
	small: sync.Pool{New: func() any { return newFrameBuffer(smallFrame) }},
	large: sync.Pool{New: func() any { return newFrameBuffer(dataFrame) }},
}

func newFrameBuffer(n int) *[]byte {
	b := make([]byte, n)
	return &b
}

// A framePool has buffers of two sizes; larger ones, which gRPC does not ask for
// in transfers, are the collector's.
type framePool struct{ small, large sync.Pool }

var _ mem.BufferPool = (*framePool)(nil)

func (p *framePool) Get(n int) *[]byte {
	var b *[]byte
	switch {
	case n <= smallFrame:
		b = p.small.Get().(*[]byte)
	case n <= dataFrame:
		b = p.large.Get().(*[]byte)
	default:
		return newFrameBuffer(n)
	}
	*b = (*b)[:n]
	return b
}

func (p *framePool) Put(b *[]byte) {
	switch cap(*b) {
	case smallFrame:
		p.small.Put(b)
	case dataFrame:
		p.large.Put(b)
	}
}
