package flight

import (
	"fmt"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/ashlar-go/ashlar/internal/wire"
)

// Numbers of the fields of FlightData.
const (
	fieldDescriptor = 1
	fieldHeader     = 2
	fieldMetadata   = 3
	fieldBody       = 1000
)

// outgoing is a FlightData whose body is lent to the transport, not copied.
type outgoing struct {
	header, metadata []byte
	body             [][]byte
	loan             *wire.Loan
}

// codec is the protobuf codec, but for what is outgoing.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2(proto.Name)} }

func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	m, ok := v.(*outgoing)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	return m.buffers()
}

// buffers encodes the message. Small pieces are copied together.
func (m *outgoing) buffers() (mem.BufferSlice, error) {
	size := 0
	for _, p := range m.body {
		size += len(p)
	}
	if size > maxBody {
		return nil, fmt.Errorf("a batch of %d bytes is more than a message carries (%d)", size, maxBody)
	}
	small := make([]byte, 0, len(m.header)+len(m.metadata)+32)
	small = appendField(small, fieldHeader, m.header)
	if len(m.metadata) > 0 {
		small = appendField(small, fieldMetadata, m.metadata)
	}
	// The field of the body is there even when it is empty: pyarrow takes a
	// message without one for no batch at all.
	small = protowire.AppendTag(small, fieldBody, protowire.BytesType)
	small = protowire.AppendVarint(small, uint64(size))
	var out mem.BufferSlice
	for _, p := range m.body {
		if len(p) < wire.LendFrom {
			small = append(small, p...)
			continue
		}
		if len(small) > 0 {
			out, small = append(out, mem.SliceBuffer(small)), nil
		}
		out = append(out, m.loan.Lend(p))
	}
	if len(small) > 0 {
		out = append(out, mem.SliceBuffer(small))
	}
	return out, nil
}

func appendField(b []byte, n protowire.Number, p []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), p)
}

// incoming is a FlightData as it came. Its fields are parts of one buffer.
type incoming struct {
	descriptor             []byte // encoded
	header, metadata, body []byte
	buf                    mem.Buffer
}

func (m *incoming) free() {
	if m.buf != nil {
		m.buf.Free()
	}
	*m = incoming{}
}

func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(*incoming)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	m.free()
	m.buf = data.MaterializeToBuffer(mem.DefaultBufferPool())
	for b := m.buf.ReadOnlyData(); len(b) > 0; {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(field, kind, b); n < 0 {
				return protowire.ParseError(n)
			}
			b = b[n:]
			continue
		}
		p, n := protowire.ConsumeBytes(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		switch field {
		case fieldDescriptor:
			m.descriptor = p
		case fieldHeader:
			m.header = p
		case fieldMetadata:
			m.metadata = p
		case fieldBody:
			m.body = p
		}
	}
	return nil
}
