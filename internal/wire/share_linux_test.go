package wire

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A tape is shared memory that is given once and never again.
type tape struct {
	f      *os.File
	memory []byte
	used   atomic.Int64
	live   atomic.Int64
}

func newTape(t testing.TB, size int64) *tape {
	t.Helper()
	fd, err := unix.MemfdCreate("test", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "tape")
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK); err != nil {
		t.Fatal(err)
	}
	m, err := unix.Mmap(fd, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_NORESERVE)
	if err != nil {
		t.Fatal(err)
	}
	tp := &tape{f: f, memory: m}
	t.Cleanup(func() {
		if n := tp.live.Load(); n != 0 {
			t.Errorf("%d pieces of shared memory are still in use", n)
		}
		unix.Munmap(m)
		f.Close()
	})
	return tp
}

func (p *tape) File() (*os.File, int64) { return p.f, int64(len(p.memory)) }

func (p *tape) Locate(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	at := int64(addressOf(b) - addressOf(p.memory))
	return at, at >= 0 && at <= int64(len(p.memory)-len(b))
}

func (p *tape) Allocate(n int) []byte {
	if n > 0 {
		p.live.Add(1)
	}
	end := p.used.Add(int64(n+kernels.Alignment-1) &^ (kernels.Alignment - 1))
	at := end - int64(n+kernels.Alignment-1)&^(kernels.Alignment-1)
	return p.memory[at : at+int64(n) : at+int64(n)]
}

func (p *tape) Reallocate(n int, b []byte) []byte {
	if n <= len(b) && n > 0 {
		return b[:n]
	}
	c := p.Allocate(n)
	copy(c, b)
	p.Free(b)
	return c
}

func (p *tape) Free(b []byte) {
	if cap(b) > 0 {
		p.live.Add(-1)
	}
}

// shareShelf serves a shelf whose memory is shared, to clients of this process
// as if they were others.
func shareShelf(t testing.TB) (*shelf, *tape, string, *DataServer) {
	t.Helper()
	mem := newTape(t, 8<<30)
	s, address, d := serveShelf(t)
	s.mem = mem
	if err := d.Share(mem); err != nil {
		t.Fatal(err)
	}
	d.remove()
	return s, mem, address, d
}

func (s *shelf) put(task graph.TaskID, v graph.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.has[task]; old != nil {
		old.Release()
	}
	s.has[task] = v
}

func sharingClient(t testing.TB) *DataClient {
	t.Helper()
	c := NewDataClient(DataOptions{})
	t.Cleanup(c.Close)
	return c
}

func TestValuesAreReadWhereTheyLie(t *testing.T) {
	s, mem, address, d := shareShelf(t)
	c := sharingClient(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, mem, 2)
		s.put(1, v)
		out, err := c.Fetch(context.Background(), address, []Item{{1, -1}}, mem)
		if err != nil || out[0].Err != nil {
			t.Fatal(err, out[0].Err)
		}
		defer out[0].Value.Release()
		if err := equalValues(v, out[0].Value); err != nil {
			t.Fatal(err)
		}
	})
	if c.Fetched() != 0 || c.Mapped() == 0 || c.Mapped() != d.Lent() {
		t.Errorf("%d bytes came over the network, %d were mapped, %d lent", c.Fetched(), c.Mapped(), d.Lent())
	}
}

func TestNothingIsCopied(t *testing.T) {
	s, mem, address, _ := shareShelf(t)
	c := sharingClient(t)
	b, err := kernels.Zeros(mem, kernels.Float64, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	s.put(1, b)
	pieces := mem.live.Load()
	out, err := c.Fetch(context.Background(), address, []Item{{1, -1}}, mem)
	if err != nil {
		t.Fatal(err)
	}
	got := out[0].Value.(*kernels.Block)
	if mem.live.Load() != pieces {
		t.Error("memory was allocated")
	}
	kernels.Payload(b)[77] = 5 // nobody does this; it shows that it is the same memory
	if kernels.Payload(got)[77] != 5 {
		t.Error("the reader sees other memory")
	}
	got.Release()
}

// TestLeases: a value that its holder drops stays until its readers are done.
func TestLeases(t *testing.T) {
	s, mem, address, _ := shareShelf(t)
	c := sharingClient(t)
	s.put(1, block(t, mem, 1000))
	fetch := func() graph.Value {
		out, err := c.Fetch(context.Background(), address, []Item{{1, -1}, {2, -1}}, mem)
		if err != nil || out[0].Err != nil || !errors.Is(out[1].Err, ErrAbsent) {
			t.Fatal(err, out)
		}
		return out[0].Value
	}
	one, two := fetch(), fetch()
	s.mu.Lock()
	s.has[1].Release()
	delete(s.has, 1)
	s.mu.Unlock()
	one.Release()
	time.Sleep(20 * time.Millisecond)
	if mem.live.Load() != 1 {
		t.Error("the value is gone while it is read")
	}
	two.Release()
	waitFor(t, "the last lease ends", func() bool { return mem.live.Load() == 0 })
}

func waitFor(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not happen that %s", what)
		}
	}
}

// TestReaderOutlivesHolder: what was handed over stays readable, by whoever
// closes first.
func TestReaderOutlivesHolder(t *testing.T) {
	s, mem, address, d := shareShelf(t)
	c := NewDataClient(DataOptions{})
	v := block(t, mem, 1000)
	v.Retain()
	defer v.Release()
	s.put(1, v)
	out, err := c.Fetch(context.Background(), address, []Item{{1, -1}}, mem)
	if err != nil {
		t.Fatal(err)
	}
	d.share.stop()
	c.Close()
	if err := equalValues(v, out[0].Value); err != nil {
		t.Error(err)
	}
	out[0].Value.Release()
}

// TestLeasesEndWithTheSocket: a reader that dies keeps nothing.
func TestLeasesEndWithTheSocket(t *testing.T) {
	s, mem, address, _ := shareShelf(t)
	s.put(1, block(t, mem, 1000))
	r, w, _ := shareRaw(t, address)
	if err := writeFrame(w, (&shareRequest{id: 1, items: []Item{{1, -1}}}).frame()); err != nil {
		t.Fatal(err)
	}
	if _, err := readFrame(r, nil); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.has[1].Release()
	delete(s.has, 1)
	s.mu.Unlock()
	if mem.live.Load() != 1 {
		t.Error("the value is gone while it is read")
	}
	w.Close()
	waitFor(t, "the lease ends", func() bool { return mem.live.Load() == 0 })
}

func shareRaw(t testing.TB, address string) (r, w *net.UnixConn, memory []byte) {
	t.Helper()
	c, memory, err := shareConnect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); shareUnmap(memory) })
	return c, c, memory
}

// TestOtherMemoryTravels: what is not in the file comes over the network, in
// one fetch with what is.
func TestOtherMemoryTravels(t *testing.T) {
	s, mem, address, _ := shareShelf(t)
	c := sharingClient(t)
	elsewhere, err := kernels.FromSlice(make([]float64, 1<<17))
	if err != nil {
		t.Fatal(err)
	}
	s.put(1, block(t, mem, 1000))
	s.put(2, elsewhere)
	s.put(3, graph.Raw("short"))
	out, err := c.Fetch(context.Background(), address, []Item{{1, -1}, {2, -1}, {3, -1}, {4, -1}}, mem)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if out[i].Err != nil {
			t.Fatal(i, out[i].Err)
		}
		if err := equalValues(s.has[graph.TaskID(i+1)], out[i].Value); err != nil {
			t.Error(err)
		}
		out[i].Value.Release()
	}
	if !errors.Is(out[3].Err, ErrAbsent) || c.Fetched() < 1<<20 {
		t.Errorf("%v; %d bytes came over the network", out[3].Err, c.Fetched())
	}
}

// TestManyItems go in several requests.
func TestManyItems(t *testing.T) {
	s, mem, address, _ := shareShelf(t)
	c := sharingClient(t)
	s.put(1, graph.Raw("x"))
	items := make([]Item, 2*maxShareItems+5)
	for i := range items {
		items[i] = Item{1, -1}
	}
	out, err := c.Fetch(context.Background(), address, items, mem)
	if err != nil {
		t.Fatal(err)
	}
	for i := range out {
		if v, ok := out[i].Value.(graph.Raw); !ok || string(v) != "x" {
			t.Fatalf("item %d: %v", i, out[i])
		}
	}
}

// TestMalformedRequestsEndTheConnection, and only that.
func TestMalformedRequestsEndTheConnection(t *testing.T) {
	s, mem, address, _ := shareShelf(t)
	s.put(1, block(t, mem, 10))
	for _, frame := range [][]byte{{9}, {shareFetch}, {shareFetch, 1, 255, 255, 255}, {shareReturns, 1}, {shareFetch, 1, 0, 0}} {
		r, w, _ := shareRaw(t, address)
		if err := writeFrame(w, append([]byte{0, 0, 0, 0}, frame...)); err != nil {
			t.Fatal(err)
		}
		if _, err := readFrame(r, nil); err == nil {
			t.Errorf("%v was answered", frame)
		}
	}
	out, err := sharingClient(t).Fetch(context.Background(), address, []Item{{1, -1}}, mem)
	if err != nil {
		t.Fatal(err)
	}
	out[0].Value.Release()
}

func FuzzShareRequest(f *testing.F) {
	f.Add((&shareRequest{id: 3, items: []Item{{1, -1}, {1 << 40, 7}}}).frame()[4:])
	f.Add((&shareRequest{returns: []uint64{1, 1 << 60}}).frame()[4:])
	f.Fuzz(func(t *testing.T, frame []byte) {
		if len(frame) == 0 {
			return
		}
		if q, err := readShareRequest(frame); err == nil && len(q.items) > maxShareItems {
			t.Errorf("%d items", len(q.items))
		}
	})
}

// FuzzShareAnswer builds values from what a holder might say of a small file.
func FuzzShareAnswer(f *testing.F) {
	mem := newTape(f, 1<<20)
	clear(mem.memory)
	v := block(f, mem, 100)
	for _, v := range []graph.Value{v, graph.Raw("raw"), graph.List{v, v}} {
		e, err := encode(mem, v)
		if err != nil {
			f.Fatal(err)
		}
		a := &shareAnswer{id: 1, code: answerValue, lease: 1, meta: e.meta}
		for _, seg := range e.segs {
			p := sharePiece{size: len(seg), inline: seg}
			if at, ok := mem.Locate(seg); ok {
				p.at, p.inline = at, nil
			}
			a.pieces = append(a.pieces, p)
		}
		f.Add(bytes.Clone(a.frame(nil)[4:]))
		e.release()
	}
	v.Release()
	f.Fuzz(func(t *testing.T, frame []byte) {
		if len(frame) == 0 {
			return
		}
		a, err := readShareAnswer(frame, int64(len(mem.memory)))
		if err != nil || a.code != answerValue {
			return
		}
		c := &shareConn{stale: &stale{}, memory: mem.memory, wake: make(chan struct{}, 1), leases: 1}
		v, err := c.valueOf(a, 1<<16, kernels.DefaultAllocator())
		if err == nil {
			v.Bytes()
			v.Release()
		}
		if c.leases != 0 {
			t.Errorf("%d leases are left (%v)", c.leases, err)
		}
	})
}

func addressOf(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
