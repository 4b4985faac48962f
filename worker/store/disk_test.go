//go:build unix

package store

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"github.com/ashlar-go/ashlar/worker/store/spill"
)

// blocks is the Codec of blocks of bytes.
type blocks struct{}

func (blocks) Encode(_ kernels.Allocator, v graph.Value) ([]byte, [][]byte, func(), error) {
	b, ok := v.(*kernels.Block)
	if !ok {
		return nil, nil, nil, errors.New("no block")
	}
	return []byte("block"), [][]byte{kernels.Payload(b)}, func() {}, nil
}

func (blocks) Over(meta, payload []byte, _ kernels.Allocator, done func()) (graph.Value, error) {
	if string(meta) != "block" {
		done()
		return nil, errors.New("no block")
	}
	buf := memory.NewBufferWithAllocator(payload, onFree(done))
	defer buf.Release()
	return kernels.FromBuffer(buf, kernels.Uint8, len(payload))
}

type onFree func()

func (onFree) Allocate(int) []byte           { panic("read only") }
func (onFree) Reallocate(int, []byte) []byte { panic("read only") }
func (f onFree) Free([]byte)                 { f() }

func withDisk(t testing.TB, limit int64) *Store {
	t.Helper()
	f, err := spill.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Memory: kerneltest.Alloc(t), Limit: limit, Disk: f, Codec: blocks{}})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if n := s.OnDisk(); n != 0 {
			t.Errorf("%d bytes are left on disk", n)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// filled returns a block of n bytes b.
func filled(t testing.TB, mem kernels.Allocator, n int, b byte) *kernels.Block {
	x := zeros(t, mem, n)
	for i := range kernels.Payload(x) {
		kernels.Payload(x)[i] = b
	}
	return x
}

func TestSpillAndReadBack(t *testing.T) { spillAndReadBack(t, withDisk(t, 0)) }

// TestSpillPackedAndReadBack: the same, but what is read is memory.
func TestSpillPackedAndReadBack(t *testing.T) {
	s := withDisk(t, 0)
	s.disk.Pack = true
	spillAndReadBack(t, s)
	if own, disk, _ := s.Lies(); own != 0 || disk != 0 {
		t.Errorf("%d bytes are in use, and %d on disk", own, disk)
	}
}

func spillAndReadBack(t *testing.T, s *Store) {
	t.Helper()
	it := Item{1, -1}
	s.Put(it, filled(t, s.Allocator(Strict), 1000, 7))
	n, _, err := s.Spill(it)
	if err != nil || n != 1000 {
		t.Fatal(n, err)
	}
	managed(t, s, 0)
	if s.OnDisk() < 1000 {
		t.Errorf("%d bytes are on disk", s.OnDisk())
	}
	if _, _, err := s.Spill(it); !errors.Is(err, ErrAbsent) {
		t.Errorf("spilled twice: %v", err)
	}
	for range 2 {
		v, err := s.Get(it)
		if err != nil {
			t.Fatal(err)
		}
		managed(t, s, 1000)
		if !bytes.Equal(kernels.Payload(v.(*kernels.Block)), bytes.Repeat([]byte{7}, 1000)) {
			t.Error("other bytes came back")
		}
		v.Release()
		managed(t, s, 0)
	}
	v, err := s.Get(it)
	if err != nil {
		t.Fatal(err)
	}
	s.Drop(it)
	if _, err := s.Get(it); !errors.Is(err, ErrAbsent) {
		t.Errorf("a dropped value: %v", err)
	}
	if kernels.Payload(v.(*kernels.Block))[999] != 7 {
		t.Error("a reader lost what it reads")
	}
	v.Release()
}

func TestWhatCannotBeSpilledStays(t *testing.T) {
	s := withDisk(t, 0)
	s.Put(Item{1, -1}, graph.Raw("no block"))
	if _, _, err := s.Spill(Item{1, -1}); err == nil || errors.Is(err, ErrAbsent) {
		t.Errorf("error %v", err)
	}
	if v, err := s.Get(Item{1, -1}); err != nil || string(v.(graph.Raw)) != "no block" {
		t.Error(v, err)
	}
	none := New(Options{})
	if _, _, err := none.Spill(Item{1, -1}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("without a disk: %v", err)
	}
}

// TestSpillBesideEverything: values are put, spilled, read and dropped at once;
// what is read is what was put, and nothing is left.
func TestSpillBesideEverything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := withDisk(t, 0)
		mem := s.Allocator(Strict)
		var all sync.WaitGroup
		for range 4 {
			ops := rapid.SliceOfN(rapid.IntRange(0, 15), 20, 60).Draw(rt, "ops")
			all.Add(1)
			go func() {
				defer all.Done()
				for _, op := range ops {
					it := Item{graph.TaskID(op % 4), -1}
					switch op / 4 {
					case 0:
						s.Put(it, filled(t, mem, 100, byte(it.Task)))
					case 1:
						if _, _, err := s.Spill(it); err != nil && !errors.Is(err, ErrAbsent) {
							t.Error(err)
						}
					case 2:
						s.Drop(it)
					default:
						if v, err := s.Get(it); err == nil {
							if kernels.Payload(v.(*kernels.Block))[99] != byte(it.Task) {
								t.Error("other bytes")
							}
							v.Release()
						} else if !errors.Is(err, ErrAbsent) {
							t.Error(err)
						}
					}
				}
			}()
		}
		all.Wait()
		s.Clear()
		if s.Managed() != 0 || s.OnDisk() != 0 {
			t.Errorf("%d bytes of memory and %d of disk are left", s.Managed(), s.OnDisk())
		}
	})
}

// TestReadersOfDiskShare: who reads a value on disk at the same time as others
// reads the same memory, which counts once, until the last is done.
func TestReadersOfDiskShare(t *testing.T) {
	for _, pack := range []bool{false, true} {
		s := withDisk(t, 0)
		s.disk.Pack = pack
		it := Item{1, -1}
		s.Put(it, filled(t, s.Allocator(Strict), 100_000, 7))
		if _, _, err := s.Spill(it); err != nil {
			t.Fatal(err)
		}
		managed(t, s, 0)
		for range 2 { // again when it was let go
			var read []graph.Value
			for range 3 {
				v, err := s.Get(it)
				if err != nil {
					t.Fatal(err)
				}
				read = append(read, v)
				managed(t, s, 100_000)
			}
			for i, v := range read {
				if b := kernels.Payload(v.(*kernels.Block)); len(b) != 100_000 || b[i] != 7 {
					t.Errorf("reader %d has %d bytes", i, len(b))
				}
				v.Release()
			}
			managed(t, s, 0)
		}
	}
}
