package table

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Filter returns the rows of t for which mask is true, in order; a null in the
// mask counts as false. When that is all rows, the result shares t's memory.
// Errors wrap ErrSchema for a mask of another length, and are else as in Take.
func Filter(mem memory.Allocator, t *kernels.Table, mask *array.Boolean) (*kernels.Table, error) {
	if mask.Len() != t.NumRows() {
		return nil, fmt.Errorf("%w: filter: a mask of %d rows for a table of %d", ErrSchema, mask.Len(), t.NumRows())
	}
	rows := maskRows(mask)
	if len(rows) == t.NumRows() {
		t.Retain()
		return t, nil
	}
	return takeRows(mem, t, rows)
}

// maskRows returns the numbers of the rows that are true.
func maskRows(mask *array.Boolean) []uint32 {
	n := mask.Len()
	if n == 0 {
		return nil
	}
	// Eight spare bytes, so that words can be read to the end.
	truth := make([]byte, bitBytes(n)+8)
	copyBits(truth, 0, mask.Data().Buffers()[1].Bytes(), mask.Data().Offset(), n)
	if valid := validityOf(mask); !valid.all() {
		present := make([]byte, len(truth))
		copyBits(present, 0, valid.bitmap, valid.offset, n)
		for i := range truth {
			truth[i] &= present[i]
		}
	}
	rows := make([]uint32, countBits(truth, 0, n))
	at := 0
	for base := 0; base < n; base += 64 {
		for w := binary.LittleEndian.Uint64(truth[base>>3:]); w != 0; w &= w - 1 {
			rows[at] = uint32(base + bits.TrailingZeros64(w))
			at++
		}
	}
	return rows
}
