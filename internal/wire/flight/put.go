package flight

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/flight"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// replaceHeader is the header with which a put asks to take the place of what is
// published under the name.
const replaceHeader = "ashlar-replace"

// putForm is the metadata of the one result of a put, in JSON.
type putForm struct {
	Dataset string `json:"dataset"`
	Parts   int    `json:"parts"`
	Rows    int64  `json:"rows"`
}

// DoPut publishes what comes under the name that its descriptor has.
func (s *Server) DoPut(stream flight.FlightService_DoPutServer) error {
	ctx := stream.Context()
	done, err := s.put(ctx, stream.RecvMsg)
	if err != nil {
		return statusOf(ctx, err)
	}
	raw, err := json.Marshal(done)
	if err != nil {
		return err
	}
	s.log.Info("put", "dataset", done.Dataset, "parts", done.Parts, "rows", done.Rows)
	return stream.Send(&flight.PutResult{AppMetadata: raw})
}

func (s *Server) put(ctx context.Context, recv func(any) error) (*putForm, error) {
	replace, err := wantsReplacement(ctx)
	if err != nil {
		return nil, err
	}
	m := &messages{recv: recv, mem: &budget{Allocator: kernels.AllocatorFrom(ctx)}}
	defer m.close()
	d, err := m.first()
	if err != nil {
		return nil, err
	}
	name, err := pathOf(d)
	if err != nil {
		return nil, err
	}
	if err := s.free(ctx, name, replace); err != nil {
		return nil, err
	}
	up, err := s.catalog.Begin(ctx, name)
	if err != nil {
		return nil, err
	}
	defer up.Close()
	return s.bring(ctx, name, m, up, replace)
}

// bring receives the rows and publishes them.
func (s *Server) bring(ctx context.Context, name string, m *messages, up Upload, replace bool) (*putForm, error) {
	r, err := newReceiver(m)
	if err != nil {
		return nil, err
	}
	defer r.r.Release()
	to := &carrier{ctx: ctx, up: up}
	defer to.wait() // for what is under way when something else fails
	c, err := s.cutterFor(ctx, r.r.Schema(), to.carry)
	if err != nil {
		return nil, fmt.Errorf("put of %q: %w", name, err)
	}
	defer c.close()
	if err := receiveAll(r, c); err != nil {
		return nil, fmt.Errorf("put of %q: %w", name, err)
	}
	if err := to.wait(); err != nil {
		return nil, fmt.Errorf("put of %q: %w", name, err)
	}
	n := c.note()
	if err := up.Publish(ctx, n, replace); err != nil {
		return nil, err
	}
	return &putForm{Dataset: name, Parts: n.Parts(), Rows: n.TotalRows()}, nil
}

func receiveAll(r *receiver, c cutter) error {
	for {
		rec, err := r.next()
		if err != nil {
			return err
		}
		if rec == nil {
			return c.end()
		}
		err = c.add(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
}

func wantsReplacement(ctx context.Context) (bool, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	v := md.Get(replaceHeader)
	if len(v) == 0 {
		return false, nil
	}
	yes, err := strconv.ParseBool(v[len(v)-1])
	if err != nil {
		return false, status.Errorf(codes.InvalidArgument, "the header %s is %q: write true or false", replaceHeader, v[len(v)-1])
	}
	return yes, nil
}

// free reports a name that is taken before anything is received.
func (s *Server) free(ctx context.Context, name string, replace bool) error {
	if replace {
		return nil
	}
	names, err := s.catalog.Names(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(names, name) {
		return fmt.Errorf("%w: %q is published already: drop it first, or put with the header %s: true", ErrTaken, name, replaceHeader)
	}
	return nil
}

// cutterFor returns what makes parts of the rows of a put: blocks if its one
// column is of tensors, else tables. Columns of other extension types are what
// they are stored as, and keep their name for whoever reads them.
func (s *Server) cutterFor(ctx context.Context, schema *arrow.Schema, emit emitter) (cutter, error) {
	mem := kernels.AllocatorFrom(ctx)
	for i, f := range schema.Fields() {
		if !isTensor(f) {
			continue
		}
		if schema.NumFields() > 1 {
			return nil, status.Errorf(codes.InvalidArgument, "column %q is of tensors, and there are %d columns: an array is put alone, under a name of its own", f.Name, schema.NumFields())
		}
		t, err := tensorOf(schema.Field(i), schema.Metadata())
		if err != nil {
			return nil, err
		}
		return &blocks{tensor: t, limit: s.partition, mem: mem, emit: emit}, nil
	}
	for _, f := range schema.Fields() {
		if len(schema.FieldIndices(f.Name)) > 1 {
			return nil, fmt.Errorf("%w: two columns are named %q", kernels.ErrTable, f.Name)
		}
	}
	if err := wire.CheckColumns(schema); err != nil {
		return nil, err
	}
	if _, err := dataset.Frame(schema, nil).Encode(); err != nil {
		return nil, err
	}
	return &tables{schema: schema, limit: s.partition, mem: mem, emit: emit}, nil
}

// A carrier brings one part to the cluster while the next is received.
type carrier struct {
	ctx  context.Context
	up   Upload
	busy chan error // of the part under way; nil if none is
	err  error
}

func (c *carrier) carry(v graph.Value) error {
	if err := c.wait(); err != nil {
		v.Release()
		return err
	}
	busy := make(chan error, 1)
	c.busy = busy
	go func() {
		err := c.up.Add(c.ctx, v)
		v.Release()
		busy <- err
	}()
	return nil
}

// wait returns when nothing is under way, and the first error.
func (c *carrier) wait() error {
	if c.busy != nil {
		if err := <-c.busy; c.err == nil {
			c.err = err
		}
		c.busy = nil
	}
	return c.err
}
