package server_test

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/ashlar-go/ashlar/worker/server"
)

// A worker without a scheduler says where it looked for one.
func ExampleRun() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	nobody := l.Addr().String()
	l.Close()
	err = server.Run(context.Background(), server.Options{Scheduler: nobody, Name: "alone", Threads: 2, Join: 50 * time.Millisecond})
	fmt.Println(err != nil)
	// Output: true
}
