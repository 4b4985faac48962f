package flight

import flatbuffers "github.com/google/flatbuffers/go"

// Where the fields of Arrow's messages are in their tables, as Message.fbs has
// them: the n-th field is at 4 + 2·n.
const (
	messageHeader     = 8
	dictionaryData    = 6
	batchCompression  = 10
	messageHeaderType = 6
	dictionaryBatch   = 2 // a value of messageHeaderType
)

// isCompressed reports whether the buffers of a batch, or of a dictionary, are
// compressed, which Arrow's package knows and does not say. Like that it panics
// over a header that is none.
func isCompressed(header []byte) bool {
	root := flatbuffers.Table{Bytes: header, Pos: flatbuffers.GetUOffsetT(header)}
	kind := byte(0)
	if o := root.Offset(messageHeaderType); o != 0 {
		kind = root.GetByte(root.Pos + flatbuffers.UOffsetT(o))
	}
	batch, ok := below(root, messageHeader)
	if ok && kind == dictionaryBatch {
		batch, ok = below(batch, dictionaryData)
	}
	return ok && batch.Offset(batchCompression) != 0
}

// below returns the table in a field of another.
func below(t flatbuffers.Table, field flatbuffers.VOffsetT) (flatbuffers.Table, bool) {
	o := t.Offset(field)
	if o == 0 {
		return flatbuffers.Table{}, false
	}
	return flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(t.Pos + flatbuffers.UOffsetT(o))}, true
}
