package store

import (
	"errors"
	"fmt"
	"sync"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker/store/spill"
)

// ErrAbsent: the store does not have the value.
var ErrAbsent = errors.New("store: the value is not here")

// ErrBusy: too much is being read for others; ask again later.
var ErrBusy = errors.New("store: too many values on disk are being read")

// A Codec turns values into bytes and back.
type Codec interface {
	// Encode returns a description of v and its memory in pieces, which are
	// good until done is called. What has to be copied lies in memory from mem.
	Encode(mem kernels.Allocator, v graph.Value) (meta []byte, pieces [][]byte, done func(), err error)
	// Over returns the value that meta describes over the pieces, end to end,
	// which it only reads. It calls done when nothing of the value is in use
	// any more, or before it returns an error.
	Over(meta, payload []byte, mem kernels.Allocator, done func()) (graph.Value, error)
}

// A spilled value is on disk. Who reads it at a time reads the same memory.
type spilled struct {
	meta   []byte
	extent *spill.Extent

	mu      sync.Mutex
	readers int
	bytes   []byte // what they read
	shut    func() // ends that
}

// Spill moves a value to disk and returns how many bytes it takes in memory when
// it is read there, once for all who do at a time; readers that still have it in
// memory keep it there as well. A value that is not here,
// or on disk already, is an error that wraps ErrAbsent. If the disk is full, or
// fails, the value stays where it is and the error says why.
func (s *Store) Spill(it Item) (int64, error) {
	if s.disk == nil {
		return 0, fmt.Errorf("store: spilling: %w: there is no disk", errors.ErrUnsupported)
	}
	s.mu.Lock()
	e := s.entry(it)
	if e == nil || e.value == nil {
		s.mu.Unlock()
		return 0, ErrAbsent
	}
	e.value.Retain()
	s.mu.Unlock()
	defer e.value.Release()
	meta, pieces, done, err := s.codec.Encode(s.Allocator(Promised), e.value)
	if err != nil {
		return 0, fmt.Errorf("store: spilling: %w", err)
	}
	defer done()
	x, err := s.disk.Write(pieces...)
	if err != nil {
		return 0, err
	}
	return x.Bytes(), s.swap(it, e, &entry{disk: &spilled{meta: append([]byte(nil), meta...), extent: x}})
}

// swap puts an entry on disk in the place of one in memory, if that is still
// there.
func (s *Store) swap(it Item, old, now *entry) error {
	s.mu.Lock()
	if s.entry(it) != old {
		s.mu.Unlock()
		now.disk.extent.Release()
		return ErrAbsent
	}
	s.enter(it, now)
	s.removed(old)
	s.mu.Unlock()
	s.encoded.Add(-old.encoded)
	old.value.Release()
	s.room.freed()
	return nil
}

// ServedPart is the part of the room, as 1/ServedPart, that values on disk may
// take while they are read for others.
const ServedPart = 8

// Serve is [Store.Get] for a reader elsewhere. A value on disk is refused with
// ErrBusy while as much is being read for others as may be.
func (s *Store) Serve(it Item) (graph.Value, error) { return s.get(it, true) }

// serve counts n bytes that are read for others, if they may be.
func (s *Store) serve(n int64) bool {
	if now := s.served.Add(n); s.limit > 0 && now > n && now > s.space.Load()/ServedPart {
		s.served.Add(-n)
		return false
	}
	return true
}

// read maps a value back. What is mapped counts as managed until it is released.
func (s *Store) read(d *spilled, forOthers bool) (graph.Value, error) {
	defer d.extent.Release()
	if forOthers {
		if !s.serve(d.extent.Bytes()) {
			return nil, ErrBusy
		}
		return s.mapBack(d, func() { s.served.Add(-d.extent.Bytes()) })
	}
	return s.mapBack(d, func() {})
}

func (s *Store) mapBack(d *spilled, done func()) (graph.Value, error) {
	b, err := s.open(d)
	if err != nil {
		done()
		return nil, err
	}
	return s.codec.Over(d.meta, b, s.Allocator(Promised), func() {
		d.close()
		done()
		s.room.freed()
	})
}

// open returns the bytes of d, until as many calls of close.
func (s *Store) open(d *spilled) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.readers == 0 {
		read := s.mapExtent
		if d.extent.Packed() {
			read = s.unpack
		}
		var err error
		if d.bytes, d.shut, err = read(d.extent); err != nil {
			return nil, err
		}
	}
	d.readers++
	return d.bytes, nil
}

func (d *spilled) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.readers--; d.readers == 0 {
		d.shut()
		d.bytes, d.shut = nil, nil
	}
}

func (s *Store) mapExtent(x *spill.Extent) (b []byte, shut func(), err error) {
	b, unmap, err := x.Map()
	if err != nil {
		return nil, nil, err
	}
	n := int64(len(b))
	s.addMapped(n)
	return b, func() {
		unmap()
		s.addMapped(-n)
	}, nil
}

// unpack reads into memory what is packed on disk.
func (s *Store) unpack(x *spill.Extent) (b []byte, shut func(), err error) {
	mem := &counted{s: s, policy: Promised}
	if b = mem.AllocateDirty(int(x.Bytes())); b == nil {
		return nil, nil, fmt.Errorf("store: reading %d bytes back from disk: %w", x.Bytes(), graph.ErrMemory)
	}
	if err := x.Read(b); err != nil {
		mem.Free(b)
		return nil, nil, err
	}
	return b, func() { mem.Free(b) }, nil
}

// OnDisk returns how many bytes of disk values take.
func (s *Store) OnDisk() int64 {
	if s.disk == nil {
		return 0
	}
	return s.disk.Used()
}
