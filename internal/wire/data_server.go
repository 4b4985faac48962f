package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
)

// The data service has two methods, and large values come beside it: see side.go. All are streams of bytes, which messages
// cut anywhere.
//
// Fetch: the request is one message: how the reader would like values to come
// (see wants), the number of items, and for each its task and its part, counted
// from 1, 0 being the whole. The answer is, for each item in order, an answer code
// and what it announces. Of a value that has a number the reader says in another
// message, of a byte, whether it came beside the stream; else chunks of it follow.
//
// Put: the request is the task, a put form and what it announces. The answer is one
// empty message.
const (
	dataService = "ashlar.wire.Data"
	fetchMethod = "/" + dataService + "/Fetch"
	putMethod   = "/" + dataService + "/Put"
)

// Put forms.
const (
	putValue  byte = iota // like answerValue
	putChunks             // like answerChunked
	putSummed             // the same, with checksums
)

// Answer codes.
const (
	answerAbsent byte = iota
	answerValue       // the length of the description, it, and the payload
	answerBusy
	answerFailed  // the length of a text, and it
	answerChunked // a number to ask for it beside the stream, or 0; the length of the description, it, and chunks
)

const (
	// maxItems bounds one Fetch, maxMeta the description of a value.
	maxItems = 1 << 20
	maxMeta  = 64 << 20
	// maxDataMessage bounds a message that is received.
	maxDataMessage = 32 << 20
	// maxServing is how many requests are served at a time; more are busy.
	maxServing = 128
)

// A DataServer serves the values of a Holder to other processes, and to this
// one without moving them.
type DataServer struct {
	h       Holder
	l       net.Listener
	s       *grpc.Server
	remove  func() // from the servers of this process
	limit   int64
	serving atomic.Int64
	served  atomic.Int64
	lent    atomic.Int64
	share   *shareServer // nil: memory is not shared

	outgoing outgoings
	sides    sides
}

// NewDataServer returns a server of what h has, at the address of l, which it
// closes in the end. From now on whoever in this process asks for that address
// is handed references; others wait for Serve. A value of more than limit bytes
// is not taken; 0 stands for [DefaultLimit].
func NewDataServer(l net.Listener, h Holder, limit int64) *DataServer {
	d := &DataServer{h: h, l: l, limit: orDefaultLimit(limit), sides: sides{open: map[net.Conn]struct{}{}}}
	d.s = grpc.NewServer(dataServerOptions()...)
	d.s.RegisterService(&grpc.ServiceDesc{
		ServiceName: dataService,
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{
			{StreamName: "Fetch", ServerStreams: true, ClientStreams: true, Handler: func(_ any, st grpc.ServerStream) error { return d.fetch(st) }},
			{StreamName: "Put", ServerStreams: true, ClientStreams: true, Handler: func(_ any, st grpc.ServerStream) error { return d.put(st) }},
		},
	}, d)
	d.remove = register(l.Addr().String(), d)
	return d
}

// Serve answers other processes until Stop.
func (d *DataServer) Serve() error {
	if err := d.s.Serve(newDataListener(d)); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("wire: serving data on %v: %w", d.l.Addr(), err)
	}
	return nil
}

// Stop lets transfers end by themselves for the time given, then ends them, and
// returns when every handler has.
func (d *DataServer) Stop(patience time.Duration) {
	d.remove()
	defer d.l.Close() // if it was never served
	if d.share != nil {
		defer d.share.stop()
	}
	t := time.AfterFunc(patience, d.s.Stop)
	defer t.Stop()
	d.s.GracefulStop()
	d.sides.stop()
}

// Served returns how many bytes were sent to other processes.
func (d *DataServer) Served() int64 { return d.served.Load() }

// encoded returns the encoding of the value of an item.
func (d *DataServer) encoded(it Item, busy bool) (*encoder, error) {
	if busy {
		return nil, ErrBusy
	}
	v, err := d.h.Get(it)
	if err != nil {
		return nil, err
	}
	defer v.Release()
	host, err := toHost(d.h.Copies(), v)
	if err != nil {
		return nil, err
	}
	defer host.Release()
	return encode(d.h.Copies(), host)
}

// put stores the value of one stream.
func (d *DataServer) put(st grpc.ServerStream) error {
	r := &frameReader{recv: st.RecvMsg}
	defer r.close()
	task, err := r.number(1<<64 - 1)
	if err != nil {
		return err
	}
	v, err := r.brought(&taker{limit: d.limit, mem: d.h.Allocator()})
	if err != nil {
		return putStatus(err)
	}
	if err := d.h.Put(st.Context(), graph.TaskID(task), v); err != nil {
		return putStatus(err)
	}
	return st.SendMsg(&message{})
}

// putStatus makes err what the other side understands.
func putStatus(err error) error {
	code := codes.Unknown
	switch {
	case errors.Is(err, graph.ErrMemory):
		code = codes.ResourceExhausted
	case errors.Is(err, ErrBusy):
		code = codes.Unavailable
	case errors.Is(err, ErrEncoding):
		code = codes.InvalidArgument
	case errors.Is(err, ErrDamaged):
		code = codes.DataLoss
	case errors.Is(err, context.Canceled):
		code = codes.Canceled
	}
	return status.Error(code, validText(err.Error()))
}
