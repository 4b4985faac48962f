package demo_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/cmd/ashlar/demo"
)

// One stage of the demo on a cluster inside this process.
func ExampleRun() {
	ctx := context.Background()
	c, err := cluster.Local(ctx, cluster.Workers(2), cluster.Threads(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	cl, err := c.Client(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cl.Close()
	var out bytes.Buffer
	if err := demo.Run(ctx, demo.Config{Client: cl, Only: []string{"delays"}, Out: &out}); err != nil {
		fmt.Println(err)
		return
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	fmt.Println(lines[len(lines)-1])
	// Output: all 4 checks agree with gonum
}
