package source

import (
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// drawPresence draws levels of 0 and 1, in runs of all lengths, and the same as
// presence.
func drawPresence(t *rapid.T) (levels []byte, there presence) {
	for range rapid.IntRange(1, 6).Draw(t, "runs") {
		run := rapid.SampledFrom([]int{1, 3, 60, 64, 65, 300}).Draw(t, "run")
		kind := rapid.IntRange(0, 2).Draw(t, "kind")
		for i := range run {
			levels = append(levels, []byte{0, 1, byte(i * i % 7 & 1)}[kind])
		}
	}
	there = noPresence(len(levels), presence{^uint64(0), 1, 2}) // what is in the memory must not matter
	for i, l := range levels {
		if l != 0 {
			there.set(i, 1)
		}
	}
	return levels, there
}

// Values and texts go to the slots that levels have them in, and nulls to the
// others, whatever was in a column before.
func TestPresence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels, there := drawPresence(t)
		dense, ends, want, wantEnds := make([]int32, len(levels)), make([]int32, len(levels)+1), []int32{}, []int32{5}
		present, end := 0, int32(5)
		ends[0] = end
		for _, l := range levels {
			v := int32(0)
			if l != 0 {
				present++
				v, end = int32(present), end+int32(present%3)
				dense[present-1], ends[present] = v, end
			}
			want, wantEnds = append(want, v), append(wantEnds, end)
		}
		if there.count(len(levels)) != present {
			t.Fatalf("%d values are there, want %d", there.count(len(levels)), present)
		}
		for i := present; i < len(dense); i++ {
			dense[i] = -1 // left over
		}
		if scatter(dense, there, present); !slices.Equal(dense, want) {
			t.Fatalf("levels %v: %v, want %v", levels, dense, want)
		}
		if stretch(ends, there, present); !slices.Equal(ends, wantEnds) {
			t.Fatalf("levels %v: ends %v, want %v", levels, ends, wantEnds)
		}
		checkValidity(t, levels, there)
	})
}

// checkValidity appends levels to a column three times, with more room each time.
func checkValidity(t *rapid.T, levels []byte, there presence) {
	v := &validity{mem: memory.DefaultAllocator, dt: arrow.PrimitiveTypes.Int32}
	defer func() { v.release() }()
	nulls := 0
	for turn := range 3 {
		if err := v.reserve((turn + 1) * len(levels)); err != nil {
			t.Fatal(err)
		}
		present, err := v.mark(there, len(levels))
		if err != nil {
			t.Fatal(err)
		}
		if nulls += len(levels) - present; v.nulls != nulls {
			t.Fatalf("%d nulls, want %d", v.nulls, nulls)
		}
	}
	for i := range 3 * len(levels) {
		if valid := v.valid == nil || v.valid.Bytes()[i/8]>>(i%8)&1 != 0; valid != (levels[i%len(levels)] != 0) {
			t.Fatalf("row %d of %v: valid is %t", i, levels, valid)
		}
	}
}

// The levels of a page are read alike as bytes and as presence.
func TestReadPresence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b []byte
		values := 0
		for range rapid.IntRange(1, 8).Draw(t, "runs") {
			n := rapid.IntRange(1, 20).Draw(t, "length")
			if rapid.Bool().Draw(t, "packed") {
				b = append(b, byte(n<<1|1))
				b = append(b, rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "bits")...)
				values += 8 * n
			} else {
				b = append(b, byte(n<<1), byte(rapid.IntRange(0, 1).Draw(t, "level")))
				values += n
			}
		}
		n := rapid.IntRange(1, values).Draw(t, "values")
		b = append(b, make([]byte, pagePad)...)[:len(b)]
		levels, err := readLevels(b, 1, n, nil)
		there, err2 := readPresence(b, n, nil)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		for i := range n {
			if there.has(i) != (levels == nil || levels[i] != 0) {
				t.Fatalf("value %d of %v: %t", i, levels, there.has(i))
			}
		}
		if _, err := readPresence(b, values+1, nil); err == nil {
			t.Fatal("more values than there are")
		}
	})
}
