package store

import (
	"cmp"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker/store/spill"
)

// ErrLeak: a store was closed while memory of it was in use.
var ErrLeak = errors.New("store: memory is still in use")

// An Item names a value: the whole result of a task, or one part of it.
type Item struct {
	Task graph.TaskID
	Part int32 // < 0: the whole value
}

// Options describe a store.
type Options struct {
	// Limit is how much memory results may take, in bytes; 0 is no limit. Room,
	// if not 0, is how much of it they take as long as there is a choice:
	// executions wait for others to free some, or for values to leave, before
	// they go beyond.
	Limit, Room int64
	// Memory gives the memory; default kernels.DefaultAllocator.
	Memory kernels.Allocator
	// Disk takes what [Store.Spill] moves out of memory, by Codec. It stays the
	// caller's, to be closed after the store. Without it nothing is spilled.
	Disk  *spill.File
	Codec Codec
	// Relief, if not nil, is told when executions wait for so many bytes of
	// memory and nothing that runs can free any. [Store.Relieve] or
	// [Store.Starve] is the answer; when memory comes free before that, who
	// still has none asks again. It is called with locks held.
	Relief func(bytes int64)
}

// A Store holds values. All methods may be called from many goroutines.
type Store struct {
	limit  int64
	space  atomic.Int64 // Options.Room, or the limit
	base   kernels.Allocator
	beside func(bytes int64) // tells base what is mapped; may be nil
	disk   *spill.File
	codec  Codec
	help   func(bytes int64)

	live     atomic.Int64 // bytes that the allocators gave and have not got back
	encoded  atomic.Int64 // bytes of values that the collector owns
	mapped   atomic.Int64 // bytes on disk, or of other processes, that are being read
	served   atomic.Int64 // bytes of mapped that are read for others
	borrowed atomic.Int64 // bytes of mapped that are of other processes
	lent     atomic.Int64 // bytes of live that only other processes read
	peak     atomic.Int64 // of the sum

	mu     sync.Mutex
	wholes graph.TaskMap[*entry]
	parts  map[Item]*entry

	room room
}

// New returns an empty store.
func New(o Options) *Store {
	if o.Memory == nil {
		o.Memory = kernels.DefaultAllocator()
	}
	s := &Store{limit: o.Limit, base: o.Memory, disk: o.Disk, codec: o.Codec, help: o.Relief, parts: map[Item]*entry{}}
	if b, ok := o.Memory.(interface{ Beside(bytes int64) }); ok {
		s.beside = b.Beside
	}
	s.space.Store(cmp.Or(o.Room, o.Limit))
	s.room.init()
	return s
}

// Put stores v, taking over the caller's reference, and reports true. If there
// is a value already, that one stays, v is released, and Put reports false.
func (s *Store) Put(it Item, v graph.Value) bool {
	n := encodedBytes(v)
	s.mu.Lock()
	if s.entry(it) != nil {
		s.mu.Unlock()
		v.Release()
		return false
	}
	s.enter(it, &entry{value: v, encoded: n})
	s.mu.Unlock()
	if n > 0 {
		s.encoded.Add(n)
		s.notePeak()
	}
	return true
}

// Get returns the value with a reference for the caller. A part can stand for
// itself or be inside the whole. A value on disk is mapped, and stays there. The
// error wraps ErrAbsent, or says what is wrong with the disk.
func (s *Store) Get(it Item) (graph.Value, error) { return s.get(it, false) }

func (s *Store) get(it Item, forOthers bool) (graph.Value, error) {
	s.mu.Lock()
	e, inside := s.entry(it), false
	if e == nil && it.Part >= 0 {
		e, inside = s.entry(Item{it.Task, -1}), true
	}
	if e == nil {
		s.mu.Unlock()
		return nil, ErrAbsent
	}
	v, disk := e.value, e.disk
	if v != nil {
		v.Retain()
	} else {
		disk.extent.Retain()
	}
	s.mu.Unlock()
	if !inside {
		it.Part = -1
	}
	if v == nil {
		defer disk.extent.Release()
		return s.read(disk, it.Part, forOthers)
	}
	if !inside {
		return v, nil
	}
	defer v.Release()
	return partOf(v, it.Part)
}

// Has reports whether a value is here.
func (s *Store) Has(it Item) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entry(it) != nil
}

// Drop removes the value, if it is there. Who reads it keeps it alive.
func (s *Store) Drop(it Item) {
	s.mu.Lock()
	e := s.entry(it)
	if e == nil {
		s.mu.Unlock()
		return
	}
	s.remove(it)
	if e.value != nil {
		s.removed(e)
	}
	s.mu.Unlock()
	if e.value == nil {
		e.disk.extent.Release()
		return
	}
	s.encoded.Add(-e.encoded)
	e.value.Release()
	s.room.freed()
}

// Usage says how much a store holds.
type Usage struct {
	Values  int
	Managed int64 // bytes of memory now
	OnDisk  int64 // bytes
	Peak    int64 // most bytes at a time
	Limit   int64 // 0: none
}

// Usage returns how much s holds.
func (s *Store) Usage() Usage {
	s.mu.Lock()
	n := s.wholes.Len() + len(s.parts)
	s.mu.Unlock()
	return Usage{Values: n, Managed: s.Managed(), OnDisk: s.OnDisk(), Peak: s.peak.Load(), Limit: s.limit}
}

// Managed returns how many bytes of memory are in use.
func (s *Store) Managed() int64 {
	return s.live.Load() + s.encoded.Load() + s.mapped.Load() - s.lent.Load()
}

// SetRoom changes Options.Room.
func (s *Store) SetRoom(bytes int64) {
	if old := s.space.Swap(bytes); bytes > old && s.room.some.Load() {
		s.room.look() // that is not memory that came free: patience goes on
	}
}

// Lies returns how many bytes are in memory of the store's own, and how many are
// read where they lie: on disk, and in the memory of other processes.
func (s *Store) Lies() (own, disk, others int64) {
	others = s.borrowed.Load()
	return s.live.Load() + s.encoded.Load(), max(0, s.mapped.Load()-others), others
}

// The marks between which pressure stays what it is, in percent of the room.
const (
	pauseMark  = 85
	resumeMark = 75
)

// Pressed reports whether so much is in use that nothing new should start.
// before is what it reported last.
func (s *Store) Pressed(before bool) bool {
	if s.limit <= 0 {
		return false
	}
	mark := s.space.Load() / 100 * pauseMark
	if before {
		mark = s.space.Load() / 100 * resumeMark
	}
	return s.Managed()+s.lent.Load() > mark
}

// Clear drops every value.
func (s *Store) Clear() {
	s.mu.Lock()
	its := make([]Item, 0, s.wholes.Len()+len(s.parts))
	for id := range s.wholes.All() {
		its = append(its, Item{id, -1})
	}
	for it := range s.parts {
		its = append(its, it)
	}
	s.mu.Unlock()
	for _, it := range its {
		s.Drop(it)
	}
}

// Close drops every value. The error wraps ErrLeak if memory is still in use:
// somebody keeps a value, as a client in this process may, or forgot one.
func (s *Store) Close() error {
	s.Clear()
	if n := s.Managed(); n != 0 {
		return fmt.Errorf("%w: %d bytes", ErrLeak, n)
	}
	return nil
}

// addMapped counts bytes that are mapped from disk or from other processes.
func (s *Store) addMapped(n int64) {
	s.mapped.Add(n)
	if s.beside != nil {
		s.beside(n)
	}
	if n > 0 {
		s.notePeak()
	}
}

func (s *Store) notePeak() {
	now := s.Managed()
	for {
		old := s.peak.Load()
		if now <= old || s.peak.CompareAndSwap(old, now) {
			return
		}
	}
}

// encodedBytes returns how much of v the collector owns.
func encodedBytes(v graph.Value) int64 {
	switch x := v.(type) {
	case graph.Raw:
		return int64(len(x))
	case graph.List:
		var n int64
		for _, part := range x {
			n += encodedBytes(part)
		}
		return n
	}
	return 0
}
