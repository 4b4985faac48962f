package wire

import (
	"encoding/binary"
	"errors"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A held thing is memory that a handler has lent to the transport.
type held interface{ release() }

// batchSize is how much is sent before what is behind it is a batch of its own.
const batchSize = 1 << 20

// A batch is values that are given up together when the transport has sent them,
// so that a slow reader keeps no more of them, or of their copies, than the
// transport has room for.
type batch struct {
	loan
	held  []held
	bytes int
	once  sync.Once
}

func (b *batch) release() {
	b.once.Do(func() {
		for _, h := range b.held {
			h.release()
		}
	})
}

// A sender is the stream of a handler.
type sender struct {
	frameWriter
	d       *DataServer
	st      grpc.ServerStream
	now     *batch
	batches []*batch
}

func (d *DataServer) sender(st grpc.ServerStream) *sender {
	s := &sender{frameWriter: frameWriter{send: st.SendMsg}, d: d, st: st}
	s.begin()
	return s
}

func (s *sender) begin() {
	s.now = &batch{}
	s.loan = &s.now.loan
	s.batches = append(s.batches, s.now)
}

// hold keeps h until what is written now has been sent.
func (s *sender) hold(h held, bytes int) {
	s.now.held = append(s.now.held, h)
	s.now.bytes += bytes
}

// wrote follows a value.
func (s *sender) wrote() {
	if s.now.bytes >= batchSize {
		s.now.seal(s.now.release)
		s.begin()
	}
}

// end waits until the transport has sent what it was lent, and gives that back.
func (s *sender) end() {
	s.abandon()
	for _, b := range s.batches {
		b.wait(s.st.Context().Done())
		b.release()
	}
	s.d.served.Add(s.bytes)
}

// fetch answers one request.
func (d *DataServer) fetch(st grpc.ServerStream) error {
	want, items, err := recvItems(st)
	if err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	s := d.sender(st)
	defer s.end()
	if err := s.begins(want.token); err != nil {
		return err
	}
	d.await(st.Context(), items)
	busy := d.serving.Add(1) > maxServing
	defer d.serving.Add(-1)
	for _, it := range items {
		e, err := d.encoded(it, busy)
		if err := s.answerAs(want, e, err); err != nil {
			return err
		}
		s.wrote()
	}
	return s.flush()
}

// answerAs answers with a value as the reader would like it to come, or with err.
func (s *sender) answerAs(want wants, e *encoder, err error) error {
	size := 0
	if e != nil {
		size = total(e.segs)
	}
	if want.chunked(size) {
		o, number := s.d.outgoing.begin(e, want)
		s.hold(o, size)
		return s.d.chunks(&s.frameWriter, o, number, s.came)
	}
	if e != nil {
		s.hold(e, size)
	}
	return s.answer(e, err)
}

// came waits for the reader to say whether all of a value came beside gRPC.
func (s *sender) came() (bool, error) {
	m := &message{}
	if err := s.st.RecvMsg(m); err != nil {
		return false, err
	}
	defer m.data.Free()
	b := m.data.Materialize()
	if len(b) != 1 {
		return false, status.Errorf(codes.InvalidArgument, "%d bytes about a value", len(b))
	}
	return b[0] == sideCame, nil
}

// begins writes the token that the reader's socket knows the stream by.
func (s *sender) begins(token uint64) error {
	_, err := s.Write(binary.LittleEndian.AppendUint64(nil, token))
	return err
}

func recvItems(st grpc.ServerStream) (wants, []Item, error) {
	m := &message{}
	if err := st.RecvMsg(m); err != nil {
		return wants{}, nil, err
	}
	defer m.data.Free()
	r := &metaReader{b: m.data.Materialize()}
	want := r.wants()
	items := make([]Item, min(r.count("items"), maxItems))
	for i := range items {
		items[i] = Item{graph.TaskID(r.number("task", 1<<64-1)), int32(r.number("part", 1<<31-1)) - 1}
	}
	return want, items, r.err
}

func (w *frameWriter) answer(e *encoder, err error) error {
	code := answerValue
	switch {
	case errors.Is(err, ErrAbsent):
		code = answerAbsent
	case errors.Is(err, ErrBusy), errors.Is(err, graph.ErrMemory), errors.Is(err, kernels.ErrMemory):
		code = answerBusy // a copy that serving needs may have room later
	case err != nil:
		code = answerFailed
	}
	if _, err := w.Write([]byte{code}); err != nil {
		return err
	}
	switch code {
	case answerValue:
		return w.value(e)
	case answerFailed:
		text := validText(err.Error())
		_, err := w.Write(append(appendNumber(nil, uint64(len(text))), text...))
		return err
	}
	return nil
}
