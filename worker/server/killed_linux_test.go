package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker/store"
	"github.com/ashlar-go/ashlar/worker/store/segment"
)

const (
	// kills is how many readers, and how many owners, are killed.
	kills = 50
	// names is how many values an owner has at a time.
	names = 8
)

func init() {
	play = func(role string) {
		if address, reader := strings.CutPrefix(role, "reader "); reader {
			playReader(address)
		}
		playOwner()
	}
}

// An owner has values in shared memory and changes them all the time. All
// numbers of a value are the same, and end in the number of its task.
type owner struct {
	arena *segment.Arena
	store *store.Store
	data  *wire.DataServer
	stop  chan struct{}
	all   sync.WaitGroup
	err   error // of serving
}

func newOwner() (*owner, string, error) {
	a, err := segment.New(segment.Options{Budget: 8 << 20})
	if err != nil {
		return nil, "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", errors.Join(err, a.Close())
	}
	s := store.New(store.Options{Memory: a})
	h := &holder{store: s, mem: s.Allocator(store.Strict), copies: s.Allocator(store.Promised)}
	o := &owner{arena: a, store: s, data: wire.NewDataServer(l, h, 0), stop: make(chan struct{})}
	if err := o.data.Share(a); err != nil {
		return nil, "", errors.Join(err, a.Close())
	}
	o.all.Go(func() { o.err = o.data.Serve() })
	o.all.Go(func() { o.churn(h.mem) })
	return o, l.Addr().String(), nil
}

// churn replaces values until it is stopped.
func (o *owner) churn(mem kernels.Allocator) {
	for x := 0; ; x++ {
		select {
		case <-o.stop:
			return
		default:
		}
		b, err := kernels.NewBlock(mem, kernels.Float64, 10_000+x%3*30_000)
		if err != nil {
			panic(err)
		}
		for i, fs := 0, kernels.Data[float64](b); i < len(fs); i++ {
			fs[i] = float64(x)
		}
		it := store.Item{Task: graph.TaskID(x % names), Part: -1}
		o.store.Drop(it)
		o.store.Put(it, b)
	}
}

// close ends the owner, which is to have nothing left.
func (o *owner) close(t *testing.T) {
	close(o.stop)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		o.store.Clear()
		if u := o.arena.Usage(); u.Live == 0 && o.store.Managed() == 0 {
			break
		}
		if time.Now().After(end) {
			t.Errorf("%d bytes are live, %d managed: a lease is left", o.arena.Usage().Live, o.store.Managed())
			break
		}
	}
	err := o.arena.Close()
	o.data.Stop(0)
	o.all.Wait()
	if err := errors.Join(err, o.store.Close(), o.err); err != nil {
		t.Error(err)
	}
}

// intact returns what is wrong with a value of a task.
func intact(v graph.Value, task int) error {
	fs := kernels.Data[float64](v.(*kernels.Block))
	for i, f := range fs {
		if f != fs[0] || int(f)%names != task {
			return fmt.Errorf("of %d numbers of task %d, number %d is %v, the first %v", len(fs), task, i, f, fs[0])
		}
	}
	return nil
}

// read fetches some values and checks them, at once and after a while.
func read(ctx context.Context, c *wire.DataClient, address string) error {
	items := make([]wire.Item, 1+rand.IntN(4))
	for i := range items {
		items[i] = wire.Item{Task: graph.TaskID(rand.IntN(names)), Part: -1}
	}
	as, err := c.Fetch(ctx, address, items, kernels.DefaultAllocator())
	for range 2 {
		for i, a := range as {
			if a.Value == nil {
				continue
			}
			if wrong := intact(a.Value, int(items[i].Task)); wrong != nil {
				return wrong
			}
		}
		time.Sleep(time.Duration(rand.IntN(500)) * time.Microsecond)
	}
	for _, a := range as {
		if a.Value != nil {
			a.Value.Release()
		}
	}
	return err
}

func playOwner() {
	_, address, err := newOwner()
	fmt.Println(address, err)
	select {}
}

func playReader(address string) {
	c := wire.NewDataClient(wire.DataOptions{})
	for said := false; ; {
		err := read(context.Background(), c, address)
		// The first items may all be ones that the owner is about to replace.
		if has := c.Mapped()+c.Fetched() > 0; has && !said || err != nil {
			fmt.Println("reads where it lies:", c.Mapped() > 0, err)
			said = true
		}
	}
}

// victim starts a process that plays a role, and returns the first line that it
// says. kill returns what else it has said.
func victim(t *testing.T, role string) (line string, kill func() string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	line, err = r.ReadString('\n')
	if err != nil {
		t.Error(err)
	}
	return strings.TrimSpace(line), func() string {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		rest, _ := r.ReadString(0)
		cmd.Wait()
		return rest
	}
}

// descriptors counts the descriptors of this process; mappings counts the files of owners
// that it has mapped.
func descriptors(t *testing.T) int {
	t.Helper()
	es, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(es)
}

func mappings(t *testing.T) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(maps), "/memfd:ashlar")
}

// nothingLeft waits until there are no more of both than before.
func nothingLeft(t *testing.T, fds, maps int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); descriptors(t) > fds || mappings(t) > maps; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d descriptors and %d mappings are left, before it were %d and %d", descriptors(t), mappings(t), fds, maps)
		}
	}
}

// TestCase30ReadersAreKilled: what a reader had is the owner's again when it is
// killed, and others read on.
func TestCase30ReadersAreKilled(t *testing.T) {
	fds, maps := descriptors(t), mappings(t)
	o, address, err := newOwner()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for range kills / 2 {
				line, kill := victim(t, "reader "+address)
				if line != "reads where it lies: true <nil>" {
					t.Error(line)
				}
				time.Sleep(time.Duration(rand.IntN(5000)) * time.Microsecond)
				if rest := kill(); rest != "" {
					t.Error(rest)
				}
			}
		})
	}
	all.Wait()
	o.close(t)
	nothingLeft(t, fds, maps)
}

// TestCase30OwnersAreKilled: what is read stays what it is when its owner is
// killed, and what cannot be read any more ends with an error.
func TestCase30OwnersAreKilled(t *testing.T) {
	fds, maps := descriptors(t), mappings(t)
	c := wire.NewDataClient(wire.DataOptions{})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for range kills / 2 {
				line, kill := victim(t, "owner")
				address, failed, _ := strings.Cut(line, " ")
				if failed != "<nil>" {
					t.Error(line)
				}
				ended := make(chan error)
				go func() {
					for {
						if err := read(t.Context(), c, address); err != nil {
							ended <- err
							return
						}
					}
				}()
				time.Sleep(time.Duration(rand.IntN(10_000)) * time.Microsecond)
				kill()
				if err := <-ended; !errors.Is(err, wire.ErrPeer) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if c.Mapped() == 0 {
		t.Error("nothing was read where it lies")
	}
	c.Close()
	nothingLeft(t, fds, maps)
}
