//go:build unix

package store

import (
	"errors"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// spilledList puts a list of blocks of those sizes, each of bytes of its number,
// and moves it to disk.
func spilledList(t *testing.T, s *Store, it Item, sizes ...int) {
	t.Helper()
	var list graph.List
	total := 0
	for i, n := range sizes {
		list = append(list, filled(t, s.Allocator(Strict), n, byte(i)))
		total += n
	}
	s.Put(it, list)
	bytes, _, err := s.Spill(it)
	if err != nil || bytes != int64(total) {
		t.Fatal(bytes, err)
	}
	managed(t, s, 0)
}

// isPart checks that v is part i of a spilledList, of n bytes.
func isPart(t *testing.T, v graph.Value, i, n int) {
	t.Helper()
	b := kernels.Payload(v.(*kernels.Block))
	if len(b) != n {
		t.Fatalf("part %d has %d bytes, not %d", i, len(b), n)
	}
	for _, x := range b {
		if x != byte(i) {
			t.Fatalf("part %d has bytes %d", i, x)
		}
	}
}

// TestPartsOfListsOnDisk: of a list on disk, parts are read one by one, and no more
// than these takes memory; all of it is the list again.
func TestPartsOfListsOnDisk(t *testing.T) {
	for _, pack := range []bool{false, true} {
		s := withDisk(t, 0)
		s.disk.Pack = pack
		it, sizes := Item{1, -1}, []int{5000, 1, 100_000, 0, 4097}
		spilledList(t, s, it, sizes...)
		for i, n := range sizes {
			v, err := s.Get(Item{1, int32(i)})
			if err != nil {
				t.Fatal(err)
			}
			managed(t, s, int64(n))
			isPart(t, v, i, n)
			v.Release()
		}
		managed(t, s, 0)
		for _, get := range []func(Item) (graph.Value, error){s.Get, s.Serve} {
			v, err := get(it)
			if err != nil {
				t.Fatal(err)
			}
			if list := v.(graph.List); len(list) != len(sizes) {
				t.Fatalf("%d parts", len(list))
			}
			for i, part := range v.(graph.List) {
				isPart(t, part, i, sizes[i])
			}
			v.Release()
			managed(t, s, 0)
		}
		if _, err := s.Get(Item{1, int32(len(sizes))}); !errors.Is(err, ErrAbsent) {
			t.Errorf("a part that is not there: %v", err)
		}
	}
}

// TestSmallPartsLieTogether: parts smaller than a page are read with their list.
func TestSmallPartsLieTogether(t *testing.T) {
	s := withDisk(t, 0)
	list := graph.List{graph.Raw("a"), graph.Raw("bc")}
	s.codec = raws{}
	s.Put(Item{1, -1}, list)
	if _, parts, err := s.Spill(Item{1, -1}); err != nil || parts != 1 {
		t.Fatal(parts, err)
	}
	v, err := s.Get(Item{1, 1})
	if err != nil || string(v.(graph.Raw)) != "bc" {
		t.Errorf("%v, %v", v, err)
	}
}

// raws is the Codec of lists of Raw, one byte of length before each.
type raws struct{}

func (raws) Encode(_ kernels.Allocator, v graph.Value) ([]byte, [][]byte, func(), error) {
	var out []byte
	for _, part := range v.(graph.List) {
		out = append(append(out, byte(len(part.(graph.Raw)))), part.(graph.Raw)...)
	}
	return []byte("raws"), [][]byte{out}, func() {}, nil
}

func (raws) Over(_, payload []byte, _ kernels.Allocator, done func()) (graph.Value, error) {
	defer done()
	var list graph.List
	for len(payload) > 0 {
		n := 1 + int(payload[0])
		list = append(list, graph.Raw(append([]byte(nil), payload[1:n]...)))
		payload = payload[n:]
	}
	return list, nil
}

// TestServedListsAreBounded: a list that is served counts as one reading, whole or
// in part, and what is beyond the bound is asked for again later.
func TestServedListsAreBounded(t *testing.T) {
	s := withDisk(t, 80_000) // so 10 000 may be read for others
	it := Item{1, -1}
	spilledList(t, s, it, 6000, 6000)
	whole, err := s.Serve(it) // the first is never too much
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Serve(Item{1, 0}); !errors.Is(err, ErrBusy) {
		t.Errorf("beside the whole list: %v", err)
	}
	whole.Release()
	part, err := s.Serve(Item{1, 0})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Serve(Item{1, 1}); !errors.Is(err, ErrBusy) {
		t.Errorf("beside the other part: %v", err)
	}
	part.Release()
	if v, err := s.Serve(Item{1, 1}); err != nil {
		t.Error(err)
	} else {
		v.Release()
	}
}
