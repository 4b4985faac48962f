package flight_test

import (
	"context"
	"fmt"
	"net"

	arrowflight "github.com/apache/arrow/go/v17/arrow/flight"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/flight"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// one is a catalog of one block.
type one struct{ block *kernels.Block }

func (one) Names(context.Context) ([]string, error) { return []string{"x"}, nil }

func (o one) Open(_ context.Context, name string) (flight.Dataset, error) {
	if name != "x" {
		return nil, flight.ErrUnknown
	}
	return o, nil
}

func (one) Begin(context.Context, string) (flight.Upload, error) { return nil, flight.ErrTaken }
func (one) Drop(context.Context, string) error                   { return flight.ErrUnknown }
func (one) Keys() []graph.Key                                    { return []graph.Key{graph.NewKey("x")} }
func (one) Close()                                               {}

func (o one) Note(context.Context) (*dataset.Note, error) {
	return dataset.Array(o.block.DType(), [][]int{{o.block.Shape()[0]}, {o.block.Shape()[1]}}), nil
}

func (o one) Value(context.Context, int) (graph.Value, error) {
	o.block.Retain()
	return o.block, nil
}

// Any Flight client lists and reads what a catalog has.
func Example() {
	block, err := kernels.FromSlice([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	s := flight.NewServer(one{block}, flight.Options{})
	ended := make(chan error)
	go func() { ended <- s.Serve(l) }()
	defer func() {
		s.Stop(0)
		<-ended
	}()

	c, err := arrowflight.NewClientWithMiddleware(l.Addr().String(), nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	stream, err := c.DoGet(context.Background(), &arrowflight.Ticket{Ticket: []byte("x")})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := arrowflight.NewRecordReader(stream)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Release()
	for r.Next() {
		fmt.Println(r.Record().Column(0))
	}
	fmt.Println(r.Err())
	// Output:
	// [[1 2 3] [4 5 6]]
	// <nil>
}
