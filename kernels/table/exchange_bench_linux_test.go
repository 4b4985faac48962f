package table

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"golang.org/x/sys/unix"

	"github.com/ashlar-go/ashlar/kernels"
)

// wideTable has the columns of the join suite's largest tables: three integers,
// two dictionary columns, a string and a float. The third integer is one of keys,
// the string its name.
func wideTable(tb testing.TB, r *rand.Rand, keys []int32, words arrow.Array) *kernels.Table {
	tb.Helper()
	mem, rows := memory.DefaultAllocator, len(keys)
	ints := func(n int32) arrow.Array {
		b := array.NewInt32Builder(mem)
		defer b.Release()
		for range rows {
			b.Append(r.Int32N(n))
		}
		return b.NewArray()
	}
	code := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	key, text, floats := array.NewInt32Builder(mem), array.NewStringBuilder(mem), array.NewFloat64Builder(mem)
	defer key.Release()
	defer text.Release()
	defer floats.Release()
	for _, k := range keys {
		key.Append(k)
		text.BinaryBuilder.Append(strconv.AppendInt([]byte("id"), int64(k), 10))
		floats.Append(r.Float64())
	}
	n := int32(words.Len())
	cols := []arrow.Array{ints(n), ints(n), key.NewArray(), array.NewDictionaryArray(code, ints(n), words),
		array.NewDictionaryArray(code, ints(n), words), text.NewArray(), floats.NewArray()}
	defer releaseAll(cols)
	var fields []arrow.Field
	for i, c := range cols {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d", i), Type: c.DataType(), Nullable: true})
	}
	t, err := kernels.NewTable(arrow.NewSchema(fields, nil), cols, rows)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// wideWords is a dictionary of a thousand words.
func wideWords() arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range 1000 {
		b.Append(fmt.Sprintf("id%d", i))
	}
	return b.NewArray()
}

// benchThread runs f again and again on one thread, and tells the processor time
// of that thread a row beside the clock.
func benchThread(b *testing.B, name string, rows int, f func() error) {
	b.Run(name, func(b *testing.B) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		used := func() int64 {
			var t unix.Timespec
			if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
				b.Fatal(err)
			}
			return t.Nano()
		}
		best := int64(-1)
		for b.Loop() {
			before := used()
			if err := f(); err != nil {
				b.Fatal(err)
			}
			if took := used() - before; best < 0 || took < best {
				best = took
			}
		}
		b.ReportMetric(float64(best)/float64(rows), "least-cpu-ns/row")
	})
}

// benchExchange has two sides of so many partitions of 2¹⁹ rows, exchanged into
// parts.
type benchExchange struct{ left, right []*kernels.Table }

func newBenchExchange(b *testing.B, partitions, rows int) benchExchange {
	r, words := rand.New(rand.NewPCG(1, 2)), wideWords()
	defer words.Release()
	keys := r.Perm(partitions * rows * 11 / 10)
	side := func(keys []int) (out []*kernels.Table) {
		for p := range partitions {
			own := make([]int32, rows)
			for i := range own {
				own[i] = int32(keys[p*rows+i] + 1)
			}
			out = append(out, wideTable(b, r, own, words))
		}
		return out
	}
	return benchExchange{side(keys), side(keys[partitions*rows/10:])}
}

// part0 is what one part gets from the partitions of a side.
func part0(b *testing.B, side []*kernels.Table, parts int) (out []*kernels.Table) {
	for _, t := range side {
		split, err := PartitionKeys(kernels.DefaultAllocator(), t, []string{"c2"}, parts)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, split[0])
		for _, s := range split[1:] {
			s.Release()
		}
	}
	return out
}

func BenchmarkExchange(b *testing.B) {
	mem := kernels.DefaultAllocator()
	for _, size := range []struct{ partitions, parts int }{{2, 2}, {5, 23}} {
		x := newBenchExchange(b, size.partitions, 1<<19)
		name := fmt.Sprintf("parts=%d", size.parts)
		benchThread(b, "split/"+name, 1<<19, func() error {
			parts, err := PartitionKeys(mem, x.left[0], []string{"c2"}, size.parts)
			for _, p := range parts {
				p.Release()
			}
			return err
		})
		left, right := part0(b, x.left, size.parts), part0(b, x.right, size.parts)
		rows := 0
		for _, t := range left {
			rows += t.NumRows()
		}
		benchThread(b, "join/"+name, rows, func() error {
			t, err := JoinAll(mem, left, right, JoinSpec{Kind: Inner, LeftKeys: []string{"c2"}, RightKeys: []string{"c2"}})
			if err == nil {
				t.Release()
			}
			return err
		})
		order := SortSpec{Keys: []SortKey{{Column: "c6"}}}
		benchThread(b, "sort/"+name, rows, func() error {
			t, err := SortAll(mem, order, left...)
			if err == nil {
				t.Release()
			}
			return err
		})
		bounds, err := Bounds(mem, order, size.parts, x.left[0].Slice(0, 4096))
		if err != nil {
			b.Fatal(err)
		}
		benchThread(b, "ranges/"+name, 1<<19, func() error {
			parts, err := PartitionRanges(mem, x.left[0], order, bounds)
			for _, p := range parts {
				p.Release()
			}
			return err
		})
	}
}

// BenchmarkProbe joins a large table with a small one, as a broadcast join does.
func BenchmarkProbe(b *testing.B) {
	mem := kernels.DefaultAllocator()
	r, words := rand.New(rand.NewPCG(1, 2)), wideWords()
	defer words.Release()
	keys := make([]int32, 1<<19)
	for i := range keys {
		keys[i] = r.Int32N(1000)
	}
	left := wideTable(b, r, keys, words)
	small := make([]int32, 900)
	for i, k := range r.Perm(1000)[:900] {
		small[i] = int32(k)
	}
	right := wideTable(b, r, small, words)
	for _, kind := range []JoinKind{Inner, Left} {
		spec := JoinSpec{Kind: kind, LeftKeys: []string{"c2"}, RightKeys: []string{"c2"}}
		benchThread(b, kind.String(), 1<<19, func() error {
			t, err := Join(mem, left, right, spec)
			if err == nil {
				t.Release()
			}
			return err
		})
	}
}
