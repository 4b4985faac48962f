package flight_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	arrowflight "github.com/apache/arrow/go/v17/arrow/flight"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/client/flight"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func TestMain(m *testing.M) {
	cluster.Init() // workers of the tests are this program
	goleak.VerifyTestMain(m)
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// service serves the datasets of a new cluster until the test ends.
func service(t testing.TB, o flight.Options, opts ...cluster.Option) (c *client.Client, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cl := must(cluster.Local(ctx, opts...))(t)
	t.Cleanup(func() { must(0, cl.Close())(t) })
	c = must(cl.Client(ctx))(t)
	t.Cleanup(func() { must(0, c.Close())(t) })
	mine := must(cl.Client(ctx, client.Name("flight")))(t)
	t.Cleanup(func() { must(0, mine.Close())(t) })
	o.Listen = "127.0.0.1:0"
	s := must(flight.Listen(mine, o))(t)
	life, end := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Serve(life) }()
	t.Cleanup(func() {
		end()
		must(0, <-ended)(t)
	})
	return c, s.Addr()
}

func connect(t testing.TB, address string) arrowflight.Client {
	c := must(arrowflight.NewClientWithMiddleware(address, nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials())))(t)
	t.Cleanup(func() { c.Close() })
	return c
}

// column reads one column of float64 or int64, or of tensors of them, through all
// endpoints of a dataset in order.
func column(t testing.TB, c arrowflight.Client, name string, k int) (xs []float64) {
	t.Helper()
	info := must(c.GetFlightInfo(t.Context(), pathOf(name)))(t)
	for _, e := range info.Endpoint {
		r := must(arrowflight.NewRecordReader(must(c.DoGet(t.Context(), e.Ticket))(t)))(t)
		for r.Next() {
			col := r.Record().Column(k)
			if l, ok := col.(*arrowarray.FixedSizeList); ok {
				col = l.ListValues()
			}
			switch col := col.(type) {
			case *arrowarray.Float64:
				xs = append(xs, col.Float64Values()...)
			case *arrowarray.Int64:
				for _, x := range col.Int64Values() {
					xs = append(xs, float64(x))
				}
			default:
				t.Fatalf("column %d is %v", k, col.DataType())
			}
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		r.Release()
	}
	return xs
}

func pathOf(name string) *arrowflight.FlightDescriptor {
	return &arrowflight.FlightDescriptor{Type: arrowflight.DescriptorPATH, Path: []string{name}}
}

// numbers is a frame of rows 0 … n-1 in partitions of per rows.
func numbers(t testing.TB, n, per int) *frame.Frame {
	schema := arrow.NewSchema([]arrow.Field{{Name: "i", Type: arrow.PrimitiveTypes.Int64}}, nil)
	var ts []*kernels.Table
	for at := 0; at < n; at += per {
		xs := make([]int64, min(per, n-at))
		for i := range xs {
			xs[i] = int64(at + i)
		}
		col := must(kernels.ToArrow(must(kernels.FromSlice(xs))(t)))(t)
		ts = append(ts, must(kernels.NewTable(schema, []arrow.Array{col}, len(xs)))(t))
	}
	return frame.FromTables(ts...)
}

// What is published from Go is read by a Flight client: a frame, a frame that is
// computed first, futures of tables and blocks, and an array cut along both axes.
func TestPublishedFromGo(t *testing.T) {
	c, address := service(t, flight.Options{}, cluster.Workers(2))
	fc, ctx := connect(t, address), t.Context()
	must(0, numbers(t, 1000, 300).Publish(ctx, c, "numbers"))(t)
	must(0, numbers(t, 1000, 300).Filter(frame.Col("i").Lt(500)).Publish(ctx, c, "few"))(t)
	if got := column(t, fc, "numbers", 0); len(got) != 1000 || got[999] != 999 {
		t.Errorf("%d numbers, the last %v", len(got), got[len(got)-1])
	}
	if got := column(t, fc, "few", 0); len(got) != 500 || got[499] != 499 {
		t.Errorf("%d of the few", len(got))
	}

	x := array.Random(7).Normal(0, 1, []int{130, 70, 3}, array.ChunkShape(50, 32, 2))
	must(0, x.Publish(ctx, c, "x"))(t)
	want := must(x.Float64s(ctx, &graph.Local{}))(t)
	if got := column(t, fc, "x", 0); !slices.Equal(got, want) {
		t.Errorf("an array of %d elements arrives as %d others", len(want), len(got))
	}
	info := must(fc.GetFlightInfo(ctx, pathOf("x")))(t)
	if len(info.Endpoint) != 3 || info.TotalRecords != 130 || info.TotalBytes != 130*70*3*8 {
		t.Errorf("flight info %v", info)
	}

	blocks := []*kernels.Block{
		must(kernels.FromSlice([]float64{1, 2, 3, 4}, 2, 2))(t), must(kernels.FromSlice([]float64{5, 6}, 1, 2))(t),
	}
	must(0, client.Publish(ctx, c, "blocks", must(client.Scatter(ctx, c, blocks...))(t)...))(t)
	if got := column(t, fc, "blocks", 0); !slices.Equal(got, []float64{1, 2, 3, 4, 5, 6}) {
		t.Errorf("blocks %v", got)
	}
	scalar := must(client.Scatter(ctx, c, kernels.Scalar(4.5)))(t)
	must(0, client.Publish(ctx, c, "scalar", scalar...))(t)
	if got := column(t, fc, "scalar", 0); !slices.Equal(got, []float64{4.5}) {
		t.Errorf("scalar %v", got)
	}
	if names := listed(t, fc); !slices.Equal(names, []string{"blocks", "few", "numbers", "scalar", "x"}) {
		t.Errorf("listed %v", names)
	}
}

func listed(t testing.TB, fc arrowflight.Client) (names []string) {
	list := must(fc.ListFlights(t.Context(), &arrowflight.Criteria{}))(t)
	for {
		info, err := list.Recv()
		if errors.Is(err, io.EOF) {
			return names
		}
		names = append(names, must(info, err)(t).FlightDescriptor.Path...)
	}
}

// putFrame puts the tables of a frame of numbers.
func putFrame(t testing.TB, fc arrowflight.Client, name string, n int) {
	t.Helper()
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = float64(i)
	}
	col := must(kernels.ToArrow(must(kernels.FromSlice(xs))(t)))(t)
	s := arrow.NewSchema([]arrow.Field{{Name: "x", Type: col.DataType()}}, nil)
	rec := arrowarray.NewRecord(s, []arrow.Array{col}, int64(n))
	stream := must(fc.DoPut(t.Context()))(t)
	w := arrowflight.NewRecordWriter(stream, ipc.WithSchema(s))
	w.SetFlightDescriptor(pathOf(name))
	must(0, w.Write(rec))(t)
	must(0, w.Close())(t)
	must(0, stream.CloseSend())(t)
	must(stream.Recv())(t)
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

// What is put is a frame in Go, on workers that are processes of their own.
func TestOpenedInGo(t *testing.T) {
	c, address := service(t, flight.Options{Partition: 1 << 20}, cluster.Workers(2), cluster.Processes())
	fc, ctx := connect(t, address), t.Context()
	const n = 300_000
	putFrame(t, fc, "put", n)
	f, release, err := frame.Open(ctx, c, "put")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if f.Partitions() != 3 {
		t.Errorf("%d partitions", f.Partitions())
	}
	table := must(f.Filter(frame.Col("x").Ge(float64(n-2))).Compute(ctx, c))(t)
	defer table.Release()
	if got := table.Column(0).(*arrowarray.Float64).Float64Values(); !slices.Equal(got, []float64{n - 2, n - 1}) {
		t.Errorf("the last two are %v", got)
	}
	// The other way, between processes: results of workers are read here.
	must(0, f.With(frame.Col("x").Mul(2.0).As("y")).Publish(ctx, c, "doubled"))(t)
	if got := column(t, fc, "doubled", 1); len(got) != n || got[n-1] != 2*(n-1) {
		t.Errorf("%d doubled", len(got))
	}
	must(0, f.Publish(ctx, c, "put again"))(t) // what was opened
	if got := column(t, fc, "put again", 0); len(got) != n || got[n-1] != n-1 {
		t.Errorf("%d again", len(got))
	}
	if _, _, err := array.Open(ctx, c, "put"); err == nil || !strings.Contains(err.Error(), "frame.Open") {
		t.Errorf("a frame opened as an array: %v", err)
	}
	if _, _, err := frame.Open(ctx, c, "nobody's"); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("%v", err)
	}
	x := array.Arange(0, 24, 1, array.ChunkShape(5)).Reshape(4, 6)
	must(0, x.Publish(ctx, c, "x"))(t)
	a, releaseA, err := array.Open(ctx, c, "x")
	if err != nil {
		t.Fatal(err)
	}
	defer releaseA()
	if got := must(a.Sum().Scalar(ctx, c))(t); got != 276 {
		t.Errorf("sum %v", got)
	}
	must(0, a.Publish(ctx, c, "x again"))(t)
	if got := column(t, fc, "x again", 0); len(got) != 24 || got[23] != 23 {
		t.Errorf("again %v", got)
	}
	if _, _, err := frame.Open(ctx, c, "x"); err == nil || !strings.Contains(err.Error(), "array.Open") {
		t.Errorf("an array opened as a frame: %v", err)
	}
}

var failing = graph.NewFunc("flight-test.failing", func(context.Context, int) (*kernels.Table, error) { return nil, errors.New("no such table today") })

// What cannot be read says why, by name.
func TestWhatCannotBeRead(t *testing.T) {
	c, address := service(t, flight.Options{})
	fc, ctx := connect(t, address), t.Context()
	code := func(name string, want codes.Code, says ...string) {
		t.Helper()
		_, err := fc.GetFlightInfo(ctx, pathOf(name))
		st := status.Convert(err)
		if st.Code() != want {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		for _, s := range append(says, name) {
			if !strings.Contains(st.Message(), s) {
				t.Errorf("%s: %q must say %q", name, st.Message(), s)
			}
		}
	}
	publish := func(name string, values ...graph.Value) {
		t.Helper()
		must(0, client.Publish(ctx, c, name, must(client.Scatter(ctx, c, values...))(t)...))(t)
	}
	table := func() graph.Value { return must(numbers(t, 3, 3).Compute(ctx, &graph.Local{}))(t) }
	block := func(shape ...int) graph.Value {
		return must(kernels.Zeros(kernels.DefaultAllocator(), kernels.Float64, shape...))(t)
	}
	publish("words", graph.Raw("go"))
	publish("mixed", table(), block(2))
	publish("mixed too", block(2), table())
	publish("wide and narrow", block(2, 3), block(2, 2))
	must(0, client.Publish(ctx, c, "fails", must(client.Submit(ctx, c, failing, 1))(t)))(t)
	code("words", codes.Unimplemented, "encoded Go value")
	code("mixed", codes.Unimplemented, "part 0 is a table")
	code("mixed too", codes.Unimplemented, "part 0 is a block")
	code("wide and narrow", codes.Unimplemented, "float64[2 3]", "float64[2 2]", "Array.Publish")
	code("fails", codes.Internal, "no such table today")
	code("nobody's", codes.NotFound)
	if names := listed(t, fc); len(names) != 5 {
		t.Errorf("listed %v", names)
	}
}

// Leases end: of memory that a worker in this process has, nothing is kept when
// it has been read and dropped.
func TestLeasesEnd(t *testing.T) {
	mem := kerneltest.Alloc(t) // checked last
	c, address := service(t, flight.Options{})
	fc, ctx := connect(t, address), t.Context()
	b := must(kernels.Zeros(mem, kernels.Float64, 1000, 1000))(t)
	fs := must(client.Scatter(ctx, c, b))(t)
	b.Release()
	must(0, client.Publish(ctx, c, "x", fs...))(t)
	fs[0].Release()
	for range 3 {
		if got := column(t, fc, "x", 0); len(got) != 1_000_000 {
			t.Errorf("%d elements", len(got))
		}
	}
	gone, cancel := context.WithCancel(ctx)
	stream := must(fc.DoGet(gone, &arrowflight.Ticket{Ticket: []byte("x")}))(t)
	must(stream.Recv())(t)
	cancel()
	for _, err := stream.Recv(); err == nil; _, err = stream.Recv() {
	}
	act := must(fc.DoAction(ctx, &arrowflight.Action{Type: "drop", Body: []byte("x")}))(t)
	if _, err := act.Recv(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); mem.Bytes() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes are kept", mem.Bytes())
		}
	}
}

// Many at once read and put.
func TestManyAtOnce(t *testing.T) {
	c, address := service(t, flight.Options{Partition: 1 << 16}, cluster.Workers(2))
	ctx := t.Context()
	must(0, numbers(t, 100_000, 9_000).Publish(ctx, c, "numbers"))(t)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 8 {
		n := 1 + rng.IntN(50_000)
		name := string(rune('a' + i))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fc := connect(t, address)
			for range 3 {
				if got := column(t, fc, "numbers", 0); len(got) != 100_000 || got[77_777] != 77_777 {
					t.Errorf("%d numbers", len(got))
				}
			}
			putFrame(t, fc, name, n)
			if got := column(t, fc, name, 0); len(got) != n || math.Abs(got[n-1]-float64(n-1)) > 0 {
				t.Errorf("%d of %d", len(got), n)
			}
		})
	}
}
