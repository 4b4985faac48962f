package flight

import (
	"context"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/internal/wire"
)

const (
	// batchBytes is about how much a message carries: what streams well, and
	// less than the 4 MiB that a client of gRPC takes by default. One row, and
	// a dictionary, can be more.
	batchBytes = 1 << 20
	// maxBody bounds a message, whose length protobuf and pyarrow count in 31 bits.
	maxBody = 1<<31 - 1<<20
	// lentBatches is how many batches may be on their way before what they were
	// made of is waited for.
	lentBatches = 4
)

// A sender writes record batches to the stream of a DoGet. It lends the memory
// of the records to the transport, and keeps what that belongs to until it is
// read no more.
type sender struct {
	ctx    context.Context
	send   func(any) error
	schema *arrow.Schema
	begun  bool       // the schema has been sent
	loan   *wire.Loan // of what is being sent
	lent   []lent     // oldest first
}

// lent is what a batch, or a whole part, was made of.
type lent struct {
	loan    *wire.Loan
	release func()
}

var _ ipc.PayloadWriter = (*sender)(nil)

// Start is called by Arrow's writer.
func (s *sender) Start() error { return nil }

// Close is called by Arrow's writer.
func (s *sender) Close() error { return nil }

// WritePayload sends one message of Arrow's writer. A writer begins with the
// schema, which is sent once.
func (s *sender) WritePayload(p ipc.Payload) error {
	body := &pieces{}
	if err := p.SerializeBody(body); err != nil {
		return err
	}
	meta := p.Meta()
	defer meta.Release()
	m := &outgoing{header: meta.Bytes(), body: body.list, loan: s.loan}
	if isSchema(meta.Bytes()) {
		if s.begun {
			return nil
		}
		s.begun = true
	}
	return s.send(m)
}

// pieces collects what is written, without copying it.
type pieces struct{ list [][]byte }

func (p *pieces) Write(b []byte) (int, error) {
	p.list = append(p.list, b)
	return len(b), nil
}

// A part writes the batches of one part. Each has a writer of its own, which
// sends its dictionaries anew: one that goes on would keep a dictionary for which
// the next is only about the same.
type part struct {
	s *sender
	w *ipc.Writer
}

func (s *sender) part() *part {
	return &part{s, ipc.NewWriterWithPayloadWriter(s, ipc.WithSchema(s.schema))}
}

// write sends a batch. release is called when the memory behind it is read no
// more, also when it could not be sent.
func (p *part) write(rec arrow.Record, release func()) error {
	s := p.s
	s.settle(lentBatches - 1)
	s.loan = &wire.Loan{}
	err := p.w.Write(rec)
	s.lent = append(s.lent, lent{s.loan, release})
	return err
}

// close ends the part. release is called when all of it is read no more.
func (p *part) close(release func()) error {
	s := p.s
	s.loan = &wire.Loan{}
	err := p.w.Close()
	s.lent = append(s.lent, lent{s.loan, release})
	return err
}

// settle waits until at most n of what was lent are out.
func (s *sender) settle(n int) {
	for len(s.lent) > n {
		s.lent[0].loan.Wait(s.ctx.Done())
		s.lent[0].release()
		s.lent = s.lent[1:]
	}
}

// finish waits for all that was lent.
func (s *sender) finish() {
	var all sync.WaitGroup
	for _, l := range s.lent {
		all.Go(func() { l.loan.Wait(s.ctx.Done()) })
	}
	all.Wait()
	s.settle(0)
}

// isSchema reports whether a message of Arrow's writer is a schema.
func isSchema(meta []byte) bool {
	m := ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(nil))
	defer m.Release()
	return m.Type() == ipc.MessageSchema
}
