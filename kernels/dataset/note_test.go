package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/kernels"
)

func TestNotes(t *testing.T) {
	meta := arrow.NewMetadata([]string{"k"}, []string{"v"})
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "a", Type: dict, Nullable: true, Metadata: meta}, {Name: "b", Type: arrow.ListOf(arrow.FixedWidthTypes.Timestamp_us)},
	}, &meta)
	for _, n := range []*Note{
		Frame(schema, []int64{3, 0, 4}), Frame(schema, nil), Frame(arrow.NewSchema(nil, nil), []int64{7}),
		Array(kernels.Bool, [][]int{{2, 3}, {4}}), Array(kernels.Complex128, nil), Array(kernels.Float32, [][]int{{0}}),
	} {
		raw, err := n.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		same := got.IsArray() == n.IsArray() && slices.Equal(got.Rows, n.Rows) && fmt.Sprint(got.Chunks) == fmt.Sprint(n.Chunks) && got.DType == n.DType
		if !n.IsArray() {
			same = same && got.Schema.Equal(n.Schema)
		}
		if !same || got.Parts() != n.Parts() && n.Rows != nil || got.TotalRows() != n.TotalRows() && len(n.Rows) > 0 {
			t.Errorf("%+v came back as %+v", n, got)
		}
	}
	if n := Array(kernels.Float64, nil); n.Parts() != 1 || n.TotalRows() != 1 {
		t.Errorf("a scalar has %d parts, %d rows", n.Parts(), n.TotalRows())
	}
}

// What is no note, or of something that cannot be, is refused.
func TestMalformedNotes(t *testing.T) {
	for _, bad := range []string{
		"", "just one", "{}", `{"kind":"ashlar frame"}`, `{"kind":"ashlar frame","schema":"AAAA"}`, `{"kind":"ashlar frame","schema":"/////3D/"}`,
		`{"kind":"ashlar array","chunks":[[{"length":1,"count":1}]]}`, `{"kind":"ashlar array","dtype":"float64","chunks":[[]]}`, `{"kind":"ashlar array","dtype":"float64","chunks":[[{"length":1,"count":1000000000000}]]}`,
		`{"kind":"ashlar array","dtype":"float64","chunks":[[{"length":-1,"count":1}]]}`, `{"kind":"ashlar array","dtype":"float64","chunks":[[{"length":4611686018427387904,"count":1}],[{"length":4,"count":1}]]}`,
	} {
		if n, err := Parse([]byte(bad)); !errors.Is(err, ErrNote) {
			t.Errorf("%q is read as %+v, %v", bad, n, err)
		}
	}
}

// A note that is too long says so, or does without what can be found out.
func TestLongNotes(t *testing.T) {
	narrow := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int8}}, nil)
	rows := make([]int64, 100_000)
	raw, err := Frame(narrow, rows).Encode()
	if err != nil || len(raw) > MaxNote {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	if n, err := Parse(raw); err != nil || n.Rows != nil {
		t.Errorf("%+v, %v", n, err)
	}
	wide := arrow.NewSchema([]arrow.Field{{Name: strings.Repeat("x", MaxNote), Type: arrow.PrimitiveTypes.Int8}}, nil)
	if _, err := Frame(wide, nil).Encode(); !errors.Is(err, ErrTooLong) {
		t.Errorf("a note of very long names: %v", err)
	}
	many := Array(kernels.Float64, [][]int{slices.Repeat([]int{10}, 1_000_000)})
	if raw, err := many.Encode(); err != nil || len(raw) > 200 {
		t.Errorf("a million chunks of one length take %d bytes, %v", len(raw), err)
	}
}
