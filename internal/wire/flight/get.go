package flight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/flight"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// DoGet streams one endpoint of a flight, or all in order.
func (s *Server) DoGet(t *flight.Ticket, stream flight.FlightService_DoGetServer) error {
	ctx := stream.Context()
	return statusOf(ctx, s.get(ctx, t, stream.SendMsg))
}

func (s *Server) get(ctx context.Context, raw *flight.Ticket, send func(any) error) error {
	t, err := parseTicket(raw)
	if err != nil {
		return err
	}
	o, err := s.open(ctx, t.Dataset)
	if err != nil {
		return err
	}
	defer o.Close()
	if v := version(o.Keys()); t.Version != "" && t.Version != v {
		return status.Errorf(codes.NotFound, "dataset %q was replaced since its flight info was asked for: ask again", t.Dataset)
	}
	ends := o.endpoints()
	if t.Endpoint != nil {
		if *t.Endpoint < 0 || *t.Endpoint >= len(ends) {
			return status.Errorf(codes.NotFound, "dataset %q has %d endpoints, the ticket names number %d", t.Dataset, len(ends), *t.Endpoint)
		}
		ends = ends[*t.Endpoint : *t.Endpoint+1]
	}
	out := &sender{ctx: ctx, send: send, schema: o.schema}
	defer out.finish()
	return o.stream(ctx, out, ends)
}

// opened is a dataset of which it is known what it is.
type opened struct {
	Dataset
	name   string
	note   *dataset.Note
	schema *arrow.Schema
}

// open opens a dataset, and waits until it is known what it is.
func (s *Server) open(ctx context.Context, name string) (*opened, error) {
	d, err := s.catalog.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	o := &opened{Dataset: d, name: name}
	if err := o.learn(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return o, nil
}

func (o *opened) learn(ctx context.Context) (err error) {
	if o.note, err = o.Note(ctx); err == nil {
		o.schema, err = schemaOf(o.note)
	}
	if err != nil {
		return fmt.Errorf("dataset %q: %w", o.name, err)
	}
	if n := o.note.Parts(); n >= 0 && n != len(o.Keys()) {
		return fmt.Errorf("dataset %q has %d parts, its note says %d", o.name, len(o.Keys()), n)
	}
	return nil
}

// An endpoint is what one ticket stands for: a partition of a frame, or the
// blocks of a band of an array.
type endpoint struct {
	number int
	first  int64 // row; -1 if it is not known
	rows   int64
	parts  []int
}

func (o *opened) endpoints() []endpoint {
	if !o.note.IsArray() {
		return o.partitions()
	}
	if len(o.note.Chunks) == 0 {
		return []endpoint{{rows: 1, parts: []int{0}}}
	}
	var out []endpoint
	first, width := 0, len(o.Keys())/max(1, len(o.note.Chunks[0]))
	for i, rows := range o.note.Chunks[0] {
		e := endpoint{number: i, first: int64(first), rows: int64(rows)}
		for k := range width {
			e.parts = append(e.parts, i*width+k)
		}
		out = append(out, e)
		first += rows
	}
	return out
}

func (o *opened) partitions() []endpoint {
	out := make([]endpoint, len(o.Keys()))
	var first int64
	for i := range out {
		out[i] = endpoint{number: i, first: -1, rows: -1, parts: []int{i}}
		if o.note.Rows != nil {
			out[i].first, out[i].rows = first, o.note.Rows[i]
			first += o.note.Rows[i]
		}
	}
	return out
}

// stream sends endpoints one after the other. While one is sent, the next is
// fetched.
func (o *opened) stream(ctx context.Context, out *sender, ends []endpoint) error {
	if len(ends) == 0 { // a dataset of no parts
		return out.part().close(func() {})
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := o.fetch(ctx, ends[0])
	for i, e := range ends {
		got := <-next
		next = nil
		if got.err == nil && i+1 < len(ends) {
			next = o.fetch(ctx, ends[i+1])
		}
		err := got.err
		if err == nil {
			err = o.sendEndpoint(ctx, out, e, got.values)
		}
		if err != nil {
			cancel()
			if next != nil {
				(<-next).values.Release()
			}
			return fmt.Errorf("dataset %q, endpoint %d: %w", o.name, e.number, err)
		}
	}
	return nil
}

type fetched struct {
	values graph.List
	err    error
}

// fetch starts fetching the values of an endpoint, and gives all or an error.
func (o *opened) fetch(ctx context.Context, e endpoint) <-chan fetched {
	out := make(chan fetched, 1)
	values, errs := make(graph.List, len(e.parts)), make([]error, len(e.parts))
	go func() {
		var all sync.WaitGroup
		for i, p := range e.parts {
			all.Go(func() { values[i], errs[i] = o.Value(ctx, p) })
		}
		all.Wait()
		err := errors.Join(errs...)
		if err != nil {
			values = slices.DeleteFunc(values, func(v graph.Value) bool { return v == nil })
			values.Release()
			values = nil
		}
		out <- fetched{values, err}
	}()
	return out
}

// sendEndpoint sends the values of an endpoint, whose references it takes over.
func (o *opened) sendEndpoint(ctx context.Context, out *sender, e endpoint, values graph.List) error {
	p := out.part()
	err := o.sendValues(ctx, p, e, values)
	if e := p.close(values.Release); err == nil {
		err = e
	}
	return err
}

func (o *opened) sendValues(ctx context.Context, p *part, e endpoint, values graph.List) error {
	if !o.note.IsArray() {
		t, ok := values[0].(*kernels.Table)
		if !ok {
			return fmt.Errorf("%w: partition %d is a %T, not a table", kernels.ErrTable, e.number, values[0])
		}
		return p.table(ctx, t)
	}
	b := &band{note: o.note, schema: o.schema, rows: int(e.rows)}
	for _, v := range values {
		blk, ok := v.(*kernels.Block)
		if !ok {
			return fmt.Errorf("%w: a part is a %T, not a block", kernels.ErrDType, v)
		}
		b.blocks = append(b.blocks, blk)
	}
	if err := b.check(e.number); err != nil {
		return err
	}
	return p.band(ctx, b)
}

// table sends a table in batches.
func (p *part) table(ctx context.Context, t *kernels.Table) error {
	if err := conform(t, p.s.schema); err != nil {
		return err
	}
	rec := t.Record()
	for first, rows := 0, t.NumRows(); first < rows; {
		n := rowsThatFit(rec, first, batchBytes)
		piece := sliced(rec, p.s.schema, first, n)
		if err := p.write(piece, piece.Release); err != nil {
			return err
		}
		first += n
	}
	return ctx.Err()
}

// band sends rows of an array in batches.
func (p *part) band(ctx context.Context, b *band) error {
	mem := kernels.AllocatorFrom(ctx)
	size, err := elements(rowShape(b.note.Shape()))
	if err != nil {
		return err
	}
	most := max(1, batchBytes/max(1, size*b.note.DType.Size()))
	for first := 0; first < b.rows; first += most {
		rec, err := b.record(mem, first, min(most, b.rows-first))
		if err != nil {
			return err
		}
		if err := p.write(rec, rec.Release); err != nil {
			return err
		}
	}
	return ctx.Err()
}
