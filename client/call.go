package client

import (
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A CallOption says where and how a call may run, and under which key.
type CallOption func(*call)

type call struct {
	spec   graph.Spec
	key    string
	impure bool
	batch  int // how many calls of a Map are submitted at once; 0 is mapBatches
	err    error
}

// Workers names the only workers, by name or address, that may run the call.
func Workers(names ...string) CallOption { return func(c *call) { c.spec.Workers = names } }

// Hosts names the only hosts that may run the call.
func Hosts(names ...string) CallOption { return func(c *call) { c.spec.Hosts = names } }

// Loose makes Workers and Hosts a preference, which yields when none is there.
func Loose() CallOption { return func(c *call) { c.spec.Loose = true } }

// Resources are what the call takes from its worker while it runs, as in
// "GPU=1,LICENCE=2".
func Resources(amounts string) CallOption {
	return func(c *call) {
		r, err := graph.ParseResources(amounts)
		if err != nil {
			c.err = err
		}
		c.spec.Resources = r
	}
}

// Retries is how often the call runs again after an error of its own.
func Retries(n int) CallOption {
	return func(c *call) {
		if n < 0 {
			c.err = fmt.Errorf("%d retries", n)
		}
		c.spec.Retries = int32(n)
	}
}

// Priority goes before the order of submission; higher runs first.
func Priority(p int) CallOption { return func(c *call) { c.spec.Priority = int32(p) } }

// Timeout bounds one execution.
func Timeout(d time.Duration) CallOption {
	return func(c *call) {
		if d < 0 {
			c.err = fmt.Errorf("time-out %v", d)
		}
		c.spec.Timeout = d
	}
}

// Key names the result, instead of the function and its argument. Calls under
// one key are one call.
func Key(name string) CallOption { return func(c *call) { c.key = name } }

// Impure makes every call one of its own, even with equal arguments.
func Impure() CallOption { return func(c *call) { c.impure = true } }

// Batch makes Map submit so many calls at a time, instead of 4096: the first run
// while the others are being prepared.
func Batch(n int) CallOption {
	return func(c *call) {
		if n < 1 {
			c.err = fmt.Errorf("batches of %d calls", n)
		}
		c.batch = n
	}
}

func newCall(fn string, opts []CallOption) (*call, error) {
	c := &call{}
	for _, o := range opts {
		o(c)
	}
	if c.err != nil {
		return nil, fmt.Errorf("client: call of %q: %w", fn, c.err)
	}
	return c, nil
}

// keyOf returns the key of a call of fn with what args say. Calls that may run
// in other places, or otherwise often, are other calls.
func (c *call) keyOf(fn string, args ...[]byte) graph.Key {
	switch {
	case c.impure:
		return graph.RandomKey(fn)
	case c.key != "":
		return graph.NewKey(c.key)
	}
	if !c.spec.IsZero() {
		args = append(slices.Clone(args), []byte(c.spec.Fingerprint()))
	}
	return graph.NewKey(fn, args...)
}

func (c *call) class(fn string) graph.Class { return graph.Class{Op: fn, Spec: c.spec} }
