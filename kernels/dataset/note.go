package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/ashlar-go/ashlar/kernels"
)

// ErrNote marks what is not the note of a dataset.
var ErrNote = errors.New("dataset: no note of a frame or an array")

// ErrTooLong marks columns or chunks that a note has no room for.
var ErrTooLong = errors.New("dataset: the columns, or the chunks, take too many bytes to describe")

// MaxNote is the length that a note may have, which is what a scheduler keeps
// for each name. See [Note.Encode].
const MaxNote = 64 << 10

// A Note says what the parts of a dataset are. Either Schema or Chunks is set.
type Note struct {
	// Schema has the columns of a frame, and Rows how many each partition has,
	// where that is known: nil if it is not.
	Schema *arrow.Schema
	Rows   []int64

	// Chunks has, for each axis of an array, the lengths of its chunks. An array
	// without axes, one block, has none, but is not nil.
	Chunks [][]int
	DType  kernels.DType
}

// Frame returns the note of a frame. rows may be nil.
func Frame(s *arrow.Schema, rows []int64) *Note { return &Note{Schema: s, Rows: rows} }

// Array returns the note of an array.
func Array(t kernels.DType, chunks [][]int) *Note {
	if chunks == nil {
		chunks = [][]int{}
	}
	return &Note{DType: t, Chunks: chunks}
}

// IsArray reports whether the dataset is an array.
func (n *Note) IsArray() bool { return n.Schema == nil }

// Grid returns the number of chunks along each axis of an array.
func (n *Note) Grid() []int {
	g := make([]int, len(n.Chunks))
	for i, axis := range n.Chunks {
		g[i] = len(axis)
	}
	return g
}

// Shape returns the length of each axis of an array.
func (n *Note) Shape() []int {
	s := make([]int, len(n.Chunks))
	for i, axis := range n.Chunks {
		for _, c := range axis {
			s[i] += c
		}
	}
	return s
}

// Parts returns how many parts there are, -1 if the note does not say.
func (n *Note) Parts() int {
	if !n.IsArray() {
		if n.Rows == nil {
			return -1
		}
		return len(n.Rows)
	}
	p := 1
	for _, axis := range n.Chunks {
		p *= len(axis)
	}
	return p
}

// TotalRows returns the rows of a frame, or the length of the first axis of an
// array; -1 if that is not known.
func (n *Note) TotalRows() int64 {
	switch {
	case n.IsArray() && len(n.Chunks) == 0:
		return 1
	case n.IsArray():
		return int64(n.Shape()[0])
	case n.Rows == nil:
		return -1
	}
	var total int64
	for _, r := range n.Rows {
		total += r
	}
	return total
}

// form is a note as it travels.
type form struct {
	Kind   string  `json:"kind"`
	Schema []byte  `json:"schema,omitempty"` // an Arrow stream without a batch
	Rows   []int64 `json:"rows,omitempty"`
	DType  string  `json:"dtype,omitempty"`
	Chunks [][]run `json:"chunks,omitempty"`
}

// A run is so many chunks of one length in a row.
type run struct {
	Length int `json:"length"`
	Count  int `json:"count"`
}

// maxChunks bounds the chunks of an axis: what comes is not believed.
const maxChunks = 1 << 24

func runsOf(axis []int) (runs []run) {
	for _, n := range axis {
		if k := len(runs) - 1; k >= 0 && runs[k].Length == n {
			runs[k].Count++
			continue
		}
		runs = append(runs, run{n, 1})
	}
	return runs
}

// chunksOf is the reverse of runsOf for all axes; nil if there are too many.
func chunksOf(axes [][]run) [][]int {
	chunks := make([][]int, len(axes))
	for i, runs := range axes {
		for _, r := range runs {
			if r.Count < 1 || r.Count > maxChunks-len(chunks[i]) {
				return nil
			}
			chunks[i] = append(chunks[i], slices.Repeat([]int{r.Length}, r.Count)...)
		}
	}
	return chunks
}

const (
	kindFrame = "ashlar frame"
	kindArray = "ashlar array"
)

// Encode returns the note as it travels. The rows of a frame with very many
// partitions are left out. The error wraps [ErrTooLong] if the columns, or the
// chunks, are more than [MaxNote] holds.
func (n *Note) Encode() ([]byte, error) {
	f := form{Kind: kindArray, DType: n.DType.String()}
	for _, axis := range n.Chunks {
		f.Chunks = append(f.Chunks, runsOf(axis))
	}
	if !n.IsArray() {
		raw, err := EncodeSchema(n.Schema)
		if err != nil {
			return nil, err
		}
		f = form{Kind: kindFrame, Schema: raw, Rows: n.Rows}
	}
	b, err := json.Marshal(f)
	if err == nil && len(b) > MaxNote && f.Rows != nil {
		f.Rows = nil
		b, err = json.Marshal(f)
	}
	if err == nil && len(b) > MaxNote {
		err = fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(b), MaxNote)
	}
	return b, err
}

// Parse reads a note. The error wraps [ErrNote].
func Parse(b []byte) (*Note, error) {
	var f form
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("%w: %d bytes", ErrNote, len(b))
	}
	switch f.Kind {
	case kindFrame:
		s, err := DecodeSchema(f.Schema)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNote, err)
		}
		return Frame(s, f.Rows), nil
	case kindArray:
		chunks := chunksOf(f.Chunks)
		n := Array(dtypeNamed(f.DType), chunks)
		err := n.check()
		if chunks == nil {
			err = errors.New("runs of chunks that cannot be")
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNote, err)
		}
		return n, nil
	}
	return nil, fmt.Errorf("%w: kind %q", ErrNote, f.Kind)
}

func dtypeNamed(name string) kernels.DType {
	for t := kernels.DType(1); t.Valid(); t++ {
		if t.String() == name {
			return t
		}
	}
	return 0
}

// check reports chunks that no array has.
func (n *Note) check() error {
	if !n.DType.Valid() {
		return errors.New("an array of no element type")
	}
	size := int64(n.DType.Size())
	for i, axis := range n.Chunks {
		var long int64
		for _, c := range axis {
			if c < 0 || long > math.MaxInt64-int64(c) {
				return fmt.Errorf("chunks %v of axis %d", axis, i)
			}
			long += int64(c)
		}
		if len(axis) == 0 || long > math.MaxInt64/size {
			return fmt.Errorf("chunks %v of axis %d", axis, i)
		}
		size *= max(long, 1)
	}
	return nil
}

// EncodeSchema returns a schema as Arrow's own stream format has it.
func EncodeSchema(s *arrow.Schema) (raw []byte, err error) {
	defer recovered(&err)
	var buf bytes.Buffer
	if err := ipc.NewWriter(&buf, ipc.WithSchema(s)).Close(); err != nil {
		return nil, fmt.Errorf("dataset: schema: %w", err)
	}
	return buf.Bytes(), nil
}

// DecodeSchema reads what [EncodeSchema] wrote.
func DecodeSchema(raw []byte) (s *arrow.Schema, err error) {
	defer recovered(&err)
	r, err := ipc.NewReader(bytes.NewReader(slices.Clone(raw)))
	if err != nil {
		return nil, fmt.Errorf("dataset: schema: %w", err)
	}
	defer r.Release()
	return r.Schema(), nil
}

// recovered turns a panic into an error: Arrow's reader believes what it reads.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("dataset: malformed schema: %v", p)
	}
}
