package wire

import (
	"context"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// TestStale: what is entered stays until it is read again, or until others that were
// read later are too much beside it; then its connection is told, once.
func TestStale(t *testing.T) {
	const pages = 40
	rapid.Check(t, func(rt *rapid.T) {
		s := &stale{most: 20 * sharePage}
		cs := []*shareConn{}
		for range 2 {
			cs = append(cs, &shareConn{memory: make([]byte, pages*sharePage), wake: make(chan struct{}, 1)})
		}
		type page struct {
			of *shareConn
			n  int64
		}
		mapped := map[page]bool{} // not read, and not dropped
		each := func(p stalePart, f func(page)) {
			for n := p.at / sharePage; n < p.end/sharePage; n++ {
				f(page{p.of, n})
			}
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			at, size := rapid.Int64Range(0, pages*sharePage-1).Draw(rt, "at"), rapid.Int64Range(1, 8*sharePage).Draw(rt, "size")
			p := pagesOf(rapid.SampledFrom(cs).Draw(rt, "file"), at, size)
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0:
				there := int64(0)
				each(p, func(x page) {
					if mapped[x] {
						there += sharePage
					}
					delete(mapped, x)
				})
				if got := s.reread(p); got != there {
					rt.Fatalf("%d bytes of %v were there, want %d", got, p, there)
				}
			case 1:
				s.limit(rapid.Int64Range(0, 30).Draw(rt, "most") * sharePage)
			default:
				each(p, func(x page) { mapped[x] = true })
				s.unread(p)
			}
			for _, c := range cs {
				for _, d := range c.drops {
					each(d, func(x page) {
						if !mapped[x] {
							rt.Fatalf("page %d is dropped, but was not there", x.n)
						}
						delete(mapped, x)
					})
				}
				c.drops = nil
			}
			if s.bytes != int64(len(mapped))*sharePage || s.bytes > s.most {
				rt.Fatalf("%d bytes of %d at most, want %d pages", s.bytes, s.most, len(mapped))
			}
			for _, q := range s.parts {
				each(q, func(x page) {
					if !mapped[x] {
						rt.Fatalf("page %d is kept, but was not unread", x.n)
					}
				})
			}
		}
		s.forget(cs[0])
		s.forget(cs[1])
		if s.bytes != 0 || len(s.parts) != 0 {
			rt.Fatalf("in the end there are %d bytes: %v", s.bytes, s.parts)
		}
	})
}

// TestWhatWasReadStaysMapped, up to DataOptions.Stale; and what is to be read is
// mapped before the reader comes to it.
func TestWhatWasReadStaysMapped(t *testing.T) {
	const large = 3 * aheadFrom
	s, mem, address, _ := shareShelf(t)
	for task := range 2 {
		b, err := kernels.NewBlock(mem, kernels.Uint8, large)
		if err != nil {
			t.Fatal(err)
		}
		clear(kernels.Data[uint8](b))
		s.put(graph.TaskID(1+task), b)
	}
	c := NewDataClient(DataOptions{Stale: large + sharePage})
	t.Cleanup(c.Close)
	read := func(task int) []byte {
		as, err := c.Fetch(context.Background(), address, []Item{{1 + graph.TaskID(task), -1}}, kernels.DefaultAllocator())
		if err != nil || as[0].Err != nil {
			t.Fatal(err, as[0].Err)
		}
		defer as[0].Value.Release()
		xs := kernels.Data[uint8](as[0].Value.(*kernels.Block))
		waitFor(t, "all of it is mapped", func() bool { return mappedOf(t, xs) == large })
		return xs
	}
	first := read(0)
	if n := mappedOf(t, first); n != large {
		t.Errorf("%d bytes of %d are mapped after they were read", n, large)
	}
	second := read(1)
	waitFor(t, "the first is not mapped any more", func() bool { return mappedOf(t, first) <= 2*int(sharePage) })
	if n := mappedOf(t, second); n != large {
		t.Errorf("%d bytes of %d are mapped after they were read later", n, large)
	}
	c.SetStale(1)
	waitFor(t, "nothing is mapped any more", func() bool { return mappedOf(t, second) <= 2*int(sharePage) })
}

// mappedOf is how many bytes of b are in the page tables of this process.
func mappedOf(t *testing.T, b []byte) (n int) {
	t.Helper()
	pagemap, err := unix.Open("/proc/self/pagemap", unix.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pagemap)
	page := int(sharePage)
	entries := make([]byte, 8*(len(b)/page))
	if _, err := unix.Pread(pagemap, entries, int64(addressOf(b))/sharePage*8); err != nil {
		t.Fatal(err)
	}
	for i := 7; i < len(entries); i += 8 {
		if entries[i]&0x80 != 0 {
			n += page
		}
	}
	return n
}
