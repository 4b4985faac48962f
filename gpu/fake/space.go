package fake

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// Addresses start far from those of the host, and allocations lie a gap apart,
// so that what runs over the end of one does not meet another.
const (
	firstAddress = 0xd00000000000
	gap          = 1 << 16
	alignment    = 256
)

// space is the memory of a device: allocations in ascending order of address.
// Addresses are not used twice.
type space struct {
	next   device.Ptr
	blocks []*allocation
}

type allocation struct {
	at   device.Ptr
	data []byte
}

// open returns the address of bytes of memory, each element of it a NaN.
func (s *space) open(bytes int64) device.Ptr {
	s.next = max(s.next, firstAddress)
	words := make([]uint64, (bytes+7)/8) // words: aligned for every element
	for i := range words {
		words[i] = ^uint64(0)
	}
	a := &allocation{at: s.next, data: unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), bytes)}
	s.blocks = append(s.blocks, a)
	s.next += (device.Ptr(bytes)+alignment-1)/alignment*alignment + gap
	return a.at
}

// index returns where the allocation that p is in would be.
func (s *space) index(p device.Ptr) (int, bool) {
	return slices.BinarySearchFunc(s.blocks, p, func(a *allocation, p device.Ptr) int {
		switch {
		case p < a.at:
			return 1
		case p >= a.at+device.Ptr(len(a.data)):
			return -1
		}
		return 0
	})
}

func (s *space) close(p device.Ptr) {
	i, _ := s.index(p)
	s.blocks = slices.Delete(s.blocks, i, i+1)
}

// bytes returns n bytes at p, which must lie in one allocation.
func (s *space) bytes(p device.Ptr, n int64) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	i, ok := s.index(p)
	if !ok || n < 0 || n > int64(len(s.blocks[i].data))-int64(p-s.blocks[i].at) {
		return nil, fmt.Errorf("gpu: %w: %d bytes at %v", device.ErrAddress, n, p)
	}
	at := int64(p - s.blocks[i].at)
	return s.blocks[i].data[at : at+n : at+n], nil
}

// elements returns the elements from number 0 up to, but not including, number
// n at p.
func elements[T any](s *space, p device.Ptr, n int64) ([]T, error) {
	var t T
	size := int64(unsafe.Sizeof(t))
	raw, err := s.bytes(p, n*size)
	if err != nil || n == 0 {
		return nil, err
	}
	if int64(p)%size != 0 {
		return nil, fmt.Errorf("gpu: %w: %v is not aligned to %d bytes", device.ErrAddress, p, size)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), n), nil
}
