package graph

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestKeyNames(t *testing.T) {
	k := NewKey("gemm(1,0,2)", []byte("content"))
	if k != NewKey("gemm(1,0,2)", []byte("content")) || k == NewKey("gemm(1,0,2)", []byte("contents")) {
		t.Fatal("a key must be a function of its content")
	}
	if NewKey("a", []byte("bc")) == NewKey("a", []byte("b"), []byte("c")) {
		t.Fatal("parts must not run together")
	}
	if s := k.String(); !strings.HasPrefix(s, "gemm-") || !strings.HasSuffix(s, "(1,0,2)") || len(s) != len("gemm-3f2a(1,0,2)") {
		t.Fatalf("key is shown as %q; want the form gemm-3f2a(1,0,2)", s)
	}
	if a, b := RandomKey("x"), RandomKey("x"); a == b {
		t.Fatal("random keys must differ")
	}
}

func TestResources(t *testing.T) {
	r, err := ParseResources("LICENCE=2.5, GPU=1,GPU=1")
	if err != nil || r.String() != "GPU=2,LICENCE=2.5" {
		t.Fatalf("got %v, %v", r, err)
	}
	need, _ := ParseResources("GPU")
	if !r.Covers(need) || need.Covers(r) {
		t.Fatal("GPU=2 covers GPU=1 and not the reverse")
	}
	for _, bad := range []string{"GPU=x", "GPU=-1", "=3"} {
		if _, err := ParseResources(bad); err == nil || !strings.Contains(err.Error(), "resource") {
			t.Errorf("%q: error %v; want one about resources", bad, err)
		}
	}
}

func TestCodecRoundTrips(t *testing.T) {
	type point struct{ X, Y float64 }
	roundTrip(t, 42)
	roundTrip(t, int64(-1))
	roundTrip(t, 1.5)
	roundTrip(t, "héllo")
	roundTrip(t, true)
	roundTrip(t, point{1, 2})
	roundTrip(t, int32(7))
	var i int
	v, _ := Encode("text")
	if err := Decode(v, &i); err == nil || !strings.Contains(err.Error(), "a string") {
		t.Fatalf("decoding a string as int: %v; the message must say what is there", err)
	}
	if _, err := Encode(make(chan int)); err == nil || !strings.Contains(err.Error(), "chan int") {
		t.Fatalf("encoding a channel: %v", err)
	}
	if err := Decode(Value(Raw{}), &i); err == nil {
		t.Fatal("an empty encoding must not decode")
	}
}

func roundTrip[T comparable](t *testing.T, x T) {
	t.Helper()
	v, err := Encode(x)
	if err != nil {
		t.Fatal(err)
	}
	var y T
	if err := Decode(v, &y); err != nil || y != x {
		t.Fatalf("%v came back as %v, %v", x, y, err)
	}
}

var boom = NewFunc("test.boom", func(_ context.Context, x int) (int, error) {
	if x == 0 {
		panic("zero")
	}
	return 0, errors.New("refused")
})

var sleep = NewFunc("test.sleep", func(ctx context.Context, _ int) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
})

func call(t *testing.T, f *Func[int, int], x int, spec Spec) *Graph {
	t.Helper()
	a, err := f.Literal(x)
	if err != nil {
		t.Fatal(err)
	}
	b := &Builder{}
	b.Output(b.Add(Class{Op: f.Name(), Spec: spec}, a), NewKey("out"))
	return b.Graph()
}

func TestLocalErrors(t *testing.T) {
	run := func(g *Graph) error {
		_, err := (&Local{}).Run(context.Background(), g)
		return err
	}
	err := run(call(t, boom, 0, Spec{}))
	var te *TaskError
	if !errors.Is(err, ErrPanic) || !errors.As(err, &te) || !strings.Contains(te.Stack, "local") || te.Op != "test.boom" {
		t.Errorf("a panic gave %v", err)
	}
	if err := run(call(t, boom, 1, Spec{})); !errors.Is(err, ErrTask) || !strings.Contains(err.Error(), "refused") {
		t.Errorf("an error gave %v", err)
	}
	if err := run(call(t, sleep, 1, Spec{Timeout: time.Millisecond})); !errors.Is(err, ErrTimeout) {
		t.Errorf("a time-out gave %v", err)
	}
	b := &Builder{}
	b.Output(b.Add(Class{Op: "nobody.knows"}, nil), NewKey("out"))
	if err := run(b.Graph()); !errors.Is(err, ErrUnregistered) || !strings.Contains(err.Error(), `"nobody.knows"`) {
		t.Errorf("an unknown op gave %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(5*time.Millisecond, cancel)
	if _, err := (&Local{}).Run(ctx, call(t, sleep, 1, Spec{})); !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "canceled") {
		t.Errorf("cancelling gave %v", err)
	}
}

func TestLocalPersist(t *testing.T) {
	l := &Local{}
	ctx := context.Background()
	hs, err := l.Persist(ctx, squares(t, 4))
	if err != nil {
		t.Fatal(err)
	}
	b := &Builder{}
	in := b.Input(hs[0].Key())
	b.Output(b.Add(Class{Op: square.Name()}, ArgValue(), in.Whole()), NewKey("again"))
	vs, err := l.Run(ctx, b.Graph())
	if err != nil {
		t.Fatal(err)
	}
	var got int
	if err := Decode(vs[0], &got); err != nil || got != 98*98 {
		t.Fatalf("got %d, %v; want %d", got, err, 98*98)
	}
	hs[0].Release()
	b = &Builder{}
	b.Output(b.Input(hs[0].Key()), NewKey("gone"))
	if _, err := l.Run(ctx, b.Graph()); !errors.Is(err, ErrUnknownKey) {
		t.Fatalf("a released key gave %v", err)
	}
}

func TestValidateRefuses(t *testing.T) {
	broken := map[string]func(*Graph){
		"dependency":      func(g *Graph) { g.Deps[0].Ref = TaskRef(g.Len()) },
		"input":           func(g *Graph) { g.Deps[0].Ref = InputRef(9) },
		"class":           func(g *Graph) { g.Class[0] = 99 },
		"attribute":       func(g *Graph) { g.AttrOf[1] = 99 },
		"attribute order": func(g *Graph) { g.AttrEnd[1] = 1 << 30 },
		"ends":            func(g *Graph) { g.DepEnd[0] = 1 << 30 },
		"columns":         func(g *Graph) { g.AttrOf = g.AttrOf[1:] },
		"output":          func(g *Graph) { g.Outputs[0].Task = 1 << 20 },
	}
	for name, breakIt := range broken {
		g := squares(t, 3)
		breakIt(g)
		if err := g.Validate(); err == nil {
			t.Errorf("%s: a broken graph is called valid", name)
		}
	}
}

func TestWriteDOT(t *testing.T) {
	var buf bytes.Buffer
	if err := Optimize(squares(t, 2)).WriteDOT(&buf); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"digraph", "test.square+test.square", "t0 -> t2", "style=bold"} {
		if !strings.Contains(buf.String(), want) {
			t.Errorf("DOT lacks %q:\n%s", want, buf.String())
		}
	}
}

func FuzzSteps(f *testing.F) {
	f.Add(appendSteps(nil, []step{{"a", []byte{1}, []stepIn{{0, -1}}}, {"b", nil, []stepIn{{previous, 2}}}}), 1)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		steps, err := parseSteps(b, n&7)
		if err != nil {
			return
		}
		again, err := parseSteps(appendSteps(nil, steps), n&7)
		if err != nil || len(again) != len(steps) {
			t.Fatalf("steps did not come back: %v", err)
		}
	})
}
