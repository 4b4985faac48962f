package wire

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// A strait is a way to a holder that carries so many bytes a second each way, and
// can damage one byte of what is brought to the holder.
type strait struct {
	l      net.Listener
	to     string
	rate   int64
	damage atomic.Int64 // after so many bytes; < 0: none
	up     atomic.Int64 // bytes that were brought to the holder
}

func newStrait(t testing.TB, to string, rate int64) *strait {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &strait{l: l, to: to, rate: rate}
	s.damage.Store(-1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.serve()
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return s
}

func (s *strait) address() string { return s.l.Addr().String() }

func (s *strait) serve() {
	for {
		near, err := s.l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", s.to)
		if err != nil {
			near.Close()
			continue
		}
		go s.carry(far, near, true)
		go s.carry(near, far, false)
	}
}

func (s *strait) carry(to, from net.Conn, up bool) {
	defer to.Close()
	b := make([]byte, 16<<10)
	for {
		start := time.Now()
		n, err := from.Read(b)
		if up && n > 0 {
			s.up.Add(int64(n))
			if at := s.damage.Add(-int64(n)) + int64(n); at >= 0 && at < int64(n) {
				b[at] ^= 0x40
			}
		}
		if _, bad := to.Write(b[:n]); bad != nil || err != nil {
			return
		}
		time.Sleep(time.Duration(float64(n)/float64(s.rate)*1e9) - time.Since(start)/8)
	}
}

// TestPackingEngagesByItself: over a link that is slower than packing, values are
// packed both ways once that is known; over loopback they never are.
func TestPackingEngagesByItself(t *testing.T) {
	s, address, _ := serveShelf(t)
	const size = 6 << 20
	s.has[1] = block(t, s.mem, size/8)
	slow := newStrait(t, address, 10<<20)
	for _, k := range []struct {
		name, address string
		packs         bool
	}{{"slow", slow.address(), true}, {"loopback", address, false}} {
		c, mem := clientWith(t, DataOptions{Pack: Auto}), kerneltest.Alloc(t)
		var came [3]int64
		for i := range came {
			before := c.Fetched()
			as, err := c.Fetch(context.Background(), k.address, []Item{{1, -1}}, mem)
			if err != nil || as[0].Err != nil {
				t.Fatal(err, as[0].Err)
			}
			if err := equalValues(s.has[1], as[0].Value); err != nil {
				t.Error(err)
			}
			as[0].Value.Release()
			came[i] = c.Fetched() - before
		}
		if !k.packs && c.conns.at[k.address].link.rate.Load() < 500<<20 {
			t.Logf("the machine is so busy that loopback is slow; %v bytes came", came)
			continue
		}
		if packed := came[2] < size*7/8; came[0] < size || packed != k.packs {
			t.Errorf("%s: of %d bytes there came %d, before the link was known, and then %d and %d", k.name, size, came[0], came[1], came[2])
		}
	}
	c := clientWith(t, DataOptions{Pack: Auto})
	var went [2]int64
	for i := range went {
		before := slow.up.Load()
		if err := c.Put(context.Background(), slow.address(), graph.TaskID(2+i), s.has[1]); err != nil {
			t.Fatal(err)
		}
		if err := equalValues(s.has[1], s.got(graph.TaskID(2+i))); err != nil {
			t.Error(err)
		}
		went[i] = slow.up.Load() - before
	}
	if went[0] < size || went[1] > size*7/8 {
		t.Errorf("of %d bytes %v went to the holder", size, went)
	}
}

func (s *shelf) got(task graph.TaskID) graph.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.has[task]
}

// TestAutoFollowsTheLink: what is waited for on a slow link is the link.
func TestAutoFollowsTheLink(t *testing.T) {
	for link, want := range map[int]Packing{10 << 20: Zstd, 200 << 20: LZ4} {
		if got := Auto.on(link); got != want {
			t.Errorf("at %d bytes a second: %v", link, got)
		}
	}
	if LZ4.on(1) != LZ4 || Unpacked.on(1) != Unpacked {
		t.Error("who asks for one packing gets another")
	}
}

// TestWhatIsBroughtDamagedIsBroughtAgain, with checksums.
func TestWhatIsBroughtDamagedIsBroughtAgain(t *testing.T) {
	s, address, _ := serveShelf(t)
	b := block(t, kerneltest.Alloc(t), 3<<20/8)
	defer b.Release()
	way := newStrait(t, address, 1<<40)
	c := clientWith(t, DataOptions{Checksums: true})
	for task, v := range map[graph.TaskID]graph.Value{9: b, 10: graph.Raw(make([]byte, 30000))} {
		way.damage.Store(-1)
		if err := c.Put(context.Background(), way.address(), 8, graph.Raw("the connection is there")); err != nil {
			t.Fatal(err)
		}
		way.damage.Store(20_000)
		if err := c.Put(context.Background(), way.address(), task, v); err != nil {
			t.Fatal(err)
		}
		if way.damage.Load() >= 0 {
			t.Error("nothing was damaged")
		}
		if err := equalValues(v, s.got(task)); err != nil {
			t.Error(err)
		}
	}
}
