package outofcore

import (
	"context"
	"fmt"
	"math"
	"time"

	arrowarray "github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// Work is a computation on data that a cluster holds.
type Work interface {
	// Hold makes the data on r and returns when all of it is there; release
	// gives it up.
	Hold(ctx context.Context, r graph.Runner) (release func(), err error)
	// Run computes the answer from it, on r.
	Run(ctx context.Context, r graph.Runner) ([]float64, error)
	// Want is the answer without a cluster and without the data.
	Want(ctx context.Context) ([]float64, error)
	// Bytes is how much data there is.
	Bytes() int64
}

// tolerance is the largest relative difference of sums in another order.
const tolerance = 1e-9

// Check returns an error if the answers differ.
func Check(got, want []float64) error {
	if len(got) != len(want) || len(got) == 0 {
		return fmt.Errorf("outofcore: %d figures, want %d", len(got), len(want))
	}
	scale := 0.0
	for _, x := range want {
		scale = max(scale, math.Abs(x))
	}
	for i, x := range got {
		if !(math.Abs(x-want[i]) <= tolerance*scale) {
			return fmt.Errorf("outofcore: figure %d of %d is %v, want %v", i, len(got), x, want[i])
		}
	}
	return nil
}

// held is arrays on a cluster.
func held(ctx context.Context, r graph.Runner, arrays ...*array.Array) (there []*array.Array, release func(), err error) {
	var releases []func()
	release = func() {
		for _, f := range releases {
			f()
		}
	}
	for _, a := range arrays {
		h, f, err := a.Persist(ctx, r)
		if err != nil {
			release()
			return nil, nil, err
		}
		releases = append(releases, f)
		there = append(there, h)
	}
	for _, h := range there {
		if err := h.Wait(ctx, r); err != nil {
			release()
			return nil, nil, err
		}
	}
	return there, release, nil
}

// local computes in this process and keeps no more than a block a thread.
var local = &graph.Local{}

// A Product is the sum of the product of two random matrices, n×k and k×n, which
// together are the data.
type Product struct {
	n, k int
	x, y *array.Array
	held []*array.Array
}

// NewProduct has so many bytes of matrices, in blocks of block by block. n is a
// multiple of block; 0 is as much as k.
func NewProduct(bytes int64, n, block int) *Product {
	p := &Product{n: n}
	if n == 0 {
		p.n = int(math.Sqrt(float64(bytes/16))) / block * block
	}
	p.k = int(bytes/16/int64(p.n)) / block * block
	chunks := array.ChunkShape(block, block)
	p.x = array.Random(1).Normal(0, 1, []int{p.n, p.k}, chunks)
	p.y = array.Random(2).Normal(0, 1, []int{p.k, p.n}, chunks)
	return p
}

// Bytes implements Work.
func (p *Product) Bytes() int64 { return 16 * int64(p.n) * int64(p.k) }

// Flops is how many operations the product takes.
func (p *Product) Flops() float64 { return 2 * float64(p.n) * float64(p.n) * float64(p.k) }

// Hold implements Work.
func (p *Product) Hold(ctx context.Context, r graph.Runner) (release func(), err error) {
	p.held, release, err = held(ctx, r, p.x, p.y)
	return release, err
}

// Run implements Work.
func (p *Product) Run(ctx context.Context, r graph.Runner) ([]float64, error) {
	s, err := array.MatMul(p.held[0], p.held[1]).Sum().Scalar(ctx, r)
	return []float64{s}, err
}

// Want implements Work: Σ(XY) is the sums of X's columns times those of Y's rows.
func (p *Product) Want(ctx context.Context) ([]float64, error) {
	s, err := p.x.Sum(0).Mul(p.y.Sum(1)).Sum().Scalar(ctx, local)
	return []float64{s}, err
}

// A Transpose cuts a matrix that is held in blocks of rows into blocks of
// columns, all of which are held, too, and sums these.
type Transpose struct {
	rows, columns, block int
	x                    *array.Array
	held                 []*array.Array
}

// transposeColumns is how many columns the matrix has.
const transposeColumns = 2048

// NewTranspose has so many bytes of a matrix before it is transposed and as many
// thereafter, in blocks of about block bytes.
func NewTranspose(bytes int64, block int) *Transpose {
	t := &Transpose{columns: transposeColumns, block: block}
	t.rows = int(bytes / 2 / 8 / transposeColumns)
	t.x = array.Random(3).Normal(0, 1, []int{t.rows, t.columns}, array.ChunkShape(max(1, block/8/t.columns), t.columns))
	return t
}

// Bytes implements Work.
func (t *Transpose) Bytes() int64 { return 2 * 8 * int64(t.rows) * int64(t.columns) }

// Hold implements Work.
func (t *Transpose) Hold(ctx context.Context, r graph.Runner) (release func(), err error) {
	t.held, release, err = held(ctx, r, t.x)
	return release, err
}

// Run implements Work.
func (t *Transpose) Run(ctx context.Context, r graph.Runner) ([]float64, error) {
	across := t.held[0].Transpose().RechunkTo(max(1, t.block/8/t.rows), t.rows)
	there, release, err := held(ctx, r, across)
	if err != nil {
		return nil, err
	}
	defer release()
	return there[0].Sum(1).Float64s(ctx, r)
}

// Want implements Work.
func (t *Transpose) Want(ctx context.Context) ([]float64, error) {
	return t.x.Sum(0).Float64s(ctx, local)
}

// Groups is sum, mean and count by a key of a frame that is held.
type Groups struct {
	rows, groups int
	f            *frame.Frame
	key, value   *array.Array
	held         *frame.Frame
}

// NewGroups has so many bytes of a frame of two columns, in partitions of block
// bytes, with so many groups.
func NewGroups(bytes int64, block, groups int) *Groups {
	g := &Groups{rows: int(bytes / 16), groups: groups}
	shape, chunks := []int{g.rows}, array.ChunkShape(block/16)
	g.key = array.Random(4).Integers(0, int64(groups), shape, chunks)
	g.value = array.Random(5).Normal(1, 1, shape, chunks)
	g.f = frame.FromArrays([]string{"key", "value"}, g.key, g.value)
	return g
}

// Bytes implements Work.
func (g *Groups) Bytes() int64 { return 16 * int64(g.rows) }

// Hold implements Work.
func (g *Groups) Hold(ctx context.Context, r graph.Runner) (release func(), err error) {
	g.held, release, err = heldFrame(ctx, r, g.f)
	return release, err
}

// Run implements Work: for each key in order its rows and their sum.
func (g *Groups) Run(ctx context.Context, r graph.Runner) ([]float64, error) {
	t, err := g.held.GroupBy("key").Agg(frame.Rows().As("n"), frame.Sum("value").As("s")).Sort(frame.Asc("key")).Compute(ctx, r)
	if err != nil {
		return nil, err
	}
	defer t.Release()
	n, s := t.Column(1).(*arrowarray.Int64), t.Column(2).(*arrowarray.Float64)
	var out []float64
	for i := range t.NumRows() {
		out = append(out, float64(n.Value(i)), s.Value(i))
	}
	return out, nil
}

// Want implements Work: a loop over the columns, a chunk at a time.
func (g *Groups) Want(ctx context.Context) ([]float64, error) {
	out := make([]float64, 2*g.groups)
	chunk := g.key.Chunks()[0][0]
	for lo := 0; lo < g.rows; lo += chunk {
		part := array.Span(lo, min(lo+chunk, g.rows))
		both, err := array.Compute(ctx, local, g.key.Slice(part), g.value.Slice(part))
		if err != nil {
			return nil, err
		}
		vs := kernels.Data[float64](both[1])
		for i, k := range kernels.Data[int64](both[0]) {
			out[2*k]++
			out[2*k+1] += vs[i]
		}
		both[0].Release()
		both[1].Release()
	}
	return out, nil
}

// Write writes the data as Parquet files into dir, for others.
func (g *Groups) Write(ctx context.Context, dir string) error {
	_, err := g.f.WriteParquet(ctx, local, dir)
	return err
}

// Digest sums up an answer of Run: the rows and the sum of each group, with its
// key as a weight and without.
func (g *Groups) Digest(figures []float64) map[string]float64 {
	d := map[string]float64{"groups": float64(len(figures) / 2)}
	for key := range len(figures) / 2 {
		n, s := figures[2*key], figures[2*key+1]
		d["rows"] += n
		d["sum"] += s
		d["keyed rows"] += n * float64(key)
		d["keyed sum"] += s * float64(key)
	}
	return d
}

// A Measurement is what one computation took.
type Measurement struct {
	Hold, Run time.Duration
	Peak      int64 // bytes that a worker process had resident at most, while holding and running
}

// Measure holds, runs and checks.
func (r *Rig) Measure(ctx context.Context, w Work) (m Measurement, err error) {
	if err := r.ResetPeaks(); err != nil {
		return m, err
	}
	start := time.Now()
	release, err := w.Hold(ctx, r)
	if err != nil {
		return m, err
	}
	defer release()
	m.Hold = time.Since(start)
	start = time.Now()
	got, err := w.Run(ctx, r)
	if err != nil {
		return m, err
	}
	m.Run = time.Since(start)
	if m.Peak, err = r.Peak(); err != nil {
		return m, err
	}
	want, err := w.Want(ctx)
	if err != nil {
		return m, err
	}
	return m, Check(got, want)
}
