package server_test

import (
	"context"
	"fmt"
	"net"

	"github.com/ashlar-go/ashlar/sched/server"
)

// A scheduler on a free port, until its context ends.
func Example() {
	s, err := server.Listen(server.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Serve(ctx) }()

	host, _, _ := net.SplitHostPort(s.Addr())
	fmt.Println("workers and clients connect to", host)
	cancel()
	fmt.Println("ended:", <-done)
	// Output:
	// workers and clients connect to 127.0.0.1
	// ended: <nil>
}
