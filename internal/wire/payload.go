package wire

import (
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// A payload is the memory of one leaf, where a value is to be built over it.
type payload interface {
	// slice returns size bytes from at on, which are one piece of the
	// description, as a buffer that keeps the memory alive.
	slice(at, size int) (*memory.Buffer, error)
	// own returns a buffer with the same contents that may be written to,
	// taking over the reference.
	own(*memory.Buffer) (*memory.Buffer, error)
}

// A gathered payload was received, in one piece, into memory that nobody else
// knows.
type gathered struct{ b *memory.Buffer }

func (p gathered) slice(at, size int) (*memory.Buffer, error) {
	if size == 0 {
		return memory.NewBufferBytes([]byte{}), nil
	}
	return memory.SliceBuffer(p.b, at, size), nil
}

func (p gathered) own(b *memory.Buffer) (*memory.Buffer, error) { return b, nil }

// copied returns a buffer from mem with the contents of b, whose reference it
// takes over.
func copied(mem kernels.Allocator, b *memory.Buffer) (*memory.Buffer, error) {
	defer b.Release()
	c, err := receiveBuffer(mem, b.Len())
	if err != nil {
		return nil, err
	}
	copy(c.Bytes(), b.Bytes())
	return c, nil
}
