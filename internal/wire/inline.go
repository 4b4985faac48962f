package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// InlineLimit is how large a value may be, in bytes, to travel inside control
// messages as well: with the report that it is there, on to the clients that
// want it, and with the tasks that depend on it. It saves a request to the
// holder, some 100 µs, for a few copies.
const InlineLimit = 4 << 10

// maxInline bounds an inlined value with its description.
const maxInline = InlineLimit + 1<<10

// AppendInline appends the encoding of v, in one piece, to b, which is returned
// as it was if v is not small, is on a device, or does not travel. What is
// appended is never empty.
//
// The encoding starts with the length of the description, which is 0 for a
// graph.Raw; the description and the payload follow.
func AppendInline(b []byte, v graph.Value) []byte {
	if v.Bytes() > InlineLimit {
		return b
	}
	if raw, ok := v.(graph.Raw); ok {
		return append(append(b, 0), raw...)
	}
	if onDevice(v) {
		return b
	}
	e, err := encode(kernels.DefaultAllocator(), v)
	if err != nil {
		return b // whoever fetches it is told why
	}
	defer e.release()
	size := len(e.meta)
	for _, s := range e.segs {
		size += len(s)
	}
	if size > maxInline-binary.MaxVarintLen64 {
		return b
	}
	b = append(appendNumber(b, uint64(len(e.meta))), e.meta...)
	for _, s := range e.segs {
		b = append(b, s...)
	}
	return b
}

func onDevice(v graph.Value) bool {
	switch x := v.(type) {
	case hostable:
		return true
	case graph.List:
		for _, part := range x {
			if onDevice(part) {
				return true
			}
		}
	}
	return false
}

// FromInline returns the value that b, which is not changed any more, encodes.
// What is not a graph.Raw has its memory from mem, and is the caller's to
// release. The error wraps [ErrEncoding], or graph.ErrMemory.
func FromInline(b []byte, mem kernels.Allocator) (graph.Value, error) {
	if len(b) > 0 && b[0] == 0 {
		return graph.Raw(b[1:len(b):len(b)]), nil
	}
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w) {
		return nil, fmt.Errorf("wire: %w: an inlined value of %d bytes with a description of %d", ErrEncoding, len(b), n)
	}
	meta, payload := b[w:w+int(n)], bytes.NewReader(b[w+int(n):])
	p, err := readPlan(meta, int64(payload.Len()))
	if err != nil {
		return nil, fmt.Errorf("wire: an inlined value: %w", err)
	}
	v, err := p.receive(payload, mem)
	if err != nil {
		return nil, fmt.Errorf("wire: an inlined value: %w", cutOff(err))
	}
	if payload.Len() > 0 {
		v.Release()
		return nil, fmt.Errorf("wire: %w: an inlined value has %d bytes too many", ErrEncoding, payload.Len())
	}
	return v, nil
}

// CutInline takes a column of n inlined values apart: ends says where each ends
// in all, an empty one being none. No ends at all are no values; then nil is
// returned. The pieces share all.
func CutInline(all []byte, ends []uint32, n int) ([][]byte, error) {
	if len(ends) == 0 && len(all) == 0 {
		return nil, nil
	}
	if len(ends) != n {
		return nil, fmt.Errorf("wire: a column of %d inlined values has %d ends", n, len(ends))
	}
	pieces := make([][]byte, n)
	last := uint32(0)
	for i, end := range ends {
		if end < last || int(end) > len(all) || end-last > maxInline {
			return nil, fmt.Errorf("wire: inlined value %d is bytes %d to %d of %d", i, last, end, len(all))
		}
		if end > last {
			pieces[i] = all[last:end:end]
		}
		last = end
	}
	return pieces, nil
}
