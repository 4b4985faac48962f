package wire

import (
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A held thing is memory that a handler has lent to the transport.
type held interface{ release() }

// A sender is the stream of a handler.
type sender struct {
	frameWriter
	d    *DataServer
	st   grpc.ServerStream
	held []held
}

func (d *DataServer) sender(st grpc.ServerStream) *sender {
	return &sender{frameWriter: frameWriter{send: st.SendMsg}, d: d, st: st}
}

// end waits until the transport has sent what it was lent, and gives that back.
func (s *sender) end() {
	s.abandon()
	s.loan.wait(s.st.Context().Done())
	for _, h := range s.held {
		h.release()
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
	d.await(st.Context(), items)
	busy := d.serving.Add(1) > maxServing
	defer d.serving.Add(-1)
	for _, it := range items {
		e, err := d.encoded(it, busy)
		if err := s.answerAs(want, e, err); err != nil {
			return err
		}
	}
	return s.flush()
}

// answerAs answers with a value as the reader would like it to come, or with err.
func (s *sender) answerAs(want wants, e *encoder, err error) error {
	if e != nil && want.chunked(total(e.segs)) {
		o, number := s.d.outgoing.begin(e, want)
		s.held = append(s.held, o)
		return s.d.chunks(&s.frameWriter, o, number)
	}
	if e != nil {
		s.held = append(s.held, e)
	}
	return s.answer(e, err)
}

// join helps another stream to bring a value.
func (d *DataServer) join(st grpc.ServerStream) error {
	m := &message{}
	if err := st.RecvMsg(m); err != nil {
		return err
	}
	r := &metaReader{b: m.data.Materialize()}
	m.data.Free()
	number := r.number64("value to join")
	if r.err != nil {
		return status.Error(codes.InvalidArgument, r.err.Error())
	}
	o := d.outgoing.join(number)
	if o == nil {
		return nil // all of it is on its way
	}
	s := d.sender(st)
	s.held = append(s.held, o)
	defer s.end()
	if err := o.send(&s.frameWriter); err != nil {
		return err
	}
	return s.flush()
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
