package coord_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/sched/coord"
)

// A lock passes from one client to the next, here because the first left.
func Example() {
	m := coord.New(coord.Config{})
	show := func(es []coord.Effect) {
		for _, e := range es {
			if a, is := e.(coord.Answer); is {
				fmt.Println("client", a.Client, "request", a.Request, a.Outcome, a.Names)
			}
		}
	}
	lock := coord.Acquire{Names: []string{"printer"}, N: 1}
	show(m.Step(0, coord.Ticket{Client: 1, Request: 1}, lock))
	show(m.Step(0, coord.Ticket{Client: 2, Request: 1}, lock))
	show(m.Leave(0, 1))
	// Output:
	// client 1 request 1 done [printer]
	// client 2 request 1 done [printer]
}
