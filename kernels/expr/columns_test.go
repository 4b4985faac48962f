package expr

import (
	"errors"
	"slices"
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
	checkColumnsAgree(t, mem, parsed, cols, values, rows)
}

// checkColumnsAgree compares EvalColumns with the naive evaluator; values are
// what cols hold.
func checkColumnsAgree(t *rapid.T, mem memory.Allocator, p *Program, cols []arrow.Array, values [][]value, rows int) {
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
	got, err := EvalColumns(mem, p, cols, rows)
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

// Every operation over every type, alone, so that none depends on luck.
func TestEveryOperationAgrees(t *testing.T) {
	programs := everyOperation()
	if len(programs) < 300 {
		t.Fatalf("only %d operations type-check", len(programs))
	}
	rapid.Check(t, func(t *rapid.T) {
		const rows = 21
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		first, firstValues := drawColumns(t, mem, allTypes, rows)
		second, secondValues := drawColumns(t, mem, allTypes, rows)
		third, thirdValues := drawColumns(t, mem, allTypes, rows)
		for _, p := range programs {
			var cols []arrow.Array
			var values [][]value
			for i, typ := range p.Inputs {
				at := slices.Index(allTypes, typ)
				cols = append(cols, [][]arrow.Array{first, second, third}[i][at])
				values = append(values, [][][]value{firstValues, secondValues, thirdValues}[i][at])
			}
			checkColumnsAgree(t, mem, p, cols, values, rows)
		}
		releaseAll(slices.Concat(first, second, third))
		if left := mem.CurrentAlloc(); left != 0 {
			t.Fatalf("%d bytes are left", left)
		}
	})
}

// everyOperation returns a program for each operation on each type of operand
// and each unit, and for each cast the oracle knows.
func everyOperation() (programs []*Program) {
	add := func(typ Type, apply func(b *Builder, args []Ref) (Ref, error), arity int, first Type) {
		b := NewBuilder()
		args := make([]Ref, arity)
		for i := range args {
			if args[i] = 0; i == 0 {
				args[i] = b.Input(first)
				continue
			}
			args[i] = b.Input(typ)
		}
		if r, err := apply(b, args); err == nil {
			programs = append(programs, must(b.Program(r)))
		}
	}
	for _, typ := range allTypes {
		for _, op := range oracleOps {
			arity, first, units := opInfo[op].arity, typ, int64(1)
			switch op {
			case Coalesce, Concat:
				arity = 3
			case Where:
				first = Bool
			case Trunc, Diff:
				units = int64(unitCount)
			case FloorDiv, Mod:
				if typ.Float() {
					continue
				}
			}
			for unit := range units {
				add(typ, func(b *Builder, args []Ref) (Ref, error) { return b.ApplyImm(op, unit, args...) }, arity, first)
			}
		}
		for _, to := range allTypes {
			if typ != String && to != String && (typ.Temporal() || typ == Bool || typ.Numeric()) {
				add(typ, func(b *Builder, args []Ref) (Ref, error) { return b.Cast(args[0], to) }, 1, typ)
			}
		}
	}
	return programs
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
