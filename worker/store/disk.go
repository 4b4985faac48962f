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

// A spilled value is on disk. The parts of a list lie there side by side, and are
// read one by one.
type spilled struct {
	extent *spill.Extent
	list   bool
	leaves []*leaf // one, or the parts
}

// A leaf is what is read of a value on disk at once. Who reads it at a time reads
// the same memory.
type leaf struct {
	meta    []byte
	section *spill.Section

	mu      sync.Mutex
	readers int
	bytes   []byte // what they read
	shut    func() // ends that
}

// Spill moves a value to disk and returns how many bytes it takes in memory when
// it is read there, once for all who do at a time, and in how many parts; readers
// that still have it in memory keep it there as well. A value that is not here, or
// on disk already, is an error that wraps ErrAbsent. If the disk is full, or
// fails, the value stays where it is and the error says why.
func (s *Store) Spill(it Item) (bytes int64, parts int, err error) {
	if s.disk == nil {
		return 0, 0, fmt.Errorf("store: spilling: %w: there is no disk", errors.ErrUnsupported)
	}
	s.mu.Lock()
	e := s.entry(it)
	if e == nil || e.value == nil {
		s.mu.Unlock()
		return 0, 0, ErrAbsent
	}
	e.value.Retain()
	s.mu.Unlock()
	defer e.value.Release()
	d, err := s.write(e.value)
	if err != nil {
		return 0, 0, err
	}
	return d.extent.Bytes(), len(d.leaves), s.swap(it, e, &entry{disk: d})
}

// leastPart is how large the parts of a list are on average, in bytes, that are
// read from disk one by one: disks have blocks, and memory has pages.
const leastPart = 4 << 10

// write writes a value to disk.
func (s *Store) write(v graph.Value) (*spilled, error) {
	d := &spilled{}
	parts := graph.List{v}
	if l, ok := v.(graph.List); ok && len(l) > 0 && l.Bytes()/int64(len(l)) >= leastPart {
		d.list, parts = true, l
	}
	var sections [][][]byte
	for _, part := range parts {
		meta, pieces, done, err := s.codec.Encode(s.Allocator(Promised), part)
		if err != nil {
			return nil, fmt.Errorf("store: spilling: %w", err)
		}
		defer done()
		d.leaves = append(d.leaves, &leaf{meta: append([]byte(nil), meta...)})
		sections = append(sections, pieces)
	}
	var err error
	if d.extent, err = s.disk.WriteSections(sections...); err != nil {
		return nil, err
	}
	for i, l := range d.leaves {
		l.section = d.extent.Section(i)
	}
	return d, nil
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

// read maps a value back, or only one part of it, if part is not negative. What is
// mapped counts as managed until it is released.
func (s *Store) read(d *spilled, part int32, forOthers bool) (graph.Value, error) {
	leaves := d.leaves
	if d.list && part >= 0 {
		if int(part) >= len(leaves) {
			return nil, fmt.Errorf("%w: part %d of %d", ErrAbsent, part, len(leaves))
		}
		leaves = leaves[part : part+1]
	}
	if forOthers && !s.serve(bytesOf(leaves)) {
		return nil, ErrBusy
	}
	var read graph.List
	for i, l := range leaves {
		v, err := s.readLeaf(l, forOthers)
		if err != nil {
			if read.Release(); forOthers {
				s.served.Add(-bytesOf(leaves[i+1:]))
			}
			return nil, err
		}
		read = append(read, v)
	}
	switch {
	case d.list && part < 0:
		return read, nil
	case d.list || part < 0:
		return read[0], nil
	}
	defer read.Release()
	return partOf(read[0], part)
}

func bytesOf(leaves []*leaf) (n int64) {
	for _, l := range leaves {
		n += l.section.Bytes()
	}
	return n
}

// partOf returns a part of v with a reference for the caller.
func partOf(v graph.Value, i int32) (graph.Value, error) {
	part, err := graph.PartOf(v, i)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	part.Retain()
	return part, nil
}

// readLeaf maps a leaf. If it is for others, its bytes were counted as served.
func (s *Store) readLeaf(l *leaf, forOthers bool) (graph.Value, error) {
	done := func() {
		if forOthers {
			s.served.Add(-l.section.Bytes())
		}
	}
	b, err := s.open(l)
	if err != nil {
		done()
		return nil, err
	}
	return s.codec.Over(l.meta, b, s.Allocator(Promised), func() {
		l.close()
		done()
		s.room.freed()
	})
}

// open returns the bytes of l, until as many calls of close.
func (s *Store) open(l *leaf) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.readers == 0 {
		read := s.mapSection
		if l.section.Packed() {
			read = s.unpackSection
		}
		var err error
		if l.bytes, l.shut, err = read(l.section); err != nil {
			return nil, err
		}
	}
	l.readers++
	return l.bytes, nil
}

func (l *leaf) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.readers--; l.readers == 0 {
		l.shut()
		l.bytes, l.shut = nil, nil
	}
}

func (s *Store) mapSection(x *spill.Section) (b []byte, shut func(), err error) {
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

// unpackSection reads into memory what is packed on disk.
func (s *Store) unpackSection(x *spill.Section) (b []byte, shut func(), err error) {
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
