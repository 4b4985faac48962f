package table

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// Each part has its rows in order, in any number of parts, of any number of
// blocks, of which some parts may have nothing or all.
func TestSplit(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, 2)
		s.rows = rapid.SampledFrom([]int{0, 1, 100, blockRows - 1, blockRows, blockRows + 1, 2*blockRows + 77}).Draw(rt, "rows")
		in := s.table(t, mem)
		defer in.Release()
		parts := rapid.SampledFrom([]int{1, 2, 7, 64, mostBlockParts, mostBlockParts + 1}).Draw(rt, "parts")
		part := make([]uint32, s.rows)
		r := rand.New(rand.NewPCG(s.seed, 9))
		used := rapid.SampledFrom([]int{1, 2, parts}).Draw(rt, "parts that have rows")
		for i := range part {
			part[i] = uint32(r.IntN(min(used, parts)))
		}
		if rapid.Bool().Draw(rt, "in order") {
			slices.Sort(part)
		}
		want := make([][][]cell, parts)
		for i, row := range rowsOf(in) {
			want[part[i]] = append(want[part[i]], row)
		}
		tables, err := newSplit(mem, part, parts).tables(in)
		if err != nil {
			rt.Fatal(err)
		}
		for p, made := range tables {
			mustEqualRows(rt, "split", rowsOf(made), want[p])
			made.Release()
		}
	})
}

// A column that is all null may have no memory for values.
func TestSplitOfNothingStored(t *testing.T) {
	mem := checked(t)
	const rows = 100
	for _, dt := range []arrow.DataType{arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String} {
		buffers := []*memory.Buffer{memory.NewBufferBytes(make([]byte, bitBytes(rows))), nil}
		if dt.ID() == arrow.STRING {
			buffers = []*memory.Buffer{buffers[0], memory.NewBufferBytes(make([]byte, 4*(rows+1))), nil}
		}
		data := array.NewData(dt, rows, buffers, nil, rows, 0)
		col := array.MakeFromData(data)
		in, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "c", Type: dt, Nullable: true}}, nil), []arrow.Array{col}, rows)
		if err != nil {
			t.Fatal(err)
		}
		part := make([]uint32, rows)
		for i := range part {
			part[i] = uint32(i % 3)
		}
		tables, err := newSplit(mem, part, 3).tables(in)
		if err != nil {
			t.Fatal(err)
		}
		for p, made := range tables {
			if made.Column(0).NullN() != made.NumRows() || made.NumRows() < rows/3 {
				t.Errorf("part %d of %v has %d rows, of which %d are null", p, dt, made.NumRows(), made.Column(0).NullN())
			}
			made.Release()
		}
		in.Release()
		col.Release()
		data.Release()
	}
}

// TestSideBySide: buffers side by side do not touch, and their memory goes with
// the last.
func TestSideBySide(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 63, 64, 65, 5000}), 0, 9).Draw(rt, "sizes")
		spare := rapid.SampledFrom([]int{0, 16}).Draw(rt, "spare")
		made := side(mem, len(sizes), spare, func(i int) int { return sizes[i] })
		for i, b := range made {
			if b.Len() != sizes[i] || b.Cap() != sizes[i] || b.Parent() != nil {
				rt.Fatalf("buffer %d: %d bytes of %d, want %d", i, b.Len(), b.Cap(), sizes[i])
			}
			for k := range b.Bytes()[:sizes[i]+spare] {
				b.Bytes()[:sizes[i]+spare][k] = byte(i)
			}
		}
		for _, i := range rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 0)).Perm(len(made)) {
			for _, x := range made[i].Bytes() {
				if x != byte(i) {
					rt.Fatalf("buffer %d has bytes of %d", i, x)
				}
			}
			made[i].Release()
		}
	})
}
