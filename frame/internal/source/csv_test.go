package source

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

func csvOf(text string, opts CSVOptions) (*CSV, error) {
	file := &File{ReaderAt: strings.NewReader(text), Path: "x.csv", Size: int64(len(text)), close: func() error { return nil }}
	return newCSV(file, opts)
}

// readCSV reads a whole text through ranges of about target bytes, one record
// after the other as rows of texts; "<null>" is a null.
func readCSV(mem memory.Allocator, text string, target int64, opts CSVOptions) (rows [][]string, schema *arrow.Schema, err error) {
	c, err := csvOf(text, opts)
	if err != nil {
		return nil, nil, err
	}
	ranges, err := c.Ranges(target)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range ranges {
		rec, err := c.ReadRange(mem, r)
		if err != nil {
			return nil, c.Schema(), err
		}
		for i := range int(rec.NumRows()) {
			row := make([]string, rec.NumCols())
			for k, col := range rec.Columns() {
				if row[k] = "<null>"; !col.IsNull(i) {
					row[k] = col.ValueStr(i)
				}
			}
			rows = append(rows, row)
		}
		rec.Release()
	}
	return rows, c.Schema(), nil
}

func TestCSVForms(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		opts CSVOptions
		want string // rows joined by ; fields by |
	}{
		"plain":       {"a,b\n1,x\n2,y\n", CSVOptions{}, "1|x;2|y"},
		"no last LF":  {"a,b\n1,x\n2,y", CSVOptions{}, "1|x;2|y"},
		"CRLF":        {"a,b\r\n1,x\r\n2,\"y\"\r\n", CSVOptions{}, "1|x;2|y"},
		"BOM":         {"\xef\xbb\xbfa,b\n1,x\n", CSVOptions{}, "1|x"},
		"quoted":      {"a,b\n1,\"x,\"\"y\"\"\nz\"\n2,\"\"\n", CSVOptions{}, "1|x,\"y\"\nz;2|"},
		"nulls":       {"a,b\n,\n2,NA\n", CSVOptions{Nulls: []string{"", "NA"}}, "<null>|<null>;2|<null>"},
		"quoted null": {"a,b\n1,\"NA\"\n", CSVOptions{Nulls: []string{"NA"}}, "1|NA"},
		"delimiter":   {"a;b\n1,5;x\n", CSVOptions{Delimiter: ';'}, "1,5|x"},
		"empty lines": {"a,b\n\n1,x\n\r\n\n2,y\n\n", CSVOptions{}, "1|x;2|y"},
		"one column":  {"a\n1\n\n3\n", CSVOptions{}, "1;<null>;3"},
		"no header":   {"1,x\n2,y\n", CSVOptions{NoHeader: true}, "1|x;2|y"},
		"ragged":      {"a,b,c\n1\n2,y\n", CSVOptions{Ragged: true}, "1|<null>|<null>;2|y|<null>"},
		"header only": {"a,b\n", CSVOptions{}, ""},
		"quote":       {"a;b\n1;'x;''y'\n2;\"\n", CSVOptions{Delimiter: ';', Quote: '\''}, "1|x;'y;2|\""},
		"comments":    {"# it's \"so\n#\na,b\n#,\"\n1,\"#x\n#y\"\n#\n2,z\n#\"", CSVOptions{Comment: '#'}, "1|#x\n#y;2|z"},
		"comments, 1": {"a\n#,\"\n1\n\n#\n3\n", CSVOptions{Comment: '#'}, "1;<null>;3"},
		"commas":      {"a;b\n1,5;-2\n,25;1234567890123,5\n", CSVOptions{Delimiter: ';', DecimalComma: true}, "1.5|-2;0.25|1.2345678901235e+12"},
		"null digits": {"a,b\n-1,-1.0\n2,1.5\n", CSVOptions{Nulls: []string{"-1", "-1.0"}}, "<null>|<null>;2|1.5"},
		"all null":    {"a,b\n1,\n2,\n", CSVOptions{}, "1|<null>;2|<null>"},
	} {
		for _, target := range []int64{1, 7, 1 << 20} {
			if c.opts.Comment != 0 && target < 1<<20 && strings.Contains(c.text, "\"") {
				continue // such files are one range, whatever is asked for
			}
			got, _, err := readCSV(checkedMem(t), c.text, target, c.opts)
			var lines []string
			for _, row := range got {
				lines = append(lines, strings.Join(row, "|"))
			}
			if text := strings.Join(lines, ";"); err != nil || text != c.want {
				t.Errorf("%s by %d: %q, %v, want %q", name, target, text, err, c.want)
			}
		}
	}
}

func TestCSVTypes(t *testing.T) {
	text := "bool,int,float,date,time,nano,text,mixed,big,zero\n" +
		"true,-1,1.5,2001-02-03,2001-02-03 04:05:06.5,2001-02-03T04:05:06.123456789Z,a,1,12345678901234567890,007\n" +
		"False,,nan,1969-12-31,2001-02-03,2001-02-03 04:05,\"1\",x,1,1\n"
	rows, schema, err := readCSV(checkedMem(t), text, 1<<20, CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"bool", "int64", "float64", "date32", "timestamp[us]", "timestamp[ns]", "utf8", "utf8", "float64", "int64"}
	for i, f := range schema.Fields() {
		if f.Type.String() != want[i] {
			t.Errorf("column %s is %v, want %s", f.Name, f.Type, want[i])
		}
	}
	if rows[0][1] != "-1" || rows[1][1] != "<null>" || rows[0][9] != "7" {
		t.Errorf("rows %v", rows)
	}
}

func TestCSVErrorsNameFileLineAndColumn(t *testing.T) {
	long := "a,b\n" + strings.Repeat("1,2\n", 2000)
	for _, c := range []struct {
		text string
		opts CSVOptions
		is   error
		want string
	}{
		{"", CSVOptions{}, ErrFormat, "x.csv: the file is empty"},
		{"a,a\n1,2\n", CSVOptions{}, ErrFormat, `two columns are named "a"`},
		{"a,b\n1,2\n3\n", CSVOptions{}, ErrFormat, "x.csv:3: the record has 1 fields, the file 2 columns"},
		{"a,b\n1,2\n3,4,5\n", CSVOptions{Ragged: true}, ErrFormat, "x.csv:3: the record has 3 fields"},
		{"a,b\n1,\"x\ny\n", CSVOptions{}, ErrFormat, "x.csv:2: a quoted field is not closed"},
		{"a,b\n1,x\"y\n", CSVOptions{}, ErrFormat, "x.csv:2: a quote inside an unquoted field"},
		{"a,b\n1,\"x\"y\n", CSVOptions{}, ErrFormat, "x.csv:2: text after the closing quote"},
		{long + "3,x\n", CSVOptions{SampleBytes: 40}, ErrValue, `x.csv:2002: column "b": "x" is no int64 (the type was inferred`},
		{"a,b\n1,x\n", CSVOptions{Types: map[string]arrow.DataType{"b": arrow.PrimitiveTypes.Int64}}, ErrValue, `"x" is no int64 (the type was given)`},
		{"a,b\n1,x\n", CSVOptions{Types: map[string]arrow.DataType{"c": arrow.PrimitiveTypes.Int64}}, ErrColumn, `"c", which is none of a, b`},
		{"a,b\n1,x\n", CSVOptions{Types: map[string]arrow.DataType{"b": arrow.PrimitiveTypes.Uint64}}, ErrColumn, `column "b" cannot be read as uint64`},
	} {
		for _, target := range []int64{1, 1 << 20} {
			_, _, err := readCSV(checkedMem(t), c.text, target, c.opts)
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: got %v, want %q", shorten([]byte(c.text)), err, c.want)
			}
		}
	}
	rows, schema, err := readCSV(checkedMem(t), long+"3,x\n", 64, CSVOptions{SampleBytes: 40, InferAll: true})
	if err != nil || schema.Field(1).Type.ID() != arrow.STRING || len(rows) != 2001 || rows[2000][1] != "x" {
		t.Errorf("InferAll: %d rows of %v, %v", len(rows), schema, err)
	}
}

func TestAirports(t *testing.T) {
	mem := checkedMem(t)
	c := must(OpenCSV("demo://airports.csv", CSVOptions{}))
	defer c.Close()
	total := int64(0)
	for _, r := range must(c.Ranges(20_000)) {
		rec := must(c.ReadRange(mem, r, "longitude", "iata"))
		total += rec.NumRows()
		for i := range int(rec.NumRows()) {
			if v := rec.Column(0).(*array.Float64).Value(i); v < -180 || v > 180 {
				t.Errorf("longitude %v", v)
			}
		}
		rec.Release()
	}
	if total != 3376 {
		t.Errorf("%d airports", total)
	}
	if _, err := c.ReadRange(mem, Range{Start: c.body, End: c.body}, "iota"); !errors.Is(err, ErrColumn) {
		t.Errorf("unknown column: %v", err)
	}
}

// Whatever the writer writes reads back the same, however it is cut.
func TestCSVRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		rec := drawTexts(t, mem)
		var buf bytes.Buffer
		w := must(NewCSVWriter(&buf, "out.csv", rec.Schema(), CSVWriteOptions{}))
		if err := errors.Join(w.Write(rec), w.Close()); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "round.csv")
		if err := os.WriteFile(name, buf.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		types := map[string]arrow.DataType{}
		for _, f := range rec.Schema().Fields() {
			types[f.Name] = f.Type
		}
		c := must(OpenCSV(name, CSVOptions{Types: types}))
		defer c.Close()
		start := int64(0)
		for _, r := range must(c.Ranges(rapid.Int64Range(1, 300).Draw(t, "target"))) {
			got, err := c.ReadRange(mem, r)
			if err != nil {
				t.Fatalf("%v in\n%s", err, buf.Bytes())
			}
			compareRows(t, got, rec, start)
			start += got.NumRows()
			got.Release()
		}
		if start != rec.NumRows() {
			t.Fatalf("%d rows read, %d written:\n%s", start, rec.NumRows(), buf.Bytes())
		}
		rec.Release()
		if left := mem.CurrentAlloc(); left != 0 {
			t.Fatalf("%d bytes are left", left)
		}
	})
}

func drawTexts(t *rapid.T, mem memory.Allocator) arrow.Record {
	types := []arrow.DataType{arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Boolean,
		arrow.PrimitiveTypes.Int64, arrow.FixedWidthTypes.Date32, &arrow.TimestampType{Unit: arrow.Nanosecond}, arrow.PrimitiveTypes.Float32}
	types = types[:rapid.IntRange(1, len(types)).Draw(t, "columns")]
	rows := rapid.IntRange(0, 40).Draw(t, "rows")
	var fields []arrow.Field
	cols := make([]arrow.Array, len(types))
	for i, dt := range types {
		fields = append(fields, arrow.Field{Name: "c" + dt.Name() + string(rune('a'+i)), Type: dt, Nullable: true})
		if i > 0 {
			cols[i] = drawColumn(t, mem, dt, rows, true)
			continue
		}
		b := array.NewStringBuilder(mem)
		for range rows {
			if s := rapid.StringMatching(`["a, \n\r;é]{0,6}|null`).Draw(t, "text"); s == "null" {
				b.AppendNull()
			} else {
				b.Append(s)
			}
		}
		cols[i] = b.NewArray()
		b.Release()
	}
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(rows))
}

// Any bytes read the same in one range and in many, or fail in both.
func FuzzCSV(f *testing.F) {
	f.Add("a,b\n1,x\n2,\"y\ny\"\"\"\n", int64(3))
	f.Add("\xef\xbb\xbfa\r\n\r\n1\r\n", int64(1))
	f.Fuzz(func(t *testing.T, text string, target int64) {
		mem := checkedMem(t)
		whole, _, err := readCSV(mem, text, 1<<20, CSVOptions{Ragged: true})
		parts, _, errParts := readCSV(mem, text, target, CSVOptions{Ragged: true})
		if (err == nil) != (errParts == nil) {
			t.Fatalf("whole: %v, in parts: %v", err, errParts)
		}
		if err == nil && len(whole) != len(parts) {
			t.Fatalf("%d rows whole, %d in parts", len(whole), len(parts))
		}
		for i := range whole {
			if err == nil && strings.Join(whole[i], "|") != strings.Join(parts[i], "|") {
				t.Fatalf("row %d: %q whole, %q in parts", i, whole[i], parts[i])
			}
		}
	})
}

func BenchmarkReadCSV(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("id1,id2,id4,v1,v3,day\n")
	for i := range 200_000 {
		fmt.Fprintf(&text, "id%03d,id%03d,%d,%d,%.6f,2001-02-%02d\n", i%100, i%997, i%100, i%5, float64(i)/7, i%28+1)
	}
	c := must(csvOf(text.String(), CSVOptions{}))
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		for _, r := range must(c.Ranges(4 << 20)) {
			must(c.ReadRange(memory.DefaultAllocator, r)).Release()
		}
	}
}
