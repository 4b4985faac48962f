package wire

import (
	"encoding/binary"
	"fmt"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
)

// message is one message of the data service: bytes, as they are.
type message struct{ data mem.BufferSlice }

// passThrough hands messages to and from the transport without copying.
type passThrough struct{}

var _ encoding.CodecV2 = passThrough{}

func (passThrough) Name() string { return "ashlar" }

func (passThrough) Marshal(v any) (mem.BufferSlice, error) {
	m, ok := v.(*message)
	if !ok {
		return nil, fmt.Errorf("wire: a %T on the data service", v)
	}
	return m.data, nil // with its references
}

func (passThrough) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(*message)
	if !ok {
		return fmt.Errorf("wire: a %T on the data service", v)
	}
	data.Ref()
	m.data = data
	return nil
}

// A metaReader takes an encoding apart and remembers the first thing wrong.
type metaReader struct {
	b   []byte
	err error
}

func (r *metaReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("wire: %w: %s", ErrEncoding, fmt.Sprintf(format, args...))
	}
	r.b = nil
}

// number returns the next number, which is at most most.
func (r *metaReader) number(what string, most uint64) int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > most {
		r.fail("%s is %d, or cut off", what, v)
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *metaReader) byte(what string) byte { return byte(r.number(what, 255)) }

func (r *metaReader) bytes(what string) []byte {
	n := r.number(what, uint64(len(r.b)))
	if n > len(r.b) {
		r.fail("%s of %d bytes of %d", what, n, len(r.b))
	}
	if r.err != nil {
		return nil
	}
	p := r.b[:n:n]
	r.b = r.b[n:]
	return p
}

// count returns how many things follow, each of which takes at least a byte.
func (r *metaReader) count(what string) int { return r.number(what, uint64(len(r.b))) }
