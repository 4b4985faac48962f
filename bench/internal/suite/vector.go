package suite

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/peak"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// Vector is the suite of functions and reductions of long vectors on one
// thread, as array expressions and reductions run them, beside numpy, plain Go
// or gonum, and the memory: the ratio to the last is the share of the rate of
// reading, or of copying, that is reached.
func Vector() harness.Suite {
	return harness.Suite{
		Name:  "vector",
		About: "functions, arithmetic and reductions of 10⁷ numbers on 1 thread, beside numpy, plain Go or gonum, and the machine's memory",
		Plan:  planVector,
	}
}

func planVector(_ context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	n := 10_000_000
	if cfg.Quick {
		n = 1_000_000
	}
	numpy := harness.NewProcess("numpy", "vector.py")
	memory := memories{}
	cases := vectorCases[float64](cfg, "f64", n, numpy, memory)
	return append(cases, vectorCases[float32](cfg, "f32", n, numpy, memory)...), numpy.Close, nil
}

// memories are the rates of memory by the bytes that are read: the third-level
// cache of a large machine may hold some of them.
type memories map[int]peak.Bandwidth

func (m memories) reading(size int) peak.Bandwidth {
	if _, ok := m[size]; !ok {
		m[size] = peak.Memory(size)
	}
	return m[size]
}

// vectorRequest is what the peer's program is asked for.
type vectorRequest struct {
	Type string `json:"type"`
	Op   string `json:"op"`
	X    string `json:"x"`
	Y    string `json:"y"`
}

// vectorOp is one case: a program over x and y, or a reduction.
type vectorOp[T kernels.Float] struct {
	name  string
	reads int // vectors
	run   vectorRun[T]
	// naive is the same in plain Go or gonum, which is named.
	peer  string
	naive func(dst, x, y []T) []T
}

// vectorRun computes on our side.
type vectorRun[T kernels.Float] func(mem kernels.Allocator, x, y *kernels.Block) (*kernels.Block, error)

func vectorCases[T kernels.Float](cfg harness.Config, name string, n int, numpy harness.Peer, memory memories) []harness.Case {
	var cases []harness.Case
	for _, op := range append(vectorMaps[T](), vectorFolds[T]()...) {
		cases = append(cases, vectorCase(cfg, name, n, op, numpy, memory))
	}
	return cases
}

func vectorCase[T kernels.Float](cfg harness.Config, name string, n int, op vectorOp[T], numpy harness.Peer, memory memories) harness.Case {
	v := &vectors[T]{op: op, n: n}
	size := n * kernels.DTypeOf[T]().Size()
	limit, bytes := memory.reading(size*op.reads).Read, size*op.reads
	if op.maps() {
		limit, bytes = memory.reading(size).Copy, bytes+size
	}
	tolerance := 1e-9
	if name == "f32" { // numpy adds up and multiplies in float32
		tolerance = 1e-3
	}
	request := vectorRequest{Type: name, Op: op.name, X: cfg.Dir + "/vector-x.raw", Y: cfg.Dir + "/vector-y.raw"}
	return harness.Case{
		Name:    name + "/" + op.name,
		Metric:  "ns/element",
		Better:  harness.Lower,
		Value:   func(seconds float64) float64 { return seconds * 1e9 / float64(n) },
		Prepare: func(context.Context) (func(), error) { return v.prepare(request.X, request.Y) },
		Ours:    v.ours,
		Peers: []harness.Peer{
			numpy,
			&harness.Func{PeerName: op.peer, PeerVersion: peerVersion(op.peer), Do: v.plain},
			&harness.Limit{PeerName: "memory", PeerVersion: fmt.Sprintf("%.1f GB/s", limit/1e9), Seconds: float64(bytes) / limit},
		},
		Request:   request,
		Short:     true,
		Tolerance: tolerance,
	}
}

func peerVersion(peer string) string {
	if peer == "gonum" {
		return moduleVersion("gonum.org/v1/gonum")
	}
	return "loop"
}

func (op vectorOp[T]) maps() bool { return op.reads > 0 && !isFold(op.name) }

// vectors is the data of one case.
type vectors[T kernels.Float] struct {
	op   vectorOp[T]
	n    int
	mem  kernels.Allocator
	x, y *kernels.Block
	dst  []T
}

// prepare makes two vectors of U(0.1, 20.1), where all functions are ordinary.
func (v *vectors[T]) prepare(fileX, fileY string) (func(), error) {
	v.mem = kernels.AllocatorFrom(context.Background())
	v.dst = make([]T, v.n)
	var err error
	if v.x, err = randomNumbers[T](1, v.n, fileX); err != nil {
		return nil, err
	}
	if v.y, err = randomNumbers[T](2, v.n, fileY); err != nil {
		v.x.Release()
		return nil, err
	}
	return func() { v.x.Release(); v.y.Release() }, nil
}

func randomNumbers[T kernels.Float](seed uint64, n int, file string) (*kernels.Block, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	data := make([]T, n)
	for i := range data {
		data[i] = T(0.1 + 20*r.Float64())
	}
	b, err := kernels.FromSlice(data, n)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, kernels.Payload(b), 0o644); err != nil {
		b.Release()
		return nil, fmt.Errorf("bench: the vector for the peers: %w", err)
	}
	return b, nil
}

func (v *vectors[T]) ours(_ context.Context, call harness.Call) (harness.Sample, error) {
	var out *kernels.Block
	start := time.Now()
	for range call.Repeat {
		if out != nil {
			out.Release()
		}
		var err error
		if out, err = v.op.run(v.mem, v.x, v.y); err != nil {
			return harness.Sample{}, err
		}
	}
	s := harness.Sample{Seconds: time.Since(start).Seconds() / float64(call.Repeat)}
	defer out.Release()
	if call.Check {
		got := kernels.Data[T](out)
		s.Answer = digestVector(got)
		return s, checkVector(v.op.name, got, v.op.naive(v.dst, kernels.Data[T](v.x), kernels.Data[T](v.y)))
	}
	return s, nil
}

func (v *vectors[T]) plain(_ context.Context, _ *harness.Case, call harness.Call) (harness.Sample, error) {
	x, y := kernels.Data[T](v.x), kernels.Data[T](v.y)
	var out []T
	start := time.Now()
	for range call.Repeat {
		out = v.op.naive(v.dst, x, y)
	}
	s := harness.Sample{Seconds: time.Since(start).Seconds() / float64(call.Repeat)}
	if call.Check {
		s.Answer = digestVector(out)
	}
	return s, nil
}

// checkVector compares every element with the naive one.
func checkVector[T kernels.Float](name string, got, want []T) error {
	tolerance := 1e-11
	if kernels.DTypeOf[T]() == kernels.Float32 {
		tolerance = 1e-4 // of the sums; functions are right to 1e-7
	}
	if len(got) != len(want) {
		return fmt.Errorf("bench: %s has %d elements, want %d", name, len(got), len(want))
	}
	for i, w := range want {
		if g := float64(got[i]); !(math.Abs(g-float64(w)) <= tolerance*max(1, math.Abs(float64(w)))) {
			return fmt.Errorf("bench: %s: element %d is %v, want %v", name, i, g, w)
		}
	}
	return nil
}

// digestVector gives the figures that vectors are compared by; vector.py has
// the same.
func digestVector[T kernels.Float](x []T) harness.Answer {
	var weighted, squares float64
	for i, v := range x {
		weighted += float64(v) * float64(1+i%11)
		squares += float64(v) * float64(v)
	}
	return harness.Answer{"weighted": weighted, "squares": squares}
}

// program builds a run of an expression over x and y.
func program[T kernels.Float](build func(b *expr.Builder, x, y expr.Ref) (expr.Ref, error), inputs int) vectorRun[T] {
	t, err := expr.TypeOfDType(kernels.DTypeOf[T]())
	if err != nil {
		panic(err)
	}
	b := expr.NewBuilder()
	x := b.Input(t)
	y := x
	if inputs == 2 {
		y = b.Input(t)
	}
	result, err := build(b, x, y)
	if err != nil {
		panic(err)
	}
	p, err := b.Program(result)
	if err != nil {
		panic(err)
	}
	return func(mem kernels.Allocator, x, y *kernels.Block) (*kernels.Block, error) {
		out, err := expr.EvalBlocks(mem, p, []*kernels.Block{x, y}[:inputs])
		if err != nil {
			return nil, err
		}
		return out[0], nil
	}
}
