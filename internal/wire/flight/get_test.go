package flight

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/flight"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// read returns all batches of a ticket, which the test releases in the end.
func read(t testing.TB, c flight.Client, ticket *flight.Ticket) (*arrow.Schema, []arrow.Record) {
	t.Helper()
	s, recs, err := tryRead(t, c, ticket)
	if err != nil {
		t.Fatal(err)
	}
	return s, recs
}

func tryRead(t testing.TB, c flight.Client, ticket *flight.Ticket) (*arrow.Schema, []arrow.Record, error) {
	stream, err := c.DoGet(t.Context(), ticket)
	if err != nil {
		return nil, nil, err
	}
	r, err := flight.NewRecordReader(stream)
	if err != nil {
		return nil, nil, err
	}
	defer r.Release()
	var recs []arrow.Record
	for r.Next() {
		rec := r.Record()
		rec.Retain()
		t.Cleanup(rec.Release)
		recs = append(recs, rec)
	}
	return r.Schema(), recs, r.Err()
}

func byName(name string) *flight.Ticket { return &flight.Ticket{Ticket: []byte(name)} }

// same fails the test unless the batches are the rows of t.
func same(t testing.TB, what string, recs []arrow.Record, want *kernels.Table) {
	t.Helper()
	at := 0
	for _, rec := range recs {
		n := int(rec.NumRows())
		if at+n > want.NumRows() {
			t.Fatalf("%s: more than %d rows", what, want.NumRows())
		}
		part := want.Slice(at, at+n)
		for i := range part.NumColumns() {
			if !array.Equal(rec.Column(i), part.Column(i)) {
				t.Errorf("%s: rows %d to %d of column %q differ:\n%v\n%v", what, at, at+n, rec.ColumnName(i), rec.Column(i), part.Column(i))
			}
		}
		part.Release()
		at += n
	}
	if at != want.NumRows() {
		t.Errorf("%s: %d rows, want %d", what, at, want.NumRows())
	}
}

// A frame is read by its endpoints, and in one stream, whatever its columns are
// and though its partitions are slices with dictionaries of their own.
func TestFrame(t *testing.T) {
	mem := kerneltest.Alloc(t)
	s := newShelf(t)
	c := serve(t, s, Options{})
	schema, rng := everyType(), rand.New(rand.NewPCG(1, 2))
	var parts []graph.Value
	var rows []int64
	for _, n := range []int{1000, 0, 7, 30_000} {
		all := randomTable(t, mem, schema, n+13, rng)
		parts = append(parts, all.Slice(5, 5+n))
		rows = append(rows, int64(n))
		all.Release()
	}
	s.set("all", dataset.Frame(schema, rows), parts...)
	info := must(c.GetFlightInfo(t.Context(), descriptorOf("all")))(t)
	if info.TotalRecords != 31_007 || len(info.Endpoint) != 4 || !info.Ordered {
		t.Errorf("flight info %v", info)
	}
	if got := must(flight.DeserializeSchema(info.Schema, memory.DefaultAllocator))(t); !got.Equal(schema) {
		t.Errorf("schema %v", got)
	}
	first := 0
	for i, e := range info.Endpoint {
		got, recs := read(t, c, e.Ticket)
		if !got.Equal(schema) {
			t.Errorf("endpoint %d: schema %v", i, got)
		}
		same(t, "endpoint", recs, parts[i].(*kernels.Table))
		var meta endpointForm
		if err := json.Unmarshal(e.AppMetadata, &meta); err != nil || meta.First != int64(first) || meta.Rows != rows[i] {
			t.Errorf("endpoint %d: metadata %s, %v", i, e.AppMetadata, err)
		}
		first += int(rows[i])
	}
	_, recs := read(t, c, byName("all"))
	for _, p := range parts {
		n := 0
		end := slices.IndexFunc(recs, func(r arrow.Record) bool {
			n += int(r.NumRows())
			return n > p.(*kernels.Table).NumRows()
		})
		if end < 0 {
			end = len(recs)
		}
		same(t, "one stream", recs[:end], p.(*kernels.Table))
		recs = recs[end:]
	}
}

// Arrow's writer keeps a dictionary of floats for which the next is about the
// same. Ours does not.
func TestDictionariesOfNearlyTheSameFloats(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.PrimitiveTypes.Float64}
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: typ, Nullable: true}}, nil)
	var parts []graph.Value
	for _, x := range []float64{1, 1.0000001} {
		b := array.NewDictionaryBuilder(memory.DefaultAllocator, typ).(*array.Float64DictionaryBuilder)
		must(0, b.Append(x))(t)
		col := b.NewArray()
		parts = append(parts, must(kernels.NewTable(schema, []arrow.Array{col}, 1))(t))
	}
	s.set("x", dataset.Frame(schema, nil), parts...)
	stream := must(c.DoGet(t.Context(), byName("x")))(t)
	r := must(flight.NewRecordReader(stream))(t)
	defer r.Release()
	for i := 0; r.Next(); i++ {
		d := r.Record().Column(0).(*array.Dictionary)
		if got, want := d.Dictionary().(*array.Float64).Value(d.GetValueIndex(0)), []float64{1, 1.0000001}[i]; got != want {
			t.Errorf("row %d is %v, want %v", i, got, want)
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
}

// Columns that are no slices, and whose offsets do not begin at 0, arrive whole.
func TestOffsetsThatBeginLate(t *testing.T) {
	offsets := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{2, 3, 5}))
	text := array.NewData(arrow.BinaryTypes.String, 2, []*memory.Buffer{nil, offsets, memory.NewBufferBytes([]byte("xxabc"))}, nil, 0, 0)
	child := array.NewData(arrow.PrimitiveTypes.Uint8, 5, []*memory.Buffer{nil, memory.NewBufferBytes([]byte{9, 9, 1, 2, 3})}, nil, 0, 0)
	list := array.NewData(arrow.ListOf(arrow.PrimitiveTypes.Uint8), 2, []*memory.Buffer{nil, offsets}, []arrow.ArrayData{child}, 0, 0)
	nested := arrow.StructOf(arrow.Field{Name: "t", Type: arrow.BinaryTypes.String})
	structs := array.NewData(nested, 2, []*memory.Buffer{nil}, []arrow.ArrayData{text}, 0, 0)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "text", Type: text.DataType()}, {Name: "list", Type: list.DataType()}, {Name: "struct", Type: nested},
	}, nil)
	table := must(kernels.NewTable(schema, []arrow.Array{array.MakeFromData(text), array.MakeFromData(list), array.MakeFromData(structs)}, 2))(t)
	s := newShelf(t)
	s.set("late", dataset.Frame(schema, nil), table)
	_, recs := read(t, serve(t, s, Options{}), byName("late"))
	same(t, "late", recs, table)
	if got := recs[0].Column(0).(*array.String).Value(1); got != "bc" {
		t.Errorf("the second text is %q", got)
	}
}

// Messages are about batchBytes, whatever the rows are like.
func TestBatchesAreBounded(t *testing.T) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String}}, nil))
	for i := range 2000 {
		b.Field(0).(*array.StringBuilder).Append(strings.Repeat("x", i*5))
	}
	b.Field(0).(*array.StringBuilder).Append(strings.Repeat("y", 3<<20))
	table := must(kernels.NewTableFromRecord(b.NewRecord()))(t)
	s := newShelf(t)
	s.set("s", dataset.Frame(table.Schema(), nil), table)
	_, recs := read(t, serve(t, s, Options{}), byName("s"))
	same(t, "strings", recs, table)
	for i, r := range recs {
		if n := bytesOfRows(r, 0, int(r.NumRows())); n > batchBytes && r.NumRows() > 1 {
			t.Errorf("batch %d of %d rows has %d bytes", i, r.NumRows(), n)
		}
	}
	if len(recs) < 10 || len(recs) > 14 {
		t.Errorf("%d batches for about 13 MiB", len(recs))
	}
}

// A client that goes in the middle leaves nothing behind.
func TestReaderGoesAway(t *testing.T) {
	mem := kerneltest.Alloc(t)
	s := newShelf(t)
	c := serve(t, s, Options{})
	var parts []graph.Value
	var chunks []int
	for range 8 {
		parts = append(parts, must(kernels.Zeros(mem, kernels.Float64, 1000, 1000))(t))
		chunks = append(chunks, 1000)
	}
	s.set("big", dataset.Array(kernels.Float64, [][]int{chunks, {1000}}), parts...)
	ctx, cancel := context.WithCancel(t.Context())
	stream := must(c.DoGet(ctx, byName("big")))(t)
	for range 3 {
		must(stream.Recv())(t)
	}
	cancel()
	for {
		if _, err := stream.Recv(); err != nil {
			break
		}
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		n := s.open
		s.mu.Unlock()
		if n == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the stream holds its dataset after its client has gone")
		}
	}
}

// What is being read stays until it has been sent, though nobody else has it any
// more: freed memory would be overwritten.
func TestDroppedWhileRead(t *testing.T) {
	mem := kerneltest.Alloc(t)
	s := newShelf(t)
	const window = 1 << 16 // so that what is sent last waits for a slow reader
	c := serve(t, s, Options{}, grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(window))
	const rows, width = 2048, 512 // eight batches
	b := must(kernels.NewBlock(mem, kernels.Float64, rows, width))(t)
	for i := range kernels.Data[float64](b) {
		kernels.Data[float64](b)[i] = float64(i)
	}
	s.set("x", dataset.Array(kernels.Float64, [][]int{{rows}, {width}}), b)
	r := must(flight.NewRecordReader(must(c.DoGet(t.Context(), byName("x")))(t)))(t)
	defer r.Release()
	next := 0.0
	for r.Next() {
		if next == 0 {
			must(0, s.Drop(t.Context(), "x"))(t)
		}
		time.Sleep(10 * time.Millisecond)
		for _, x := range r.Record().Column(0).(*array.FixedSizeList).ListValues().(*array.Float64).Float64Values() {
			if x != next {
				t.Fatalf("%v is where %v was", x, next)
			}
			next++
		}
	}
	if r.Err() != nil || next != rows*width {
		t.Errorf("%v of %d elements, %v", next, rows*width, r.Err())
	}
}

// code fails the test unless err has the code and says all of texts.
func code(t testing.TB, err error, want codes.Code, texts ...string) {
	t.Helper()
	st := status.Convert(err)
	if st.Code() != want {
		t.Errorf("error %v, want code %v", err, want)
	}
	for _, x := range texts {
		if !strings.Contains(st.Message(), x) {
			t.Errorf("error %q must say %q", st.Message(), x)
		}
	}
}

func TestReadingMistakes(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{listWait: 20 * time.Millisecond})
	ctx := t.Context()
	block := func() *kernels.Block { return must(kernels.FromSlice([]float64{1, 2}, 2))(t) }
	s.set("x", dataset.Array(kernels.Float64, [][]int{{2}}), block())
	s.set("wrong", dataset.Array(kernels.Float64, [][]int{{3}}), block())
	s.set("complex", dataset.Array(kernels.Complex128, [][]int{{1}}), kernels.Scalar(complex(1, 2)))
	s.set("foreign", nil, graph.Raw("go")).fail = ErrForeign
	slow := s.set("slow", dataset.Array(kernels.Float64, [][]int{{2}}), block())
	slow.wait = make(chan struct{})

	_, err := c.GetFlightInfo(ctx, descriptorOf("nobody's"))
	code(t, err, codes.NotFound, "nobody's")
	_, err = c.GetSchema(ctx, descriptorOf("nobody's"))
	code(t, err, codes.NotFound, "nobody's")
	_, err = c.GetFlightInfo(ctx, &flight.FlightDescriptor{Type: flight.DescriptorCMD, Cmd: []byte("select 1")})
	code(t, err, codes.InvalidArgument, "CMD", "for_path")
	_, err = c.GetFlightInfo(ctx, &flight.FlightDescriptor{Type: flight.DescriptorPATH})
	code(t, err, codes.InvalidArgument, "empty")
	_, err = c.GetFlightInfo(ctx, descriptorOf("complex"))
	code(t, err, codes.InvalidArgument, "complex", "real and imaginary")
	_, err = c.GetFlightInfo(ctx, descriptorOf("foreign"))
	code(t, err, codes.Unimplemented, "foreign")
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	_, err = c.GetFlightInfo(short, descriptorOf("slow"))
	code(t, err, codes.DeadlineExceeded)

	for _, bad := range []struct {
		ticket string
		code   codes.Code
		says   string
	}{
		{"", codes.InvalidArgument, "empty"},
		{"{nonsense", codes.InvalidArgument, "malformed ticket"},
		{`{"endpoint":0}`, codes.InvalidArgument, "malformed ticket"},
		{"nobody's", codes.NotFound, "nobody's"},
		{`{"dataset":"x","endpoint":7}`, codes.NotFound, "1 endpoints"},
		{`{"dataset":"x","endpoint":-1}`, codes.NotFound, "-1"},
		{`{"dataset":"x","version":"00"}`, codes.NotFound, "replaced"},
		{"wrong", codes.InvalidArgument, "float64[3]"},
	} {
		_, _, err := tryRead(t, c, byName(bad.ticket))
		code(t, err, bad.code, bad.says)
	}
	_, err = must(c.DoExchange(ctx))(t).Recv()
	code(t, err, codes.Unimplemented, "DoExchange")

	checkListing(t, c)
}

// checkListing: a listing waits for none, and says what is wrong with which.
func checkListing(t *testing.T, c flight.Client) {
	ctx := t.Context()
	list := must(c.ListFlights(ctx, &flight.Criteria{}))(t)
	said := map[string]string{}
	for {
		info, err := list.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		said[info.FlightDescriptor.Path[0]] = string(must(info, err)(t).AppMetadata)
	}
	for name, want := range map[string]string{"x": `"kind":"array"`, "slow": "being computed", "complex": "real and imaginary", "foreign": "not for", "wrong": "array"} {
		if !strings.Contains(said[name], want) {
			t.Errorf("the listing says %q of %s, want %q", said[name], name, want)
		}
	}
	list = must(c.ListFlights(ctx, &flight.Criteria{Expression: []byte("x")}))(t)
	if info := must(list.Recv())(t); info.FlightDescriptor.Path[0] != "x" {
		t.Errorf("listed %v", info)
	}
	if _, err := list.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("after the one flight that begins with x: %v", err)
	}
}
