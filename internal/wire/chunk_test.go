package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func clientWith(t testing.TB, o DataOptions) *DataClient {
	o.Remote = true
	c := NewDataClient(o)
	t.Cleanup(c.Close)
	return c
}

// slowLink tells a client that the link is slower than any packing.
func slowLink(t testing.TB, c *DataClient, address string) {
	cc, err := c.conns.get(address)
	if err != nil {
		t.Fatal(err)
	}
	cc.link.rate.Store(1)
	c.conns.done(cc)
}

// TestChunksAreThePayload: the chunks of memory in pieces are the payload, cut.
func TestChunksAreThePayload(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var of [][]byte
		for range rapid.IntRange(0, 6).Draw(t, "pieces") {
			p := make([]byte, rapid.SampledFrom([]int{0, 1, 63, chunkSize - 1, chunkSize, chunkSize + 5, 3 * chunkSize}).Draw(t, "size"))
			for i := range p {
				p[i] = byte(i*31 + len(of))
			}
			of = append(of, p)
		}
		m := newMemories(of)
		var got []byte
		for n := range m.chunks() {
			ps := m.chunk(n, nil)
			if size := total(ps); size != chunkSize && n != m.chunks()-1 || size == 0 {
				t.Fatalf("chunk %d has %d bytes", n, size)
			}
			got = append(got, bytes.Join(ps, nil)...)
		}
		if !bytes.Equal(got, bytes.Join(of, nil)) {
			t.Fatal("the chunks are not the payload")
		}
	})
}

// TestChunkedValuesTravel: any value is what it was, however it comes.
func TestChunkedValuesTravel(t *testing.T) {
	s, address, _ := serveShelf(t)
	mem := kerneltest.Alloc(t)
	var clients []*DataClient
	for _, pack := range []Packing{Unpacked, LZ4, Zstd} {
		for _, sums := range []bool{false, true} {
			c := clientWith(t, DataOptions{Checksums: sums, Pack: pack})
			slowLink(t, c, address)
			clients = append(clients, c)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, s.mem, 2)
		s.mu.Lock()
		if old := s.has[1]; old != nil {
			old.Release()
		}
		s.has[1] = v
		s.mu.Unlock()
		c := clients[rapid.IntRange(0, len(clients)-1).Draw(t, "client")]
		as, err := c.Fetch(context.Background(), address, []Item{{1, -1}, {2, -1}, {1, -1}}, mem)
		if err != nil {
			t.Fatal(err)
		}
		if !errors.Is(as[1].Err, ErrAbsent) {
			t.Fatalf("absent: %v", as[1])
		}
		for _, i := range []int{0, 2} {
			if err := equalValues(v, as[i].Value); err != nil {
				t.Fatal(err)
			}
			as[i].Value.Release()
		}
	})
}

// large is a list of a block and bytes, over several chunks.
func large(t testing.TB, mem kernels.Allocator) graph.List {
	raw := make(graph.Raw, 7<<20+13)
	for i := range raw {
		raw[i] = byte(i >> 8)
	}
	return graph.List{block(t, mem, 9<<20/8+3), raw, graph.Raw{}}
}

// TestLargeValuesComeOverSeveralConnections: they are what they were, and so many
// connections brought them, which are kept.
func TestLargeValuesComeOverSeveralConnections(t *testing.T) {
	for _, streams := range []int{0, 1, 2, 4} { // 0: gRPC's alone
		for _, pack := range []Packing{Unpacked, LZ4, Zstd} {
			t.Run(fmt.Sprint(streams, pack), func(t *testing.T) {
				s, address, _ := serveShelf(t)
				v := large(t, s.mem)
				s.has[1] = v
				mem := kerneltest.Alloc(t)
				c := clientWith(t, DataOptions{Streams: streams, noSides: streams == 0, Checksums: streams == 2, Pack: pack})
				for range 2 {
					slowLink(t, c, address)
					as, err := c.Fetch(context.Background(), address, []Item{{1, -1}, {1, 1}}, mem)
					if err != nil {
						t.Fatal(err)
					}
					err = errors.Join(equalValues(v, as[0].Value), equalValues(v[1], as[1].Value))
					as[0].Value.Release()
					as[1].Value.Release()
					if err != nil {
						t.Fatal(err)
					}
				}
				if n := len(c.sides.idle[address]); n > streams || n == 0 && streams > 0 { // who is slow may find nothing left to bring
					t.Errorf("%d connections, of %d", n, streams)
				}
				if got := c.Fetched(); pack != Unpacked && got > 27<<20 || pack == Unpacked && got < 46<<20 {
					t.Errorf("%v: %d bytes came for %d", pack, got, 2*23<<20)
				}
			})
		}
	}
}

// TestNothingIsPackedForThisHost, nor before the link is known, nor if it is
// faster than packing.
func TestNothingIsPackedForThisHost(t *testing.T) {
	s, address, _ := serveShelf(t)
	s.has[1] = make(graph.Raw, 3<<20)
	fetch := func(c *DataClient) int64 {
		before := c.Fetched()
		if _, err := c.Fetch(context.Background(), address, []Item{{1, -1}}, kerneltest.Alloc(t)); err != nil {
			t.Fatal(err)
		}
		return c.Fetched() - before
	}
	far := clientWith(t, DataOptions{Pack: LZ4})
	if n := fetch(far); n < 3<<20 {
		t.Errorf("over a link not known, %d bytes came", n)
	}
	cc := far.conns.at[address]
	if cc.link.rate.Load() == 0 {
		t.Error("the link was not measured")
	}
	cc.link.rate.Store(1 << 49)
	if n := fetch(far); n < 2<<20 {
		t.Errorf("over a link faster than packing, %d bytes came", n)
	}
	cc.link.rate.Store(1)
	if n := fetch(far); n > 1<<20 {
		t.Errorf("over a slow link, %d bytes came of zeros", n)
	}
	near := NewDataClient(DataOptions{Pack: LZ4})
	defer near.Close()
	if want := near.wants(&dataConn{address: address}); want.packs() {
		t.Errorf("of a holder on this host a reader wants %+v", want)
	}
}

// TestRandomBytesAreNotPacked: the first chunk shows that it is not worth it.
func TestRandomBytesAreNotPacked(t *testing.T) {
	var p packer
	p.init(wants{pack: LZ4, link: 1})
	noise := make([]byte, chunkSize)
	for i, x := 0, uint64(1); i < len(noise); i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		noise[i] = byte(x)
	}
	if got := p.pack([][]byte{noise}); got != nil || !p.off.Load() {
		t.Errorf("noise was packed into %d bytes; given up: %t", len(got), p.off.Load())
	}
}

// A spoiler is a way to a holder, which changes one byte of what it sends.
type spoiler struct {
	l      net.Listener
	to     string
	after  int64 // bytes, over all connections
	passed atomic.Int64
}

func spoil(t testing.TB, to string, after int64) *spoiler {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &spoiler{l: l, to: to, after: after}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.serve()
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return p
}

func (p *spoiler) serve() {
	for {
		near, err := p.l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.to)
		if err != nil {
			near.Close()
			continue
		}
		go func() {
			io.Copy(far, near)
			far.Close()
		}()
		go func() {
			defer near.Close()
			p.copy(near, far)
		}()
	}
}

func (p *spoiler) copy(to io.Writer, from io.Reader) {
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if at := p.after - p.passed.Add(int64(n)) + int64(n); at >= 0 && at < int64(n) {
			b[at] ^= 0x10
		}
		if _, bad := to.Write(b[:n]); bad != nil || err != nil {
			return
		}
	}
}

// TestDamageIsFound: a byte that changes on its way is an error that says which
// value and whose; the values behind it come, and so does it the next time.
func TestDamageIsFound(t *testing.T) {
	s, address, _ := serveShelf(t)
	s.has[1], s.has[2] = block(t, s.mem, 6<<20/8), graph.Raw("behind it")
	for _, o := range []DataOptions{{noSides: true}, {Streams: 1}, {Streams: 2}} {
		p := spoil(t, address, 3<<20)
		o.Checksums = true
		c := clientWith(t, o)
		mem := kerneltest.Alloc(t)
		items := []Item{{1, -1}, {2, -1}}
		as, err := c.Fetch(context.Background(), p.l.Addr().String(), items, mem)
		if err != nil || !errors.Is(as[0].Err, ErrDamaged) || as[0].Value != nil {
			t.Fatalf("error %v, answer %+v", err, as[0])
		}
		if text := as[0].Err.Error(); !strings.Contains(text, p.l.Addr().String()) || !strings.Contains(text, items[0].String()) {
			t.Errorf("error %q does not say whose and what", text)
		}
		if got, is := as[1].Value.(graph.Raw); !is || string(got) != "behind it" {
			t.Errorf("the value behind is %+v", as[1])
		}
		as, err = c.Fetch(context.Background(), p.l.Addr().String(), items[:1], mem)
		if err != nil || as[0].Err != nil {
			t.Fatalf("again: error %v, answer %+v", err, as[0])
		}
		if err := equalValues(s.has[1], as[0].Value); err != nil {
			t.Error(err)
		}
		as[0].Value.Release()
	}
}
