package source

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Numbers read as strconv reads them, whatever their form.
func TestCSVNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var text bytes.Buffer
	text.WriteString("i,f\n")
	var ints []int64
	var floats []float64
	for n := range 20_000 {
		i := int64(r.Uint64()) >> r.IntN(64)
		f := r.NormFloat64() * math.Pow10(r.IntN(12)-6)
		s := strconv.FormatFloat(f, 'f', r.IntN(12), 64)
		switch n % 7 {
		case 0:
			s = strconv.FormatFloat(f, 'g', -1, 64)
		case 1:
			s = strings.TrimSuffix(strings.TrimSuffix(s, "0"), ".") + "."
		case 2:
			s = strings.TrimPrefix(s, "0")
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			s, f = "0", 0
		}
		ints, floats = append(ints, i), append(floats, f)
		fmt.Fprintf(&text, "%d,%s\n", i, s)
	}
	c := must(csvOf(text.String(), CSVOptions{Types: map[string]arrow.DataType{"f": arrow.PrimitiveTypes.Float64}}))
	at := 0
	for _, part := range must(c.Ranges(1 << 16)) {
		rec := must(c.ReadRange(checkedMem(t), part))
		for k := range int(rec.NumRows()) {
			i, f := rec.Column(0).(*array.Int64).Value(k), rec.Column(1).(*array.Float64).Value(k)
			if i != ints[at] || math.Float64bits(f) != math.Float64bits(floats[at]) {
				t.Fatalf("row %d: %d and %v, want %d and %v", at, i, f, ints[at], floats[at])
			}
			at++
		}
		rec.Release()
	}
	if at != len(ints) {
		t.Fatalf("%d rows of %d", at, len(ints))
	}
}

func TestWrongNumbers(t *testing.T) {
	for _, s := range []string{"1:", "12345/78", "1.2.3", ".", "-", "-.", "1e", "0x1p3", "1_0", "1\x00", "１", "1.\xb0", "--1", "123456789a", "1,5"} {
		text := "f;i\n" + s + ";" + s + "\n"
		for _, name := range []string{"f", "i"} {
			dt := map[string]arrow.DataType{"f": arrow.PrimitiveTypes.Float64, "i": arrow.PrimitiveTypes.Int64}[name]
			c := must(csvOf(text, CSVOptions{Delimiter: ';', Types: map[string]arrow.DataType{name: dt}}))
			rec, err := c.ReadRange(checkedMem(t), must(c.Ranges(1 << 20))[0], name)
			if !errors.Is(err, ErrValue) || !strings.Contains(err.Error(), "x.csv:2: column") {
				t.Errorf("%q as %s: %v, %v", s, name, rec, err)
			}
		}
	}
}

// What spans chunks, and is longer than they are, reads as encoding/csv does.
func TestCSVAgainstTheLibrary(t *testing.T) {
	for seed := range uint64(6) {
		text := randomCSV(rand.New(rand.NewPCG(5, seed)), 3*csvChunk, seed)
		want := must(csv.NewReader(strings.NewReader(text)).ReadAll())[1:]
		types := map[string]arrow.DataType{"a": arrow.BinaryTypes.String, "b": arrow.BinaryTypes.String, "c": arrow.BinaryTypes.String}
		for _, target := range []int64{1000, 1 << 30} {
			got, _, err := readCSV(checkedMem(t), text, target, CSVOptions{Types: types, Nulls: []string{}})
			if err != nil || len(got) != len(want) {
				t.Fatalf("seed %d by %d: %d records, %v; want %d", seed, target, len(got), err, len(want))
			}
			for i := range got {
				if strings.Join(got[i], "|") != strings.Join(want[i], "|") {
					t.Fatalf("seed %d by %d: record %d is %q, want %q", seed, target, i, got[i], want[i])
				}
			}
		}
	}
}

// randomCSV has fields of any length; with an even seed some are quoted.
func randomCSV(r *rand.Rand, size int, seed uint64) string {
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for b.Len() < size {
		for k := range 3 {
			n := r.IntN(20)
			if r.IntN(2000) == 0 {
				n = r.IntN(2 * csvChunk)
			}
			field := strings.Repeat(string(rune('a'+r.IntN(26))), n)
			if seed%2 == 0 && r.IntN(4) == 0 {
				field = `"` + field + []string{"", ",", "\n", `""`, ",\n"}[r.IntN(5)] + `"`
			} else if k == 0 {
				field += "x" // no empty lines
			}
			b.WriteString(field + ",,\n"[k:k+1])
		}
	}
	return b.String()
}

func TestCompressedCSV(t *testing.T) {
	plain := randomCSV(rand.New(rand.NewPCG(6, 0)), 2*csvChunk, 0)
	want, _, err := readCSV(checkedMem(t), plain, 1<<30, CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, pack := range map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser { return must(zstd.NewWriter(w)) },
	} {
		var b bytes.Buffer
		w := pack(&b)
		must(io.WriteString(w, plain))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, _, err := readCSV(checkedMem(t), b.String(), 1000, CSVOptions{})
		if err != nil || len(got) != len(want) || strings.Join(got[len(got)-1], "|") != strings.Join(want[len(want)-1], "|") {
			t.Errorf("%s: %d records, %v; want %d", name, len(got), err, len(want))
		}
		for _, cut := range []int{20, b.Len() / 2, b.Len() - 1} {
			if got, _, err := readCSV(checkedMem(t), b.String()[:cut], 1000, CSVOptions{}); err == nil {
				t.Errorf("%s cut to %d of %d bytes: %d records and no error", name, cut, b.Len(), len(got))
			}
		}
	}
}

// A cut inside a quoted field that nothing near it gives away is an error, and
// ExactCuts is the remedy that it names.
func TestHiddenQuotes(t *testing.T) {
	long := strings.Repeat("1,x\n", DefaultSampleBytes/2) + "2,\"" + strings.Repeat("y,y\n", 4*cutWindow) + "\"\n3,z\n"
	_, _, err := readCSV(memory.DefaultAllocator, "a,b\n"+long, int64(2*DefaultSampleBytes)+4*cutWindow, CSVOptions{})
	if err == nil || !strings.Contains(err.Error(), "ExactCuts") {
		t.Fatalf("error %v", err)
	}
	rows, _, err := readCSV(checkedMem(t), "a,b\n"+long, int64(2*DefaultSampleBytes)+4*cutWindow, CSVOptions{ExactCuts: true})
	if err != nil || len(rows) != DefaultSampleBytes/2+2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
}
