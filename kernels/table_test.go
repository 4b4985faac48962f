package kernels_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

func nullable(name string, t arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: true}
}

// buildTable fills one column per field with append, which gets its builder.
func buildTable(t testing.TB, mem memory.Allocator, fields []arrow.Field, appendTo ...func(array.Builder)) *kernels.Table {
	t.Helper()
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i, f := range appendTo {
		f(b.Field(i))
	}
	rec := b.NewRecord()
	defer rec.Release()
	table, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func intColumn(v ...int64) func(array.Builder) {
	return func(b array.Builder) { b.(*array.Int64Builder).AppendValues(v, nil) }
}

func floatColumn(v ...float64) func(array.Builder) {
	return func(b array.Builder) { b.(*array.Float64Builder).AppendValues(v, nil) }
}

// textColumn appends strings to a plain or dictionary column; "-" is a null.
func textColumn(v ...string) func(array.Builder) {
	return func(b array.Builder) {
		for _, s := range v {
			if s == "-" {
				b.AppendNull()
			} else if err := b.AppendValueFromString(s); err != nil {
				panic(err)
			}
		}
	}
}

func dictionaryType() arrow.DataType {
	return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
}

func checkedMemory(t testing.TB) memory.Allocator {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}

func TestTableReleasesItsColumns(t *testing.T) {
	mem := checkedMemory(t)
	a := buildTable(t, mem, []arrow.Field{nullable("n", arrow.PrimitiveTypes.Int64), nullable("s", dictionaryType())},
		intColumn(1, 2, 3), textColumn("x", "-", "y"))
	part := a.Slice(1, 3)
	a.Retain()
	a.Release()
	a.Release()
	if got := part.NumRows(); got != 2 {
		t.Fatalf("slice has %d rows, want 2", got)
	}
	if got := part.Column(1).NullN(); got != 1 {
		t.Fatalf("slice has %d nulls, want 1", got)
	}
	only, err := part.Project("s")
	if err != nil {
		t.Fatal(err)
	}
	part.Release()
	if got := only.Column(0).ValueStr(1); got != "y" {
		t.Fatalf("last value is %q, want y", got)
	}
	only.Release()
}

func TestTableBytesCountsSharedBuffersOnce(t *testing.T) {
	mem := checkedMemory(t)
	col := array.NewInt64Builder(mem)
	defer col.Release()
	col.AppendValues(make([]int64, 1000), nil)
	arr := col.NewArray()
	defer arr.Release()
	schema := arrow.NewSchema([]arrow.Field{nullable("a", arr.DataType()), nullable("b", arr.DataType())}, nil)
	twice, err := kernels.NewTable(schema, []arrow.Array{arr, arr}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	defer twice.Release()
	part := twice.Slice(0, 1)
	defer part.Release()
	if got := twice.Bytes(); got < 8000 || got > 9000+1024 {
		t.Errorf("two names of one column of 8000 bytes hold %d", got)
	}
	if part.Bytes() != twice.Bytes() {
		t.Errorf("a slice keeps %d bytes alive, its whole %d", part.Bytes(), twice.Bytes())
	}
}

func TestTableErrors(t *testing.T) {
	mem := checkedMemory(t)
	table := buildTable(t, mem, []arrow.Field{nullable("origin", arrow.BinaryTypes.String), nullable("delay", arrow.PrimitiveTypes.Int64)},
		textColumn("a"), intColumn(1))
	defer table.Release()
	two := arrow.NewSchema([]arrow.Field{nullable("x", arrow.PrimitiveTypes.Int64), nullable("x", arrow.PrimitiveTypes.Int64)}, nil)
	one := arrow.NewSchema([]arrow.Field{nullable("x", arrow.PrimitiveTypes.Float64)}, nil)
	delay := table.Column(1)
	for name, c := range map[string]struct {
		run      func() error
		is       error
		mentions []string
	}{
		"unknown column": {func() error { _, err := table.ColumnIndex("dellay"); return err }, kernels.ErrColumn,
			[]string{`"dellay"`, `did you mean "delay"?`, "columns: origin, delay"}},
		"nothing like it": {func() error { _, err := table.Project("zzz"); return err }, kernels.ErrColumn,
			[]string{`"zzz" (columns`}},
		"asked twice": {func() error { _, err := table.Project("delay", "delay"); return err }, kernels.ErrTable,
			[]string{`"delay"`, "twice"}},
		"two of a name": {func() error { _, err := kernels.NewTable(two, []arrow.Array{delay, delay}, 1); return err },
			kernels.ErrTable, []string{`"x"`}},
		"wrong type": {func() error { _, err := kernels.NewTable(one, []arrow.Array{delay}, 1); return err },
			kernels.ErrTable, []string{`"x"`, "int64", "float64"}},
		"wrong length": {func() error { _, err := kernels.NewTable(one, []arrow.Array{delay}, 2); return err },
			kernels.ErrTable, []string{`"x" has 1 rows, want 2`}},
		"missing columns": {func() error { _, err := kernels.NewTable(one, nil, 2); return err },
			kernels.ErrTable, []string{"0 columns", "1 fields"}},
	} {
		err := c.run()
		if !errors.Is(err, c.is) {
			t.Errorf("%s: error %v, want one that is %v", name, err, c.is)
			continue
		}
		for _, m := range c.mentions {
			if !strings.Contains(err.Error(), m) {
				t.Errorf("%s: error %q does not mention %q", name, err, m)
			}
		}
	}
}

func TestSliceOutOfRangePanics(t *testing.T) {
	table := buildTable(t, checkedMemory(t), []arrow.Field{nullable("n", arrow.PrimitiveTypes.Int64)}, intColumn(1, 2))
	defer table.Release()
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, "rows 1 to 3 of a table of 2 rows") {
			t.Errorf("panic %q", got)
		}
	}()
	table.Slice(1, 3)
}

func TestDiff(t *testing.T) {
	mem := checkedMemory(t)
	fields := []arrow.Field{nullable("f", arrow.PrimitiveTypes.Float64), nullable("s", dictionaryType())}
	a := buildTable(t, mem, fields, floatColumn(math.NaN(), 0, 2), textColumn("x", "y", "-"))
	defer a.Release()
	same := buildTable(t, mem, fields, floatColumn(5, math.NaN(), math.Copysign(0, -1), 2), textColumn("y", "x", "y", "-"))
	defer same.Release()
	tail := same.Slice(1, 4) // its dictionary numbers y before x
	defer tail.Release()
	if d := a.Diff(tail); d != "" || !a.Equal(tail) {
		t.Errorf("equal tables differ: %s", d)
	}
	other := buildTable(t, mem, fields, floatColumn(math.NaN(), 0, 2), textColumn("x", "-", "-"))
	defer other.Release()
	if d := a.Diff(other); !strings.Contains(d, `column "s", row 1: y against null`) {
		t.Errorf("difference reads %q", d)
	}
	if d := a.Diff(same); !strings.Contains(d, "3 rows against 4") {
		t.Errorf("difference reads %q", d)
	}
}

func TestStringCutsLongTables(t *testing.T) {
	n := make([]int64, 100)
	for i := range n {
		n[i] = int64(i)
	}
	table := buildTable(t, checkedMemory(t), []arrow.Field{nullable("n", arrow.PrimitiveTypes.Int64)}, intColumn(n...))
	defer table.Release()
	lines := strings.Split(strings.TrimSpace(table.String()), "\n")
	if len(lines) != 3+10+1+10+1 || strings.TrimSpace(lines[12]) != "9" || strings.TrimSpace(lines[14]) != "90" || lines[24] != "(100 rows)" {
		t.Errorf("100 rows show as\n%s", table)
	}
	empty := table.Slice(5, 5)
	defer empty.Release()
	if got := empty.String(); !strings.HasSuffix(got, "(0 rows)\n") {
		t.Errorf("no rows show as %q", got)
	}
}

func ExampleTable() {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "airport", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "delay", Type: arrow.PrimitiveTypes.Float64},
		{Name: "day", Type: arrow.FixedWidthTypes.Date32},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"ATL", "", "SEA"}, []bool{true, false, true})
	b.Field(1).(*array.Float64Builder).AppendValues([]float64{12.25, -3, 1234567}, nil)
	b.Field(2).(*array.Date32Builder).AppendValues([]arrow.Date32{0, 1, 19000}, nil)
	rec := b.NewRecord()
	defer rec.Release()
	table, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Release()
	fmt.Print(table)
	_, err = table.ColumnIndex("dellay")
	fmt.Println(err)
	// Output:
	// airport    delay  day
	// string   float64  date32
	// ───────  ───────  ──────────
	// ATL        12.25  1970-01-01
	// null          -3  1970-01-02
	// SEA      1234567  2022-01-08
	// kernels: no such column: "dellay", did you mean "delay"? (columns: airport, delay, day)
}
