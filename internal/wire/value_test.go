package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// travel returns what v is after it has travelled.
func travel(mem kernels.Allocator, v graph.Value) (graph.Value, error) {
	e, err := encode(mem, v)
	if err != nil {
		return nil, err
	}
	defer e.release()
	p, err := readPlan(e.meta, 1<<30)
	if err != nil {
		return nil, err
	}
	r := bytes.NewReader(bytes.Join(e.segs, nil))
	got, err := p.receive(r, mem)
	if err == nil && r.Len() > 0 {
		got.Release()
		return nil, fmt.Errorf("%d bytes of payload are left", r.Len())
	}
	return got, err
}

func TestValuesTravel(t *testing.T) {
	mem := kerneltest.Alloc(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, mem, 2)
		defer v.Release()
		got, err := travel(mem, v)
		if err != nil {
			t.Fatalf("%v: %v", v, err)
		}
		defer got.Release()
		if err := equalValues(v, got); err != nil {
			t.Fatal(err)
		}
	})
}

// equalValues compares two values, element by element, without looking at how they
// lie in memory.
func equalValues(want, got graph.Value) error {
	switch w := want.(type) {
	case graph.Raw:
		if g, ok := got.(graph.Raw); !ok || !bytes.Equal(w, g) {
			return fmt.Errorf("%q became %v", w, got)
		}
	case graph.List:
		g, ok := got.(graph.List)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("a list of %d became %v", len(w), got)
		}
		for i := range w {
			if err := equalValues(w[i], g[i]); err != nil {
				return fmt.Errorf("part %d: %w", i, err)
			}
		}
	case *kernels.Block:
		g, ok := got.(*kernels.Block)
		if !ok || g.DType() != w.DType() || fmt.Sprint(g.Shape()) != fmt.Sprint(w.Shape()) {
			return fmt.Errorf("%v became %v", want, got)
		}
		if a, b := elements(w), elements(g); !bytes.Equal(a, b) {
			return fmt.Errorf("elements %.1000x became %.1000x", a, b)
		}
	case *kernels.Table:
		g, ok := got.(*kernels.Table)
		if !ok || !g.Schema().Equal(w.Schema()) || g.NumRows() != w.NumRows() {
			return fmt.Errorf("%v became %v", w.Schema(), got)
		}
		for i := range w.NumColumns() {
			if !array.Equal(w.Column(i), g.Column(i)) {
				return fmt.Errorf("column %v became %v", w.Column(i), g.Column(i))
			}
		}
	}
	return nil
}

// elements are all elements, in order; of a block that repeats few of them more
// than a machine can hold, none.
func elements(b *kernels.Block) []byte {
	if b.Bytes() < 1<<20 && b.Size() > 1<<20 {
		return nil
	}
	c, err := kernels.Contiguous(kernels.DefaultAllocator(), b)
	if err != nil {
		return []byte(err.Error())
	}
	defer c.Release()
	return bytes.Clone(kernels.Payload(c))
}

func drawValue(t *rapid.T, mem kernels.Allocator, depth int) graph.Value {
	switch kind := rapid.IntRange(0, 3).Draw(t, "kind"); {
	case kind == 0:
		return graph.Raw(rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "raw"))
	case kind == 1:
		return drawTable(t, mem)
	case kind == 2 && depth > 0:
		l := graph.List{}
		for range rapid.IntRange(0, 3).Draw(t, "parts") {
			l = append(l, drawValue(t, mem, depth-1))
		}
		return l
	}
	return drawBlock(t, mem)
}

// drawBlock draws a block and some views of views of it.
func drawBlock(t *rapid.T, mem kernels.Allocator) *kernels.Block {
	shape := rapid.SliceOfN(rapid.IntRange(0, 6), 0, 3).Draw(t, "shape")
	b, err := kernels.NewBlock(mem, kernels.DType(rapid.IntRange(1, 7).Draw(t, "dtype")), shape...)
	if err != nil {
		t.Fatal(err)
	}
	for i, raw := 0, kernels.Payload(b); i < len(raw); i++ {
		raw[i] = byte(i*7) & 1 // also a bool
	}
	for range rapid.IntRange(0, 3).Draw(t, "views") {
		v := drawView(t, b)
		b.Release()
		b = v
	}
	return b
}

func drawView(t *rapid.T, b *kernels.Block) *kernels.Block {
	var v *kernels.Block
	var err error
	switch rapid.IntRange(0, 2).Draw(t, "view") {
	case 0:
		v, err = b.Transpose()
	case 1:
		v, err = b.Broadcast(append([]int{3}, b.Shape()...)...)
	case 2:
		n := b.NDim()
		s := kernels.SliceSpec{Start: make([]int, n), Count: make([]int, n), Step: make([]int, n), Drop: make([]bool, n)}
		for i, length := range b.Shape() {
			if length == 0 {
				s.Step[i] = 1
				continue
			}
			s.Start[i] = rapid.IntRange(0, length-1).Draw(t, "start")
			s.Step[i] = rapid.SampledFrom([]int{1, -1, 2}).Draw(t, "step")
			room := (length - 1 - s.Start[i]) / max(s.Step[i], 1)
			if s.Step[i] < 0 {
				room = s.Start[i]
			}
			s.Count[i] = rapid.IntRange(0, room+1).Draw(t, "count")
		}
		v, err = b.Slice(s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var columnTypes = []arrow.DataType{
	arrow.Null, arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Int64,
	arrow.PrimitiveTypes.Float64, &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "Europe/Berlin"}, arrow.FixedWidthTypes.Time64ns, arrow.FixedWidthTypes.Duration_s, arrow.FixedWidthTypes.Date32, arrow.BinaryTypes.String,
	arrow.BinaryTypes.LargeString, arrow.BinaryTypes.Binary, &arrow.FixedSizeBinaryType{ByteWidth: 3}, &arrow.Decimal128Type{Precision: 9, Scale: 2},
	arrow.ListOf(arrow.BinaryTypes.String), arrow.StructOf(arrow.Field{Name: "x", Type: arrow.FixedWidthTypes.Boolean, Nullable: true}, arrow.Field{Name: "y", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true}),
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: arrow.BinaryTypes.String},
	arrow.LargeListOf(arrow.BinaryTypes.String), arrow.FixedSizeListOf(3, arrow.FixedWidthTypes.Boolean), arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32),
	arrow.ListOf(arrow.FixedSizeListOf(2, arrow.StructOf(arrow.Field{Name: "m", Type: arrow.MapOf(arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.LargeString), Nullable: true}))),
	arrow.BinaryTypes.LargeBinary, arrow.FixedWidthTypes.Date64, arrow.FixedWidthTypes.Time32ms, arrow.FixedWidthTypes.Float16, &arrow.Decimal256Type{Precision: 50, Scale: 3},
}

// drawTable draws a slice of a table.
func drawTable(t *rapid.T, mem kernels.Allocator) *kernels.Table {
	rows := rapid.IntRange(0, 40).Draw(t, "rows")
	var fields []arrow.Field
	var cols []arrow.Array
	for i := range rapid.IntRange(0, 4).Draw(t, "columns") {
		typ := rapid.SampledFrom(columnTypes).Draw(t, "type")
		b := array.NewBuilder(mem, typ)
		for range rows {
			appendAny(t, b)
		}
		fields = append(fields, arrow.Field{Name: string(rune('a' + i)), Type: typ, Nullable: true})
		cols = append(cols, b.NewArray())
		b.Release()
	}
	about := arrow.NewMetadata([]string{"made by"}, []string{"a test"})
	whole, err := kernels.NewTable(arrow.NewSchema(fields, &about), cols, rows)
	for _, c := range cols {
		c.Release()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Release()
	i := rapid.IntRange(0, rows).Draw(t, "from")
	return whole.Slice(i, rapid.IntRange(i, rows).Draw(t, "to"))
}

// appendAny appends an element, or null.
func appendAny(t *rapid.T, b array.Builder) {
	n := rapid.IntRange(0, 9).Draw(t, "element")
	if n == 0 {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.MapBuilder:
		b.Append(true)
		for range n % 3 {
			appendText(t, b.KeyBuilder(), rapid.IntRange(1, 9).Draw(t, "key"))
			appendAny(t, b.ItemBuilder())
		}
		return
	case *array.FixedSizeListBuilder:
		b.Append(true)
		for range b.Type().(*arrow.FixedSizeListType).Len() {
			appendAny(t, b.ValueBuilder())
		}
		return
	case array.ListLikeBuilder:
		b.Append(true)
		for range n % 4 {
			appendAny(t, b.ValueBuilder())
		}
		return
	case *array.StructBuilder:
		b.Append(true)
		for i := range b.NumField() {
			appendAny(t, b.FieldBuilder(i))
		}
		return
	}
	appendText(t, b, n)
}

// appendText appends an element that depends on n.
func appendText(t *rapid.T, b array.Builder, n int) {
	text := map[arrow.Type]string{
		arrow.BOOL: fmt.Sprint(n%2 == 0), arrow.TIMESTAMP: "2020-01-01T00:00:00Z", arrow.DATE32: "2020-01-01", arrow.DATE64: "2020-01-01",
		arrow.FIXED_SIZE_BINARY: "YWJj", arrow.BINARY: "YWJj", arrow.LARGE_BINARY: "YWJj", arrow.NULL: array.NullValueStr, arrow.TIME64: "10:00:00", arrow.TIME32: "10:00:00", arrow.DURATION: "3s",
	}[b.Type().ID()]
	if text == "" {
		text = fmt.Sprint(n)
	}
	if err := b.AppendValueFromString(text); err != nil {
		t.Fatalf("%v: %v", b.Type(), err)
	}
}

// TestOnlyWhatIsSeenTravels: a slice of a large table and a broadcast of a
// small block are small.
func TestOnlyWhatIsSeenTravels(t *testing.T) {
	mem := kerneltest.Alloc(t)
	one, err := kernels.Zeros(mem, kernels.Float64, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Release()
	wide, err := one.Broadcast(1000, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer wide.Release()
	if n := payloadOf(t, wide); n != 32 {
		t.Errorf("a broadcast of 32 bytes takes %d", n)
	}
	b := array.NewStringBuilder(mem)
	defer b.Release()
	for range 10000 {
		b.Append("a long enough text")
	}
	col := b.NewArray()
	defer col.Release()
	table, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String}}, nil), []arrow.Array{col}, 10000)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	part := table.Slice(5003, 5013)
	defer part.Release()
	if n := payloadOf(t, part); n > 400 {
		t.Errorf("ten short texts take %d bytes", n)
	}
}

func payloadOf(t *testing.T, v graph.Value) int {
	e, err := encode(kernels.DefaultAllocator(), v)
	if err != nil {
		t.Fatal(err)
	}
	defer e.release()
	return len(bytes.Join(e.segs, nil))
}

type alien struct{ graph.Raw }

func TestWhatDoesNotTravelSaysSo(t *testing.T) {
	_, err := encode(kernels.DefaultAllocator(), graph.List{graph.Raw{}, alien{}})
	if !errors.Is(err, ErrTravel) {
		t.Errorf("error %v", err)
	}
	if err := Travels(graph.List{alien{}}); !errors.Is(err, ErrTravel) {
		t.Errorf("error %v", err)
	}
}

func TestValueBeyondTheLimit(t *testing.T) {
	e, err := encode(kernels.DefaultAllocator(), graph.List{make(graph.Raw, 60), make(graph.Raw, 60)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.release()
	if _, err := readPlan(e.meta, 119); !errors.Is(err, graph.ErrMemory) {
		t.Errorf("error %v", err)
	}
}

// FuzzValue: whatever comes is a value or an error, and nothing leaks. The
// input is the length of the description, it, and the payload.
func FuzzValue(f *testing.F) {
	mem := kernels.DefaultAllocator()
	for i := range 40 {
		v := rapid.Custom(func(t *rapid.T) graph.Value { return drawValue(t, mem, 2) }).Example(i)
		e, err := encode(mem, v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(e.meta, bytes.Join(e.segs, nil))
		e.release()
		v.Release()
	}
	f.Fuzz(func(t *testing.T, meta, payload []byte) {
		mem := kerneltest.Alloc(t)
		p, err := readPlan(meta, 1<<16)
		if err != nil {
			return
		}
		v, err := p.receive(bytes.NewReader(payload), mem)
		if err != nil {
			if !errors.Is(err, ErrEncoding) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
				t.Errorf("error %v", err)
			}
			return
		}
		defer v.Release()
		again, err := travel(mem, v)
		if err != nil {
			t.Fatalf("%v does not travel again: %v", v, err)
		}
		defer again.Release()
		if err := equalValues(v, again); err != nil && !bytes.Contains([]byte(fmt.Sprint(v)), []byte("NaN")) {
			t.Errorf("again: %v", err)
		}
	})
}
