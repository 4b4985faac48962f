package flight_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/client/flight"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/kernels"
)

// A program serves what it publishes to Arrow Flight clients. In Python:
//
//	flight = pyarrow.flight.connect("grpc://127.0.0.1:8815")
//	flight.do_get(pyarrow.flight.Ticket("squares")).read_all()
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cl, err := cluster.Local(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cl.Close()
	c, err := cl.Client(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	squares, err := kernels.FromSlice([]float64{1, 4, 9, 16}, 2, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fs, err := client.Scatter(ctx, c, squares)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Publish(ctx, c, "squares", fs...))

	s, err := flight.Listen(c, flight.Options{Listen: "127.0.0.1:0"}) // the default is port 8815
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx) }()
	cancel() // a program would go on
	fmt.Println(<-ended)
	// Output:
	// <nil>
	// <nil>
}
