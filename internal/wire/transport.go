package wire

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

const (
	// window is the HTTP/2 flow-control window of a stream and of a
	// connection. A fixed one turns off gRPC's probing for a better.
	window = 16 << 20
	// maxMessage bounds one message. A graph of ten million tasks fits.
	maxMessage = 1 << 30
	// pingAfter is how long a connection may be silent before it is probed;
	// gRPC allows clients nothing shorter. Streams notice a dead peer sooner
	// by their own heartbeats.
	pingAfter = 10 * time.Second
	pingWait  = 5 * time.Second
)

// transportDialOptions are what every connection is dialled with. The buffers
// keep gRPC's default sizes: a WriteBufferSize of 0 costs a system call a frame.
func transportDialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithInitialWindowSize(window),
		grpc.WithInitialConnWindowSize(window),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingWait}),
		grpc.WithNoProxy(),
	}
}

// transportServerOptions are what every server is made with.
func transportServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.InitialWindowSize(window),
		grpc.InitialConnWindowSize(window),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxSendMsgSize(maxMessage),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: pingAfter, Timeout: pingWait}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingAfter / 2, PermitWithoutStream: true}),
	}
}
