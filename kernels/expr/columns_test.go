package expr

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// checkedMem fails the test when a buffer is left.
func checkedMem(t testing.TB) *memory.CheckedAllocator {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}

func releaseAll(cols []arrow.Array) {
	for _, c := range cols {
		c.Release()
	}
}

// representations are the columns that a String may come as.
var representations = []arrow.DataType{arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString,
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String},
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: arrow.BinaryTypes.String}}

func TestColumnsAgreeWithNaiveEvaluation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		checkProgram(t, mem, drawProgram(t))
		if left := mem.CurrentAlloc(); left != 0 {
			t.Fatalf("%d bytes are left", left)
		}
	})
}

// checkProgram runs p over random columns.
func checkProgram(t *rapid.T, mem memory.Allocator, p *Program) {
	parsed, rest, err := Parse(p.Append(nil))
	if err != nil || len(rest) != 0 || parsed.String() != p.String() {
		t.Fatalf("program does not survive encoding: %v\n%v", err, p)
	}
	rows := rapid.SampledFrom([]int{0, 1, 7, 9, 64, 1023, 1024, 1025, 2200}).Draw(t, "rows")
	cols, values := drawColumns(t, mem, p.Inputs, rows)
	defer releaseAll(cols)
	want := make([][]value, rows)
	fails := false
	for i := range want {
		row := make([]value, len(values))
		for k := range values {
			row[k] = values[k][i]
		}
		var bad bool
		want[i], bad = evaluate(p, row)
		fails = fails || bad
	}
	got, err := EvalColumns(mem, parsed, cols, rows)
	if fails {
		if !errors.Is(err, ErrRange) {
			t.Fatalf("want ErrRange, got %v from\n%v", err, p)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v from\n%v", err, p)
	}
	defer releaseAll(got)
	compareColumns(t, p, got, want)
}

func drawColumns(t *rapid.T, mem memory.Allocator, types []Type, rows int) ([]arrow.Array, [][]value) {
	cols, values := make([]arrow.Array, len(types)), make([][]value, len(types))
	for i, typ := range types {
		values[i] = drawValues(t, typ, rows, rapid.Bool().Draw(t, "nulls"))
		dt := ArrowType(typ)
		if typ == String {
			dt = rapid.SampledFrom(representations).Draw(t, "representation")
		}
		cols[i] = arrowOf(mem, dt, values[i], rapid.IntRange(0, 11).Draw(t, "skip"))
	}
	return cols, values
}

func compareColumns(t *rapid.T, p *Program, got []arrow.Array, want [][]value) {
	for k, col := range got {
		if col.Len() != len(want) {
			t.Fatalf("output %d has %d rows, want %d", k, col.Len(), len(want))
		}
		nulls := 0
		for i := range want {
			if v := valueAt(col, i); !same(v, want[i][k]) {
				t.Fatalf("row %d of output %d is %v, want %v, from\n%v", i, k, v, want[i][k], p)
			}
			if want[i][k] == nil {
				nulls++
			}
		}
		if col.NullN() != nulls {
			t.Fatalf("output %d says %d nulls, has %d", k, col.NullN(), nulls)
		}
	}
}

func TestColumnErrors(t *testing.T) {
	mem := checkedMem(t)
	b := NewBuilder()
	x := b.Input(Int32)
	p := must(b.Program(must(b.Apply(Add, x, b.Int(1)))))
	ints := arrowOf(mem, arrow.PrimitiveTypes.Int32, []value{int64(1), nil, int64(1<<31 - 1)}, 2)
	texts := arrowOf(mem, arrow.BinaryTypes.String, []value{"12", "x7"}, 0)
	defer releaseAll([]arrow.Array{ints, texts})
	b2 := NewBuilder()
	number := must(b2.Program(must(b2.Cast(b2.Input(String), Float64))))
	for _, c := range []struct {
		p    *Program
		cols []arrow.Array
		rows int
		is   error
		want string
	}{
		{p, nil, 3, ErrInput, "0 columns for a program of 1 inputs"},
		{p, []arrow.Array{texts}, 2, ErrInput, "column 0 is string, the program wants int32"},
		{p, []arrow.Array{ints}, 4, ErrInput, "column 0 has 3 rows, want 4"},
		{p, []arrow.Array{ints}, 3, ErrRange, "add(2147483647, 1) does not fit int32, at element 2"},
		{number, []arrow.Array{texts}, 2, ErrParse, `"x7" is no float64, at element 1`},
	} {
		_, err := EvalColumns(mem, c.p, c.cols, c.rows)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestInputAsOutputIsTheColumnItself(t *testing.T) {
	mem := checkedMem(t)
	b := NewBuilder()
	p := must(b.Program(b.Input(String)))
	col := arrowOf(mem, representations[2], []value{"a", nil, "a"}, 1)
	defer col.Release()
	out := must(EvalColumns(mem, p, []arrow.Array{col}, 3))
	defer releaseAll(out)
	if out[0] != col {
		t.Errorf("got another column: %v", out[0])
	}
}
