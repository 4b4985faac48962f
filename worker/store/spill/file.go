package spill

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ashlar-go/ashlar/worker/store/extent"
)

// ErrCorrupt: what is on disk is not what was written.
var ErrCorrupt = errors.New("spill: the disk returned other bytes than were written")

// block is what extents are multiples of, at least a page of any system that
// can map files at such offsets.
const block = 64 << 10

// A File holds values on disk. It may be used from many goroutines.
type File struct {
	// Pack has values packed by LZ4 that get smaller by an eighth or more. It is
	// not to be changed while the file is used.
	Pack bool

	dir string
	f   *os.File

	mu   sync.Mutex
	warm []extent.Extent // freed, with their blocks; those freed first come first
	free extent.List     // without blocks
	end  int64           // of the file
	used int64           // bytes of extents
	open int             // extents that are mapped or not yet freed
	shut bool
}

// Create returns a file in dir, which is the system's directory for temporary
// files if empty. The error names the directory.
func Create(dir string) (*File, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	f, err := createUnnamed(dir)
	if err != nil {
		return nil, fmt.Errorf("spill: cannot create a file in %s (choose another directory, or none): %w", dir, err)
	}
	return &File{dir: dir, f: f}, nil
}

// Used returns how many bytes of disk the values take.
func (f *File) Used() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.used
}

// An Extent is a value on disk, in one section or several that can be read one
// by one.
type Extent struct {
	f        *File
	place    extent.Extent
	sections []Section
	refs     atomic.Int64
}

// A Section is a part of a value on disk.
type Section struct {
	x       *Extent
	at      int64 // from the place of the extent
	bytes   int64
	packed  []int32 // the sizes of its chunks on disk; nil: it lies there as it is
	sum     uint32
	checked atomic.Bool
}

// Section returns section i.
func (e *Extent) Section(i int) *Section { return &e.sections[i] }

// Bytes returns how long the value is.
func (e *Extent) Bytes() (n int64) {
	for i := range e.sections {
		n += e.sections[i].bytes
	}
	return n
}

// Bytes returns how long the section is.
func (s *Section) Bytes() int64 { return s.bytes }

// A place is where the system has a part of a file.
type place byte

const (
	unknown place = iota
	cached        // in memory, all of it
	onDisk        // some of it only there
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Write writes the pieces, end to end, as one section. Where the disk is full, or
// fails, nothing is kept and the error says so.
func (f *File) Write(pieces ...[]byte) (*Extent, error) { return f.WriteSections(pieces) }

// align is what sections begin at multiples of.
const align = 64

// WriteSections writes sections, each of pieces that come end to end; see Write.
func (f *File) WriteSections(sections ...[][]byte) (*Extent, error) {
	e := &Extent{f: f, sections: make([]Section, len(sections))}
	size := int64(0)
	for i, pieces := range sections {
		s := &e.sections[i]
		s.x = e
		for _, p := range pieces {
			s.bytes += int64(len(p))
		}
		size += (s.bytes + align - 1) &^ (align - 1)
	}
	var err error
	if e.place, err = f.take(blocks(size)); err != nil {
		return nil, err
	}
	e.refs.Store(1)
	at := int64(0)
	for i, pieces := range sections {
		s := &e.sections[i]
		s.at = (at + align - 1) &^ (align - 1)
		write := s.write
		if f.Pack {
			write = s.writePacked
		}
		if at, err = write(pieces); err != nil {
			e.Release()
			return nil, fmt.Errorf("spill: writing %d bytes to %s: %w", e.Bytes(), f.dir, err)
		}
	}
	if size := blocks(at); size < e.place.Size {
		f.trim(&e.place, size)
	}
	return e, nil
}

// blocks returns the size of an extent for so many bytes.
func blocks(size int64) int64 { return (max(size, 1) + block - 1) &^ (block - 1) }

// write returns where the section ends, from the place of the extent.
func (s *Section) write(pieces [][]byte) (end int64, err error) {
	end = s.at
	for _, p := range pieces {
		s.sum = crc32.Update(s.sum, castagnoli, p)
		if _, err := s.x.f.f.WriteAt(p, s.x.place.At+end); err != nil {
			return 0, err
		}
		end += int64(len(p))
	}
	return end, nil
}

// take finds a place of size bytes: one that was freed lately, else the closest
// fit, else at the end.
func (f *File) take(size int64) (extent.Extent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shut {
		return extent.Extent{}, fmt.Errorf("spill: %w", os.ErrClosed)
	}
	f.used += size
	f.open++
	for i := len(f.warm) - 1; i >= 0; i-- {
		if p := f.warm[i]; p.Size == size {
			f.warm = slices.Delete(f.warm, i, i+1)
			return p, nil
		}
	}
	p, ok := f.free.Take(size)
	if !ok {
		p = extent.Extent{At: f.end, Size: size}
		f.end += size
	}
	return p, nil
}

// mostWarm is how many bytes of freed extents keep their blocks.
const mostWarm = 64 << 20

// trim gives back what of a place, from size bytes on, has not been written to.
func (f *File) trim(p *extent.Extent, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rest := extent.Extent{At: p.At + size, Size: p.Size - size}
	p.Size = size
	f.used -= rest.Size
	f.drain(rest)
}

// give takes a place back.
func (f *File) give(p extent.Extent) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used -= p.Size
	f.open--
	if f.shut {
		f.closeIfDone()
		return
	}
	f.warm = append(f.warm, p)
	f.cool(mostWarm)
}

// cool gives blocks back until at most so many bytes of freed extents have some.
func (f *File) cool(most int64) {
	n, bytes := len(f.warm), int64(0)
	for n > 0 && bytes+f.warm[n-1].Size <= most {
		n--
		bytes += f.warm[n].Size
	}
	for _, p := range f.warm[:n] {
		f.drain(p)
	}
	f.warm = slices.Delete(f.warm, 0, n)
}

// drain gives the blocks of a place back.
func (f *File) drain(p extent.Extent) {
	f.free.Add(p)
	if end := f.free.Cut(f.end); end < f.end {
		f.end = end
		_ = f.f.Truncate(end) // gives blocks back where holes cannot be made
		return
	}
	punch(f.f, p.At, p.Size)
}

// Map returns the bytes of the section, which may only be read, until done is
// called. It is not Packed. The error wraps ErrCorrupt if they are not what was
// written.
func (s *Section) Map() (b []byte, done func(), err error) {
	if s.Packed() {
		panic("spill: what is packed is mapped")
	}
	if s.bytes == 0 {
		return nil, func() {}, nil
	}
	e := s.x
	at := e.place.At + s.at
	first := at &^ (int64(os.Getpagesize()) - 1)
	size := at + s.bytes - first
	where := whereIs(e.f.f, first, size)
	pages, err := mapRange(e.f.f, first, size)
	if err != nil {
		return nil, nil, fmt.Errorf("spill: mapping %d bytes of a file in %s: %w", s.bytes, e.f.dir, err)
	}
	b = pages[at-first:]
	if !s.trusted(where) {
		if sum := crc32.Checksum(b, castagnoli); sum != s.sum {
			unmap(pages)
			return nil, nil, s.corrupt()
		}
		s.checked.Store(true)
	}
	e.refs.Add(1)
	var once sync.Once
	return b, func() {
		once.Do(func() {
			unmap(pages)
			e.Release()
		})
	}, nil
}

func (s *Section) corrupt() error {
	return fmt.Errorf("%w: %d bytes at %d of a file in %s", ErrCorrupt, s.bytes, s.x.place.At+s.at, s.x.f.dir)
}

// trusted reports whether what is mapped need not be compared with its checksum:
// it never left memory; or that cannot be told, and it was compared before.
func (s *Section) trusted(where place) bool {
	return where == cached || where == unknown && s.checked.Load()
}

// Retain adds a reference.
func (e *Extent) Retain() { e.refs.Add(1) }

// Release gives a reference up. The value is removed from disk with the last,
// mappings included.
func (e *Extent) Release() {
	if e.refs.Add(-1) == 0 {
		e.f.give(e.place)
	}
}

// Close ends the file. What is mapped stays good until it is done with.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shut {
		return nil
	}
	f.shut = true
	return f.closeIfDone()
}

func (f *File) closeIfDone() error {
	if f.open > 0 {
		return nil
	}
	return f.f.Close()
}
