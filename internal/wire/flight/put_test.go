package flight

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/flight"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// put sends records under a name, and returns the metadata of the result.
func put(ctx context.Context, c flight.Client, name string, s *arrow.Schema, recs ...arrow.Record) (string, error) {
	stream, err := c.DoPut(ctx)
	if err != nil {
		return "", err
	}
	w := flight.NewRecordWriter(stream, ipc.WithSchema(s))
	w.SetFlightDescriptor(descriptorOf(name))
	for _, r := range recs {
		if err := w.Write(r); err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
	}
	if err := w.Close(); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if err := stream.CloseSend(); err != nil {
		return "", err
	}
	r, err := stream.Recv()
	if err != nil {
		return "", err
	}
	_, err = stream.Recv()
	if !errors.Is(err, io.EOF) {
		return "", err
	}
	return string(r.AppMetadata), nil
}

// Batches of any size become partitions of about one size, of every type.
func TestPutFrame(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{Partition: 100_000})
	schema, rng := everyType(), rand.New(rand.NewPCG(3, 4))
	var recs []arrow.Record
	all := randomTable(t, memory.DefaultAllocator, schema, 4000, rng)
	for _, cut := range [][2]int{{0, 3}, {3, 10}, {10, 10}, {10, 2500}, {2500, 2600}, {2600, 4000}} {
		recs = append(recs, sliced(all.Record(), schema, cut[0], cut[1]-cut[0])) // Arrow cannot write its own slice
	}
	said := must(put(t.Context(), c, "all", schema, recs...))(t)
	it := s.has["all"]
	if it == nil || it.note.TotalRows() != 4000 || len(it.note.Rows) != len(it.parts) {
		t.Fatalf("put %s: %+v", said, it)
	}
	at := 0
	for i, p := range it.parts {
		part := p.(*kernels.Table)
		n := part.NumRows()
		want := all.Slice(at, at+n)
		same(t, "put", []arrow.Record{part.Record()}, want)
		if b := bytesOfRows(part.Record(), 0, n); b > 100_000 || part.Bytes() > 400_000 {
			t.Errorf("partition %d of %d rows has %d bytes, and keeps %d", i, n, b, part.Bytes())
		}
		at += n
	}
	if at != 4000 || len(it.parts) < 5 {
		t.Errorf("%d rows in %d partitions: %s", at, len(it.parts), said)
	}
	_, back := read(t, c, byName("all"))
	same(t, "read back", back, all)
}

// Of no rows becomes one partition without rows.
func TestPutOfNothing(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	must(put(t.Context(), c, "none", everyType()))(t)
	got, recs := read(t, c, byName("none"))
	if !got.Equal(everyType()) || len(recs) != 0 || len(s.has["none"].parts) != 1 {
		t.Errorf("%v, %d batches, %d partitions", got, len(recs), len(s.has["none"].parts))
	}
}

// tensors returns a record of tensors of the given shape, counting from 0.
func tensors[T float64 | int32 | uint8](t testing.TB, rows, size int, elem arrow.DataType, extension string, keys ...string) arrow.Record {
	t.Helper()
	xs := make([]T, rows*size)
	for i := range xs {
		xs[i] = T(i)
	}
	b := must(kernels.FromSlice(xs))(t)
	values := must(kernels.ToArrow(b))(t)
	typ := arrow.FixedSizeListOf(int32(size), elem)
	col := array.MakeFromData(array.NewData(typ, rows, []*memory.Buffer{nil}, []arrow.ArrayData{values.Data()}, 0, 0))
	field := arrow.Field{Name: "t", Type: typ, Nullable: true, Metadata: arrow.NewMetadata(
		[]string{extensionName, extensionMetadata}, []string{tensorName, extension})}
	var meta arrow.Metadata
	if len(keys) == 2 {
		meta = arrow.NewMetadata(keys[:1], keys[1:])
	}
	return array.NewRecord(arrow.NewSchema([]arrow.Field{field}, &meta), []arrow.Array{col}, int64(rows))
}

// Tensors become the blocks of an array, and come back as they were put.
func TestPutArray(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{Partition: 6 * 8 * 10})
	rec := tensors[float64](t, 25, 6, arrow.PrimitiveTypes.Float64, `{"shape":[2,3]}`)
	must(put(t.Context(), c, "x", rec.Schema(), rec.NewSlice(0, 4), rec.NewSlice(4, 25)))(t)
	it := s.has["x"]
	if got := it.note.Chunks; len(got) != 3 || len(got[0]) != 3 || got[0][2] != 5 {
		t.Errorf("chunks %v", got)
	}
	at := 0.0
	for _, p := range it.parts {
		for _, x := range kernels.Data[float64](p.(*kernels.Block)) {
			if x != at {
				t.Fatalf("%v is where %v was put", x, at)
			}
			at++
		}
	}
	got, recs := read(t, c, byName("x"))
	if name, _ := got.Field(0).Metadata.GetValue(extensionMetadata); name != `{"shape":[2,3]}` || at != 150 {
		t.Errorf("schema %v, %v elements", got, at)
	}
	var lists []arrow.Array
	for _, r := range recs {
		lists = append(lists, r.Column(0))
	}
	if whole := must(array.Concatenate(lists, memory.DefaultAllocator))(t); !array.Equal(whole, rec.Column(0)) {
		t.Errorf("read %v", whole)
	}
}

// What lies in another order of axes is put in its own.
func TestPutPermuted(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	rec := tensors[int32](t, 2, 6, arrow.PrimitiveTypes.Int32, `{"shape":[2,3],"permutation":[1,0],"dim_names":["a","b"]}`)
	must(put(t.Context(), c, "x", rec.Schema(), rec))(t)
	b := s.has["x"].parts[0].(*kernels.Block)
	if got := b.Shape(); got[1] != 3 || got[2] != 2 {
		t.Errorf("shape %v", got)
	}
	if got := kernels.Data[int32](b); got[1] != 3 || got[2] != 1 || got[7] != 9 {
		t.Errorf("elements %v", got)
	}
}

func TestPutBools(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	rec := tensors[uint8](t, 2, 1, arrow.PrimitiveTypes.Uint8, `{"shape":[]}`, dtypeKey, "bool")
	must(put(t.Context(), c, "b", rec.Schema(), rec))(t)
	b := s.has["b"].parts[0].(*kernels.Block)
	if b.DType() != kernels.Bool || b.NDim() != 1 || kernels.Data[bool](b)[0] || !kernels.Data[bool](b)[1] {
		t.Errorf("%v %v", b, b.Preview())
	}
	got, _ := read(t, c, byName("b"))
	if v, _ := got.Metadata().GetValue(dtypeKey); v != "bool" {
		t.Errorf("schema %v", got)
	}
	rec = tensors[uint8](t, 3, 1, arrow.PrimitiveTypes.Uint8, `{"shape":[]}`, dtypeKey, "bool")
	_, err := put(t.Context(), c, "no bools", rec.Schema(), rec)
	code(t, err, codes.InvalidArgument, "element 2", "is 2")
}

func single(t testing.TB, name string, col arrow.Array) arrow.Record {
	s := arrow.NewSchema([]arrow.Field{{Name: name, Type: col.DataType(), Nullable: true}}, nil)
	return array.NewRecord(s, []arrow.Array{col}, int64(col.Len()))
}

func ints(t testing.TB, xs ...int64) arrow.Array {
	return must(kernels.ToArrow(must(kernels.FromSlice(xs))(t)))(t)
}

func TestPutTwice(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	ctx := t.Context()
	first, second := single(t, "x", ints(t, 1)), single(t, "x", ints(t, 2, 3))
	must(put(ctx, c, "a/b", first.Schema(), first))(t)
	_, err := put(ctx, c, "a/b", second.Schema(), second)
	code(t, err, codes.AlreadyExists, "a/b", "ashlar-replace: true")
	info := must(c.GetFlightInfo(ctx, &flight.FlightDescriptor{Type: flight.DescriptorPATH, Path: []string{"a", "b"}}))(t)
	_, err = put(metadata.AppendToOutgoingContext(ctx, "ashlar-replace", "perhaps"), c, "a/b", second.Schema(), second)
	code(t, err, codes.InvalidArgument, "perhaps")
	must(put(metadata.AppendToOutgoingContext(ctx, "ashlar-replace", "true"), c, "a/b", second.Schema(), second))(t)
	if n := s.has["a/b"].note.TotalRows(); n != 2 {
		t.Errorf("%d rows after the replacement", n)
	}
	_, _, err = tryRead(t, c, info.Endpoint[0].Ticket)
	code(t, err, codes.NotFound, "was replaced")
}

// failing is a catalog whose cluster takes nothing.
type failing struct{ *shelf }

func (f failing) Begin(ctx context.Context, name string) (Upload, error) {
	up, err := f.shelf.Begin(ctx, name)
	return full{up}, err
}

type full struct{ Upload }

func (full) Add(context.Context, graph.Value) error { return graph.ErrMemory }

// What the cluster does not take is not published, and the client hears why.
func TestPutDoesNotFit(t *testing.T) {
	s := newShelf(t)
	c := serve(t, failing{s}, Options{Partition: 100})
	rec := single(t, "x", ints(t, make([]int64, 1000)...))
	_, err := put(t.Context(), c, "x", rec.Schema(), rec)
	code(t, err, codes.ResourceExhausted, `"x"`)
	rec = single(t, "x", ints(t, 1)) // the last part fails
	_, err = put(t.Context(), c, "x", rec.Schema(), rec)
	code(t, err, codes.ResourceExhausted, `"x"`)
	if len(s.has) != 0 {
		t.Errorf("published: %v", s.has)
	}
}

func TestPutTooLarge(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{message: 10_000})
	rec := single(t, "x", ints(t, make([]int64, 2000)...))
	_, err := put(t.Context(), c, "x", rec.Schema(), rec)
	code(t, err, codes.ResourceExhausted, "larger than max", "10000") // as gRPC says
}

func TestActions(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	ctx := t.Context()
	rec := single(t, "x", ints(t, 1))
	must(put(ctx, c, "x", rec.Schema(), rec))(t)
	list := must(c.ListActions(ctx, &flight.Empty{}))(t)
	if a := must(list.Recv())(t); a.Type != "drop" {
		t.Errorf("action %v", a)
	}
	act := func(typ, body string) error {
		_, err := must(c.DoAction(ctx, &flight.Action{Type: typ, Body: []byte(body)}))(t).Recv()
		return err
	}
	if err := act("drop", "x"); !errors.Is(err, io.EOF) || s.has["x"] != nil {
		t.Errorf("dropped: %v, %v", err, s.has)
	}
	code(t, act("drop", "x"), codes.NotFound, "x")
	code(t, act("drop", ""), codes.InvalidArgument, "wants the name")
	code(t, act("dance", ""), codes.Unimplemented, "dance", "drop")
}

// Lists of fixed size, and maps, come back as they were put.
func TestPutNested(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	fixed := array.NewFixedSizeListBuilder(memory.DefaultAllocator, 2, arrow.PrimitiveTypes.Int8)
	mapped := array.NewMapBuilder(memory.DefaultAllocator, arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int8, false)
	for i := range int8(5) {
		fixed.Append(true)
		fixed.ValueBuilder().(*array.Int8Builder).AppendValues([]int8{i, -i}, nil)
		mapped.Append(true)
		for k := range i {
			mapped.KeyBuilder().(*array.StringBuilder).Append(strings.Repeat("k", int(k)+1))
			mapped.ItemBuilder().(*array.Int8Builder).Append(k * i)
		}
	}
	for _, col := range []arrow.Array{fixed.NewArray(), mapped.NewArray()} {
		name := col.DataType().Name()
		rec := single(t, "x", col)
		must(put(t.Context(), c, name, rec.Schema(), rec))(t)
		_, got := read(t, c, byName(name))
		if len(got) != 1 || !array.Equal(got[0].Column(0), col) {
			t.Errorf("%s: put %v, got %v", name, col, got)
		}
	}
}

func TestPutMistakes(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	ctx := t.Context()
	lists := array.NewListBuilder(memory.DefaultAllocator, arrow.PrimitiveTypes.Int8)
	runs := array.NewRunEndEncodedBuilder(memory.DefaultAllocator, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int64)
	twice := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}, {Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
	tensor := tensors[float64](t, 2, 6, arrow.PrimitiveTypes.Float64, `{"shape":[2,3]}`)
	pair := arrow.NewSchema([]arrow.Field{tensor.Schema().Field(0), {Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
	nulls := array.NewFixedSizeListBuilder(memory.DefaultAllocator, 6, arrow.PrimitiveTypes.Float64)
	nulls.AppendNull()
	cases := []struct {
		rec  arrow.Record
		code codes.Code
		says string
	}{
		{single(t, strings.Repeat("x", 70_000), ints(t, 1)), codes.InvalidArgument, "at most 65536"},
		{single(t, "runs", runs.NewArray()), codes.Unimplemented, `column "runs"`},
		{array.NewRecord(twice, []arrow.Array{ints(t, 1), ints(t, 2)}, 1), codes.InvalidArgument, `"x"`},
		{array.NewRecord(pair, []arrow.Array{tensor.Column(0), ints(t, 1, 2)}, 2), codes.InvalidArgument, "put alone"},
		{tensors[float64](t, 2, 6, arrow.PrimitiveTypes.Float64, `{"shape":[2,2]}`), codes.InvalidArgument, "[2 2] in lists of 6"},
		{tensors[float64](t, 2, 6, arrow.PrimitiveTypes.Float64, `{"shape":[2,-3]}`), codes.InvalidArgument, "-3"},
		{tensors[float64](t, 2, 6, arrow.PrimitiveTypes.Float64, `six`), codes.InvalidArgument, `"six"`},
		{tensors[float64](t, 2, 6, arrow.PrimitiveTypes.Float64, `{"shape":[2,3],"permutation":[1,1]}`), codes.InvalidArgument, "permuted"},
		{array.NewRecord(tensor.Schema(), []arrow.Array{nulls.NewArray()}, 1), codes.InvalidArgument, "1 of 1 tensors are null"},
	}
	for _, k := range cases {
		_, err := put(ctx, c, "bad", k.rec.Schema(), k.rec)
		code(t, err, k.code, k.says)
	}
	rec := single(t, "l", lists.NewArray())
	_, err := put(ctx, c, "", rec.Schema(), rec)
	code(t, err, codes.InvalidArgument, "empty")
	if len(s.has) != 0 {
		t.Errorf("published: %v", s.has)
	}
}

// Schemas that come again, streams that end early and messages that are none are
// refused, and nothing is published.
func TestPutStreams(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{})
	ctx := t.Context()
	rec := single(t, "x", ints(t, 1, 2, 3))
	other := single(t, "y", ints(t, 1, 2, 3))
	said := messagesOf(t, rec)
	again := append(append([]*flight.FlightData{}, said...), messagesOf(t, other)...)
	cut := &flight.FlightData{DataHeader: said[1].DataHeader, DataBody: said[1].DataBody[:8]}
	garbage := &flight.FlightData{DataHeader: []byte("not Arrow's at all, and long enough"), DataBody: []byte("x")}
	short := &flight.FlightData{DataHeader: []byte{1}}
	for _, k := range []struct {
		what string
		send []*flight.FlightData
		code codes.Code
		says string
	}{
		{"nothing", nil, codes.InvalidArgument, "before its first message"},
		{"no descriptor", []*flight.FlightData{{DataHeader: said[0].DataHeader}}, codes.InvalidArgument, "flight descriptor"},
		{"a batch first", []*flight.FlightData{{FlightDescriptor: descriptorOf("bad"), DataHeader: said[1].DataHeader, DataBody: said[1].DataBody}}, codes.InvalidArgument, "message 1"},
		{"another schema", again, codes.InvalidArgument, "message 3 is another schema"},
		{"cut", []*flight.FlightData{said[0], cut}, codes.InvalidArgument, "message 2"},
		{"garbage", []*flight.FlightData{said[0], garbage}, codes.InvalidArgument, "message 2"},
		{"short", []*flight.FlightData{said[0], said[1], short}, codes.InvalidArgument, "message 3"},
	} {
		stream := must(c.DoPut(ctx))(t)
		for _, m := range k.send {
			if stream.Send(m) != nil {
				break
			}
		}
		must(0, stream.CloseSend())(t)
		_, err := stream.Recv()
		code(t, err, k.code, k.says)
		if strings.Contains(status.Convert(err).Message(), "rpc error") {
			t.Errorf("an error in an error: %v", err)
		}
		if t.Failed() {
			t.Fatal(k.what)
		}
	}
	if len(s.has) != 0 {
		t.Errorf("published: %v", s.has)
	}
	// Metadata of an application in between is passed over.
	stream := must(c.DoPut(ctx))(t)
	for _, m := range []*flight.FlightData{said[0], {AppMetadata: []byte("hello")}, said[1]} {
		must(0, stream.Send(m))(t)
	}
	must(0, stream.CloseSend())(t)
	must(stream.Recv())(t)
	if s.has["bad"].note.TotalRows() != 3 {
		t.Errorf("put %+v", s.has["bad"].note)
	}
}

// messagesOf are what a client sends to put a record under the name "bad".
func messagesOf(t testing.TB, rec arrow.Record) []*flight.FlightData {
	var c collector
	w := flight.NewRecordWriter(&c, ipc.WithSchema(rec.Schema()))
	w.SetFlightDescriptor(descriptorOf("bad"))
	must(0, w.Write(rec))(t)
	must(0, w.Close())(t)
	return c
}

type collector []*flight.FlightData

func (c *collector) Send(d *flight.FlightData) error {
	*c = append(*c, &flight.FlightData{
		FlightDescriptor: d.FlightDescriptor,
		DataHeader:       append([]byte{}, d.DataHeader...), DataBody: append([]byte{}, d.DataBody...),
	})
	return nil
}

// A client that goes in the middle leaves nothing behind and publishes nothing.
func TestWriterGoesAway(t *testing.T) {
	s := newShelf(t)
	c := serve(t, s, Options{Partition: 1 << 16})
	rec := single(t, "x", ints(t, make([]int64, 100_000)...))
	ctx, cancel := context.WithCancel(t.Context())
	stream := must(c.DoPut(ctx))(t)
	for _, m := range messagesOf(t, rec) {
		must(0, stream.Send(m))(t)
	}
	cancel()
	if _, err := stream.Recv(); err == nil {
		t.Error("a put was answered that was cancelled")
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		n := s.open
		s.mu.Unlock()
		if n == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the put goes on after its client has gone")
		}
	}
	if len(s.has) != 0 {
		t.Errorf("published: %v", s.has)
	}
}

// FuzzReceive: whatever comes, what is taken for a record is one.
func FuzzReceive(f *testing.F) {
	rng := rand.New(rand.NewPCG(5, 6))
	table := randomTable(f, memory.DefaultAllocator, everyType(), 40, rng)
	ms := messagesOf(f, table.Record())
	var dicts []*flight.FlightData
	for _, m := range ms[1:] {
		f.Add(m.DataHeader, m.DataBody)
		if len(dicts) < len(ms)-2 {
			dicts = append(dicts, m)
		}
	}
	f.Fuzz(func(t *testing.T, header, body []byte) {
		at := 0
		in := append([]*flight.FlightData{ms[0]}, dicts...)
		in = append(in, &flight.FlightData{DataHeader: header, DataBody: body}, ms[len(ms)-1])
		m := &messages{mem: &budget{Allocator: memory.DefaultAllocator}, recv: func(v any) error {
			if at == len(in) {
				return io.EOF
			}
			to := v.(*incoming)
			*to = incoming{header: in[at].DataHeader, body: in[at].DataBody}
			at++
			return nil
		}}
		defer m.close()
		r, err := newReceiver(m)
		if err != nil {
			t.Fatal(err)
		}
		defer r.r.Release()
		c := &tables{schema: r.r.Schema(), limit: 2000, mem: memory.DefaultAllocator, emit: func(v graph.Value) error {
			_ = v.(*kernels.Table).Record().Columns()[13].String()
			v.Release()
			return nil
		}}
		defer c.close()
		begin := time.Now()
		_ = receiveAll(r, c)
		if d := time.Since(begin); d > 2*time.Second {
			t.Fatalf("it took %v", d)
		}
	})
}
