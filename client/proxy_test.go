package client_test

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
)

// A proxy passes bytes to an address until it is cut.
type proxy struct {
	l     net.Listener
	to    string
	mu    sync.Mutex
	conns []net.Conn
	stuck bool // nothing passes
	all   sync.WaitGroup
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{l: l, to: to}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		p.l.Close()
		p.cut()
		p.all.Wait()
	})
	return p
}

func (p *proxy) accept() {
	for {
		in, err := p.l.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.to)
		if err != nil {
			in.Close()
			continue
		}
		p.mu.Lock()
		if p.stuck {
			in.Close()
			out.Close()
		}
		p.conns = append(p.conns, in, out)
		p.mu.Unlock()
		p.all.Go(func() { _, _ = io.Copy(out, in); out.Close() })
		p.all.Go(func() { _, _ = io.Copy(in, out); in.Close() })
	}
}

// cut breaks every connection.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

// block breaks every connection and lets no new one pass, or does again.
func (p *proxy) block(stuck bool) {
	p.mu.Lock()
	p.stuck = stuck
	p.mu.Unlock()
	if stuck {
		p.cut()
	}
}

func throughProxy(t *testing.T) (*client.Client, *proxy, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	cl := must(cluster.Local(ctx, cluster.Workers(1), cluster.Threads(1)))(t)
	t.Cleanup(func() { cancel(); cl.Close() })
	p := newProxy(t, cl.Address())
	c := must(client.Connect(ctx, p.l.Addr().String(), client.Reconnect(2*time.Second)))(t)
	t.Cleanup(func() { c.Close() })
	return c, p, ctx
}

// TestComesBack: a connection that breaks loses no future, whether it broke
// before or after what was said arrived.
func TestComesBack(t *testing.T) {
	c, p, ctx := throughProxy(t)
	before := stepsRun.Load()
	kept := must(client.Submit(ctx, c, step, 1000))(t)
	get(t, ctx, kept)
	for i := range 20 {
		f := must(client.Submit(ctx, c, step, i))(t)
		p.cut()
		g := must(client.Then(ctx, step, f))(t)
		if got := get(t, ctx, g); got != i+2 {
			t.Fatalf("after cut %d: %d", i, got)
		}
	}
	if got := get(t, ctx, kept); got != 1001 {
		t.Errorf("the future from before: %d", got)
	}
	if n := stepsRun.Load() - before; n != 41 {
		t.Errorf("41 calls ran %d times: something was submitted twice, or lost", n)
	}
}

// TestSchedulerGone: every wait returns within seconds, and says which
// scheduler is gone.
func TestSchedulerGone(t *testing.T) {
	c, p, ctx := throughProxy(t)
	f := must(client.Submit(ctx, c, hang, 7))(t)
	<-started
	p.l.Close()
	p.cut()
	within(t, 8*time.Second, "a wait without a scheduler", func() {
		wantError(t, f.Wait(ctx), client.ErrDisconnected, p.l.Addr().String())
		_, err := client.Submit(ctx, c, square, 1)
		wantError(t, err, client.ErrDisconnected)
		_, err = c.Run(ctx, tree(3, "x"))
		wantError(t, err, client.ErrDisconnected)
	})
}
