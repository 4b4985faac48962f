package flight

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/apache/arrow/go/v17/arrow/flight"

	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// listWait is how long a listing waits to learn what datasets are. Those that are
// still being computed then are listed without a schema.
const listWait = 2 * time.Second

// learnAtOnce bounds the datasets that a listing learns about at a time.
const learnAtOnce = 16

// infoForm is the application's metadata of a flight, in JSON.
type infoForm struct {
	Kind   string  `json:"kind"` // "frame" or "array"
	DType  string  `json:"dtype,omitempty"`
	Shape  []int   `json:"shape,omitempty"`
	Chunks [][]int `json:"chunks,omitempty"`
	Error  string  `json:"error,omitempty"` // of a listing: why there is no schema
}

// endpointForm is the application's metadata of an endpoint: which rows it has.
type endpointForm struct {
	First int64 `json:"first"`
	Rows  int64 `json:"rows"`
}

// GetFlightInfo says what a dataset is and where its parts are: here.
func (s *Server) GetFlightInfo(ctx context.Context, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	info, err := s.info(ctx, d)
	return info, statusOf(ctx, err)
}

func (s *Server) info(ctx context.Context, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	name, err := pathOf(d)
	if err != nil {
		return nil, err
	}
	o, err := s.open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return o.info()
}

// GetSchema returns the schema of a dataset.
func (s *Server) GetSchema(ctx context.Context, d *flight.FlightDescriptor) (*flight.SchemaResult, error) {
	info, err := s.info(ctx, d)
	if err != nil {
		return nil, statusOf(ctx, err)
	}
	return &flight.SchemaResult{Schema: info.Schema}, nil
}

// info describes a dataset: an endpoint for each partition, or each band of
// blocks along the first axis.
func (o *opened) info() (*flight.FlightInfo, error) {
	raw, err := dataset.EncodeSchema(o.schema)
	if err != nil {
		return nil, err
	}
	n := o.note
	form := infoForm{Kind: "frame"}
	info := &flight.FlightInfo{
		Schema: raw, FlightDescriptor: descriptorOf(o.name), Ordered: true,
		TotalRecords: n.TotalRows(), TotalBytes: -1,
	}
	if n.IsArray() {
		form = infoForm{Kind: "array", DType: n.DType.String(), Shape: n.Shape(), Chunks: n.Chunks}
		info.TotalBytes = int64(n.DType.Size())
		for _, k := range form.Shape {
			info.TotalBytes *= int64(k)
		}
	}
	if info.AppMetadata, err = json.Marshal(form); err != nil {
		return nil, err
	}
	v := version(o.Keys())
	for _, e := range o.endpoints() {
		meta, err := json.Marshal(endpointForm{e.first, e.rows})
		if err != nil {
			return nil, err
		}
		info.Endpoint = append(info.Endpoint, &flight.FlightEndpoint{
			Ticket: ticket{Dataset: o.name, Endpoint: &e.number, Version: v}.encode(), AppMetadata: meta,
		})
	}
	return info, nil
}

// ListFlights lists all datasets, in the order of their names; criteria are the
// beginning of the names that are wanted.
func (s *Server) ListFlights(c *flight.Criteria, stream flight.FlightService_ListFlightsServer) error {
	ctx := stream.Context()
	infos, err := s.list(ctx, string(c.GetExpression()))
	if err != nil {
		return statusOf(ctx, err)
	}
	for _, info := range infos {
		if info == nil {
			continue // it went meanwhile
		}
		if err := stream.Send(info); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) list(ctx context.Context, prefix string) ([]*flight.FlightInfo, error) {
	names, err := s.catalog.Names(ctx)
	if err != nil {
		return nil, err
	}
	names = withPrefix(names, prefix)
	infos := make([]*flight.FlightInfo, len(names))
	soon, cancel := context.WithTimeout(ctx, s.listWait)
	defer cancel()
	var all sync.WaitGroup
	room := make(chan struct{}, learnAtOnce)
	for i, name := range names {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			infos[i] = s.listed(ctx, soon, name)
		})
	}
	all.Wait()
	return infos, ctx.Err()
}

// listed describes a dataset for a listing, as far as it is known soon; nil if
// it is gone.
func (s *Server) listed(ctx, soon context.Context, name string) *flight.FlightInfo {
	d, err := s.catalog.Open(ctx, name)
	if err != nil {
		return nil
	}
	defer d.Close()
	o := &opened{Dataset: d, name: name}
	info := &flight.FlightInfo{FlightDescriptor: descriptorOf(name), TotalRecords: -1, TotalBytes: -1}
	err = o.learn(soon)
	if err == nil {
		if full, e := o.info(); e == nil {
			return full
		} else {
			err = e
		}
	}
	why := err.Error()
	if soon.Err() != nil {
		why = "it is being computed"
	}
	info.AppMetadata, _ = json.Marshal(infoForm{Error: why})
	return info
}

func withPrefix(names []string, prefix string) []string {
	var out []string
	for _, n := range names {
		if len(n) >= len(prefix) && n[:len(prefix)] == prefix {
			out = append(out, n)
		}
	}
	return out
}
