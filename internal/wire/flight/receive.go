package flight

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/flight"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/ashlar-go/ashlar/kernels"
)

// A compressed message may become so many times as large, but for a small one, and
// not beyond the last: zeros are compressed well.
const (
	maxExpansion    = 1024
	alwaysExpansion = 64 << 20
	maxDecoded      = 4 << 30
)

// messages are the Arrow messages of the stream of a DoPut. What it returns is
// valid until the next.
type messages struct {
	recv  func(any) error
	in    incoming
	msg   *ipc.Message
	count int
	begun bool  // the schema has come
	err   error // why the stream ended, if not well
	mem   *budget
}

var _ ipc.MessageReader = (*messages)(nil)

// Retain is called by Arrow's reader.
func (m *messages) Retain() {}

// Release is called by Arrow's reader.
func (m *messages) Release() {}

// first receives the first message, and says what the stream is to become.
func (m *messages) first() (*flight.FlightDescriptor, error) {
	if err := m.recv(&m.in); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, status.Error(codes.InvalidArgument, "the put ended before its first message")
		}
		return nil, err
	}
	if m.in.descriptor == nil {
		return nil, nil
	}
	d := &flight.FlightDescriptor{}
	if err := proto.Unmarshal(m.in.descriptor, d); err != nil {
		return nil, status.Error(codes.InvalidArgument, "the flight descriptor of the put is malformed")
	}
	m.count = -1 // it is to be had again
	return d, nil
}

// Message returns the next message of the stream that is one of Arrow's.
func (m *messages) Message() (msg *ipc.Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = status.Errorf(codes.InvalidArgument, "message %d of the put is malformed: %v", m.count, p)
		}
		if err != nil && !errors.Is(err, io.EOF) && m.err == nil {
			m.err = err
		}
	}()
	for {
		if m.count < 0 {
			m.count = 0
		} else if err := m.recv(&m.in); err != nil {
			return nil, err
		}
		m.count++
		if len(m.in.header) > 0 {
			break // others carry the metadata of an application
		}
	}
	if m.msg != nil {
		m.msg.Release()
	}
	m.mem.left = roomFor(m.in.header, m.in.body)
	m.msg = ipc.NewMessage(memory.NewBufferBytes(m.in.header), memory.NewBufferBytes(m.in.body))
	if m.msg.Type() == ipc.MessageSchema {
		if m.begun {
			return nil, fmt.Errorf("%w: message %d is another schema: the columns of a put do not change", kernels.ErrTable, m.count)
		}
		m.begun = true
	}
	return m.msg, nil
}

// roomFor returns the memory that a message may be read into. Buffers are rounded
// up to 64 bytes; those that are not compressed lie in the body one by one.
func roomFor(header, body []byte) int {
	if isCompressed(header) {
		return min(maxDecoded, max(alwaysExpansion, maxExpansion*len(body)))
	}
	return 2*len(body) + 1<<20
}

func (m *messages) close() {
	if m.msg != nil {
		m.msg.Release()
		m.msg = nil
	}
	m.in.free()
}

// A budget is an allocator that refuses what a message says that it needs but
// cannot: Arrow's reader believes what it reads.
type budget struct {
	memory.Allocator
	left int
}

func (b *budget) Allocate(size int) []byte {
	b.spend(size)
	return b.Allocator.Allocate(size)
}

func (b *budget) Reallocate(size int, old []byte) []byte {
	b.spend(size - len(old))
	return b.Allocator.Reallocate(size, old)
}

func (b *budget) spend(n int) {
	if n < 0 || n > b.left {
		panic(fmt.Sprintf("it says that it holds %d bytes more than the %d that one message may", n, b.left))
	}
	b.left -= n
}

// A receiver reads the records of a DoPut.
type receiver struct {
	m *messages
	r *ipc.Reader
}

// newReceiver reads the schema.
func newReceiver(m *messages) (*receiver, error) {
	r, err := ipc.NewReaderFromMessageReader(m, ipc.WithAllocator(m.mem))
	if err != nil {
		return nil, malformed(m, "schema", err)
	}
	return &receiver{m, r}, nil
}

// malformed makes an error of Arrow's reader one that says which message it is
// about, unless the stream itself ended.
func malformed(m *messages, what string, err error) error {
	if m.err != nil {
		return m.err
	}
	return status.Errorf(codes.InvalidArgument, "message %d of the put is no %s that can be read: %v", m.count, what, err)
}

// next returns the next record, checked, which the caller releases; nil at the
// end.
func (r *receiver) next() (arrow.Record, error) {
	if !r.r.Next() {
		if err := r.r.Err(); err != nil || r.m.err != nil {
			return nil, malformed(r.m, "batch", err)
		}
		return nil, nil
	}
	rec := r.r.Record()
	if err := checkRecord(rec); err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "message %d of the put: %v", r.m.count, err)
	}
	rec.Retain()
	return rec, nil
}
