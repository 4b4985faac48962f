package taskbench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// ServeBare has the process that runs it compute for whoever connects to the
// address, host:port, that it returns, without any engine: the other side of a
// Bare. It serves until the process ends.
var ServeBare = graph.NewFunc("bench.bare", func(context.Context, int) (string, error) { return serveBare() })

func serveBare() (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go computeFor(c)
		}
	}()
	return l.Addr().String(), nil
}

// bareLen is the size of a message: how many tasks, of how many iterations.
const bareLen = 8

func computeFor(c net.Conn) {
	defer c.Close()
	m := make([]byte, bareLen)
	for {
		if _, err := io.ReadFull(c, m); err != nil {
			return
		}
		for range binary.LittleEndian.Uint32(m) {
			if compute(binary.LittleEndian.Uint32(m[4:])) < 0 {
				panic("bench: a sum of positive numbers is negative")
			}
		}
		if _, err := c.Write(m); err != nil {
			return
		}
	}
}

// A Bare runs steps in lockstep on some processes with nothing but a message to
// each and one back a step: the least that it takes to let each wait for all
// others through this process. What that reaches is the machine's share of METG.
type Bare struct {
	conns []net.Conn
	each  uint32
	steps int
}

// DialBare connects to the addresses that ServeBare returned, for so many tasks
// a process and step.
func DialBare(ctx context.Context, addresses []string, each, steps int) (*Bare, error) {
	b := &Bare{each: uint32(each), steps: steps}
	for _, a := range addresses {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", a)
		if err != nil {
			return nil, errors.Join(err, b.Close())
		}
		b.conns = append(b.conns, c)
	}
	return b, nil
}

// Close ends the connections.
func (b *Bare) Close() error {
	var err error
	for _, c := range b.conns {
		err = errors.Join(err, c.Close())
	}
	return err
}

// Tasks is how many tasks a Run has.
func (b *Bare) Tasks() int { return len(b.conns) * int(b.each) * b.steps }

// Run runs all steps with so many iterations in each task and returns how long
// that took.
func (b *Bare) Run(iterations uint32) (seconds float64, err error) {
	m := binary.LittleEndian.AppendUint32(nil, b.each)
	m = binary.LittleEndian.AppendUint32(m, iterations)
	back := make([]byte, bareLen)
	start := time.Now()
	for range b.steps {
		for _, c := range b.conns {
			if _, err := c.Write(m); err != nil {
				return 0, fmt.Errorf("bench: a bare step: %w", err)
			}
		}
		for _, c := range b.conns {
			if _, err := io.ReadFull(c, back); err != nil {
				return 0, fmt.Errorf("bench: a bare step: %w", err)
			}
			if string(back) != string(m) {
				return 0, fmt.Errorf("bench: a bare step of %x is answered with %x", m, back)
			}
		}
	}
	return time.Since(start).Seconds(), nil
}
