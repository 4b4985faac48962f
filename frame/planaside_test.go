package frame

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"pgregory.net/rapid"
)

// besides returns the table of both sides' columns without rows, as joins name
// them, and which columns of the right are in it.
func (r rel) besides(right rel, without string) (out rel, take []int) {
	out = rel{slices.Clone(r.names), r.kinds, nil}
	for i, n := range right.names {
		if n == without {
			continue
		}
		if r.index(n) >= 0 {
			n += "_right"
		}
		take, out.names, out.kinds = append(take, i), append(out.names, n), out.kinds+string(right.kinds[i])
	}
	return out, take
}

func (r rel) cross(right rel) rel {
	out, _ := r.besides(right, "")
	for _, l := range r.rows {
		for _, p := range right.rows {
			out.rows = append(out.rows, slices.Concat(l, p))
		}
	}
	return out
}

// asof gives each row the last of the right whose time is not after its own, or,
// forward, the first whose time is not before; strict ones are not at it.
func (r rel) asof(right rel, forward, strict bool, lt, rt, lby, rby string) rel {
	out, take := r.besides(right, rby)
	for _, l := range r.rows {
		row := slices.Clone(l)
		var best []any
		for _, p := range right.rows {
			t, q := l[r.index(lt)], p[right.index(rt)]
			if t == nil || q == nil || lby != "" && (l[r.index(lby)] == nil || l[r.index(lby)] != p[right.index(rby)]) {
				continue
			}
			c := compareValues(q, t)
			if forward {
				c = -c
			}
			if c > 0 || c == 0 && strict {
				continue
			}
			if best == nil || !forward && compareValues(q, best[right.index(rt)]) >= 0 || forward && compareValues(q, best[right.index(rt)]) < 0 {
				best = p
			}
		}
		for _, i := range take {
			if best == nil {
				row = append(row, nil)
			} else {
				row = append(row, best[i])
			}
		}
		out.rows = append(out.rows, row)
	}
	return out
}

// other draws a table to join with.
func (w *world) other() (rel, []*Frame) {
	w.fresh++
	return w.source(fmt.Sprintf("_%d", w.fresh))
}

func (w *world) crossStep() bool {
	right, frames := w.other()
	joined := w.rel.cross(right)
	if repeated(joined.names) != "" || len(joined.rows) > 300 {
		return false
	}
	w.apply("cross join with "+strings.Join(right.names, " "), func(i int, f *Frame) *Frame { return f.CrossJoin(frames[i]) }, joined)
	return true
}

func (w *world) asofStep() bool {
	right, frames := w.other()
	of := pick(w, []string{"i", "f"})
	if len(w.rel.of(of)) == 0 {
		return false
	}
	lt, rt := pick(w, w.rel.of(of)), pick(w, right.of(of))
	keys := Backward(lt, rt)
	forward, strict := rapid.Bool().Draw(w.t, "forward"), rapid.Bool().Draw(w.t, "strict")
	if forward {
		keys = Forward(lt, rt)
	}
	if strict {
		keys = keys.Strict()
	}
	lby, rby := "", ""
	if by := w.rel.of("s"); len(by) > 0 && rapid.Bool().Draw(w.t, "by") {
		lby, rby = pick(w, by), pick(w, right.of("s"))
		keys = keys.By(On(lby, rby))
	}
	joined := w.rel.asof(right, forward, strict, lt, rt, lby, rby)
	if repeated(joined.names) != "" {
		return false
	}
	w.apply(fmt.Sprintf("%v join asof %s %s by %s %s, strict %v", keys.spec.Strategy, lt, rt, lby, rby, strict),
		func(i int, f *Frame) *Frame { return f.JoinAsof(frames[i], keys) }, joined)
	return true
}

// An asof join gives the same rows whether the right side is broadcast or both are
// exchanged.
func TestAsofPlans(t *testing.T) {
	defer func(rows int) { broadcastRows = rows }(broadcastRows)
	mem := kerneltest.Alloc(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, rows := range []int{0, 1, 60, 300} {
		left := partitioned(t, mem, randomRel(rnd, rows), 4)
		right := partitioned(t, mem, randomRel(rnd, 70), 3)
		for _, keys := range []AsofKeys{Backward("i", "i"), Forward("f", "f").Strict(), Nearest("i", "i").Within(1)} {
			keys = keys.By(Using("s"))
			broadcastRows = 1 << 18
			want, _ := computeParts(t, mem, left.JoinAsof(right, keys))
			broadcastRows = 10
			joined := left.JoinAsof(right, keys)
			if _, ok := joined.node.(*exchangedAsof); !ok || joined.Partitions() != 5 {
				t.Fatalf("the join is\n%s", joined.Explain())
			}
			got, filled := computeParts(t, mem, joined)
			if sortedText(got) != sortedText(want) {
				t.Errorf("%v of %d rows: got\n%s\nwant\n%s", keys, rows, sortedText(got), sortedText(want))
			}
			if rows == 300 && filled < 2 {
				t.Errorf("%v: all rows are in one part", keys)
			}
		}
	}
}

// Distances are given in what the columns of time are in.
func TestAsofWithin(t *testing.T) {
	us := arrow.FixedWidthTypes.Timestamp_us
	frame := func(name string, dt arrow.DataType, times ...any) *Frame {
		var rows [][]any
		for _, v := range times {
			rows = append(rows, []any{v})
		}
		return FromTables(build(t, arrow.NewSchema([]arrow.Field{{Name: name, Type: dt, Nullable: true}}, nil), rows))
	}
	last := func(l, r *Frame, within any) *Frame {
		return l.JoinAsof(r, Backward("t", "u").Within(within)).Select(Col("u").IsNull().As("none"))
	}
	a, b := frame("t", us, int64(3_000_000), int64(3_000_001)), frame("u", us, int64(1_000_000))
	expect(t, last(a, b, 2*time.Second), "false", "true")
	a, b = frame("t", arrow.FixedWidthTypes.Date32, int64(12), int64(13)), frame("u", arrow.FixedWidthTypes.Date32, int64(10))
	expect(t, last(a, b, 71*time.Hour), "false", "true") // two whole days
	a, b = frame("t", arrow.PrimitiveTypes.Float64, 1.5, 1.75), frame("u", arrow.PrimitiveTypes.Float64, 0.5)
	expect(t, last(a, b, 1), "false", "true")
	expect(t, last(a, b, 1.25), "false", "false")
	a, b = frame("t", arrow.PrimitiveTypes.Int64, int64(7), int64(8)), frame("u", arrow.PrimitiveTypes.Int64, int64(5))
	expect(t, last(a, b, int64(2)), "false", "true")
	wantText(t, "a number for an integer", last(a, b, 2.5).Err(), "join asof", "within 2.5", `"t"`, "int64", "give an integer", "planaside_test.go:")
	wantText(t, "a duration for an integer", last(a, b, time.Second).Err(), "within 1s", "give a number")
	wantText(t, "a negative number", last(a, b, -1).Err(), "within -1", "0 or more")
	a, b = frame("t", us, int64(1)), frame("u", us, int64(1))
	wantText(t, "a number for timestamps", last(a, b, 5).Err(), "within 5 (int)", `"t"`, "timestamp", "give a time.Duration")
	wantText(t, "a negative duration", last(a, b, -time.Second).Err(), "-1s", "0 or more")
}

// What is not wrong until two frames meet is an error of the line that joins them.
func TestAsideErrors(t *testing.T) {
	p := people(t)
	other := p.Select(Col("age").As("n"), Col("score").As("x"))
	for _, c := range []struct {
		f    *Frame
		want []string
	}{
		{p.JoinAsof(p, Backward("agee", "age")), []string{"join asof", `"agee"`, `did you mean "age"?`, "left side"}},
		{p.JoinAsof(p, Backward("age", "agee")), []string{"join asof", `"agee"`, "right side"}},
		{p.JoinAsof(other, Backward("age", "x")), []string{`"age" is int64`, `"x" is float64`, "cast"}},
		{p.JoinAsof(p, Backward("name", "name")), []string{`"name"`, "not defined on utf8"}},
		{p.JoinAsof(other, Backward("age", "n").By(On("name", "x"))), []string{`"name" is utf8`, `"x" is float64`}},
		{p.JoinAsof(p, AsofKeys{}), []string{"AsofStrategy(0)"}},
		{p.CrossJoin(p.With(Lit(1).As("name_right"))), []string{"cross join", `two columns named "name_right"`, "rename"}},
		{p.CrossJoin(p.Select("agee")), []string{"select", `"agee"`}},
		{p.JoinAsof(p.Select("agee"), Backward("age", "age")), []string{"select", `"agee"`}},
	} {
		wantText(t, strings.Join(c.want, " "), c.f.Err(), append(c.want, "planaside_test.go:")...)
	}
}

// A cross join under a filter never has all pairs at once.
func TestCrossJoinByCondition(t *testing.T) {
	var rows [][]any
	for i := range int64(3000) {
		rows = append(rows, []any{i})
	}
	s := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil)
	f := FromTables(build(t, s, rows))
	below := f.CrossJoin(f.Rename("a", "b")).Filter(Col("a").Lt(Col("b"))).GroupBy().Agg(Rows())
	expect(t, below, "4498500")
	mem := kerneltest.Alloc(t)
	peak := &peakAllocator{Allocator: mem}
	got, _ := computeParts(t, peak, below)
	if len(got.rows) != 1 || peak.most > 64<<20 {
		t.Errorf("%v rows took %d bytes: 9000000 pairs must not be there at once", got, peak.most)
	}
}

// peakAllocator remembers the most bytes that were there at once.
type peakAllocator struct {
	kernels.Allocator
	mu        sync.Mutex
	now, most int
}

func (p *peakAllocator) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now += n
	p.most = max(p.most, p.now)
}

func (p *peakAllocator) Allocate(size int) []byte {
	p.add(size)
	return p.Allocator.Allocate(size)
}

func (p *peakAllocator) Reallocate(size int, b []byte) []byte {
	p.add(size - len(b))
	return p.Allocator.Reallocate(size, b)
}

func (p *peakAllocator) Free(b []byte) {
	p.add(-len(b))
	p.Allocator.Free(b)
}
