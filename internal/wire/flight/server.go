package flight

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"github.com/apache/arrow/go/v17/arrow/flight"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/internal/wire"
)

// maxMessage bounds a message that is received.
const maxMessage = 1 << 30

// DefaultPartition is how large the partitions are that a put is cut into.
const DefaultPartition = 64 << 20

// Options are how a server serves.
type Options struct {
	// Partition is about how many bytes the partitions have that a put is cut
	// into; 0 stands for [DefaultPartition].
	Partition int64
	// Log is told what is put and dropped; nil is nobody.
	Log *slog.Logger
	// TLS, if not nil, has everything encrypted, and says who the server is, and
	// whom it serves.
	TLS *tls.Config

	listWait time.Duration
	message  int // largest that is taken
}

// A Server is an Arrow Flight service over a [Catalog].
type Server struct {
	flight.BaseFlightServer
	catalog   Catalog
	partition int64
	log       *slog.Logger
	listWait  time.Duration
	s         *grpc.Server
}

// NewServer returns a server of what c has.
func NewServer(c Catalog, o Options) *Server {
	s := &Server{catalog: c, partition: o.Partition, log: o.Log, listWait: listWait}
	if s.partition <= 0 {
		s.partition = DefaultPartition
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	opts := wire.ServerOptions()
	if o.TLS != nil {
		opts = append(opts, grpc.Creds(credentials.NewTLS(o.TLS)))
	}
	s.s = grpc.NewServer(append(opts, grpc.ForceServerCodecV2(newCodec()),
		grpc.MaxRecvMsgSize(cmp.Or(o.message, maxMessage)), grpc.StreamInterceptor(s.guardStream), grpc.UnaryInterceptor(s.guardCall))...)
	flight.RegisterFlightServiceServer(s.s, s)
	return s
}

// Serve answers on l until Stop, and closes it.
func (s *Server) Serve(l net.Listener) error {
	if err := s.s.Serve(l); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("flight: serving on %v: %w", l.Addr(), err)
	}
	return nil
}

// Stop lets calls end by themselves for the time given, then ends them, and
// returns when every handler has.
func (s *Server) Stop(patience time.Duration) {
	t := time.AfterFunc(patience, s.s.Stop)
	defer t.Stop()
	s.s.GracefulStop()
}

// A call that panics, over what a client has sent for example, fails alone: the
// process serves others, too.
func (s *Server) guardStream(srv any, st grpc.ServerStream, _ *grpc.StreamServerInfo, h grpc.StreamHandler) (err error) {
	defer s.caught(&err)
	return h(srv, st)
}

func (s *Server) guardCall(ctx context.Context, req any, _ *grpc.UnaryServerInfo, h grpc.UnaryHandler) (_ any, err error) {
	defer s.caught(&err)
	return h(ctx, req)
}

func (s *Server) caught(err *error) {
	if p := recover(); p != nil {
		s.log.Error("a call panicked", "panic", p, "stack", string(debug.Stack()))
		*err = status.Errorf(codes.Internal, "the service panicked, which its log shows: %v", p)
	}
}
