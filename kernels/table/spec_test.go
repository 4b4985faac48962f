package table

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

var someSpecs = []interface{ Append([]byte) []byte }{
	AggSpec{},
	AggSpec{Keys: []string{"a", "", "é"}, Aggs: []Agg{{Kind: Sum, Column: "x"}, {Kind: CountStar, As: "n"},
		{Kind: Quantile, Column: "y", Q: 0.9}, {Kind: Median, Column: "y"},
		{Kind: Corr, Column: "y", Other: "z"}, {Kind: NSmallest, Column: "y", N: 3}, {Kind: List, Column: "y"}}},
	JoinSpec{Kind: Inner, LeftKeys: []string{"a"}, RightKeys: []string{"b"}},
	JoinSpec{Kind: Full, LeftKeys: []string{"a", "b"}, RightKeys: []string{"c", "d"}, Suffix: "_r"},
	SortSpec{Keys: []SortKey{{"a", true, false}, {"b", false, true}}},
	AsofSpec{Strategy: Backward, Left: "t", Right: "u"},
	AsofSpec{Strategy: Nearest, Left: "t", Right: "u", LeftBy: []string{"a"}, RightBy: []string{"b"}, Strict: true,
		Within: Within{Limited: true, Int: 7, Float: 1.5}, Suffix: "_r"},
	WindowSpec{},
	WindowSpec{Keys: []string{"a"}, Order: SortSpec{[]SortKey{{"b", true, false}}}, Windows: []Window{{Kind: RankDense},
		{Kind: RollingMean, Column: "x", As: "m", N: 7, Least: 2}, {Kind: Whole, Agg: Agg{Kind: Quantile, Column: "y", Q: 0.9}}}},
}

// parseLike reads an encoding as a spec of the same type as example.
func parseLike(example any, src []byte) (spec interface{ Append([]byte) []byte }, rest []byte, err error) {
	switch example.(type) {
	case AggSpec:
		return ParseAggSpec(src)
	case JoinSpec:
		return ParseJoinSpec(src)
	case AsofSpec:
		return ParseAsofSpec(src)
	case WindowSpec:
		return ParseWindowSpec(src)
	}
	return ParseSortSpec(src)
}

func TestSpecsSurviveEncoding(t *testing.T) {
	for _, want := range someSpecs {
		enc := want.Append([]byte("x"))[1:]
		got, rest, err := parseLike(want, append(enc, "rest"...))
		if err != nil || string(rest) != "rest" || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v comes back as %+v, rest %q, error %v", want, got, rest, err)
		}
		for n := range enc {
			if _, _, err := parseLike(want, enc[:n]); !errors.Is(err, ErrSpec) {
				t.Errorf("%T cut to %d of %d bytes: error %v", want, n, len(enc), err)
			}
		}
	}
}

func TestRandomSpecsSurviveEncoding(t *testing.T) {
	names := rapid.SliceOfN(rapid.String(), 1, 4)
	rapid.Check(t, func(t *rapid.T) {
		want := JoinSpec{Kind: JoinKind(rapid.IntRange(1, 6).Draw(t, "kind")), LeftKeys: names.Draw(t, "left"),
			RightKeys: names.Draw(t, "right"), Suffix: rapid.String().Draw(t, "suffix")}
		got, rest, err := ParseJoinSpec(want.Append(nil))
		if err != nil || len(rest) > 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v comes back as %+v, rest %q, error %v", want, got, rest, err)
		}
	})
}

func FuzzParseSpec(f *testing.F) {
	for _, s := range someSpecs {
		f.Add(s.Append(nil))
	}
	f.Add([]byte{specVersion, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, example := range []any{AggSpec{}, JoinSpec{}, SortSpec{}, AsofSpec{}, WindowSpec{}} {
			spec, rest, err := parseLike(example, src)
			if err != nil {
				if !errors.Is(err, ErrSpec) {
					t.Errorf("%T: error %v is no ErrSpec", example, err)
				}
				continue
			}
			if enc := spec.Append(nil); !bytes.Equal(enc, src[:len(src)-len(rest)]) {
				t.Errorf("%+v encodes to %x, was read from %x", spec, enc, src)
			}
		}
	})
}
