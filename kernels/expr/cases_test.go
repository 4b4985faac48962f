package expr

import (
	"errors"
	"math"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
)

// evalLiteral runs a program without inputs on one row.
func evalLiteral(t *testing.T, build func(b *Builder) (Ref, error)) (value, error) {
	t.Helper()
	b := NewBuilder()
	r, err := build(b)
	if err != nil {
		return nil, err
	}
	out, err := EvalColumns(checkedMem(t), must(b.Program(r)), nil, 1)
	if err != nil {
		return nil, err
	}
	defer releaseAll(out)
	return valueAt(out[0], 0), nil
}

func TestLikeAndSubstring(t *testing.T) {
	for _, c := range []struct {
		text, pattern string
		want          bool
	}{
		{"", "", true}, {"a", "", false}, {"", "%", true}, {"abc", "%", true},
		{"abc", "abc", true}, {"abc", "ab", false}, {"abc", "a%", true}, {"abc", "%c", true},
		{"abc", "%b%", true}, {"abc", "_b_", true}, {"abc", "__", false}, {"日本語", "__語", true},
		{"aab", "%ab", true}, {"ababac", "%aba_", true}, {"mississippi", "%iss%ip%", true},
		{"mississippi", "m%iss%x", false}, {"50%", `50\%`, true}, {"50x", `50\%`, false},
		{"a_c", `a\_c`, true}, {"abc", `a\_c`, false}, {"a%b%c", "a%%c", true}, {`a\`, `a\`, true},
		{"a\xffb", "a_b", true},
	} {
		got, err := evalLiteral(t, func(b *Builder) (Ref, error) { return b.Apply(Like, b.Str(c.text), b.Str(c.pattern)) })
		if err != nil || got != c.want {
			t.Errorf("%q like %q is %v, %v", c.text, c.pattern, got, err)
		}
	}
	for _, c := range []struct {
		start, length int64
		want          string
	}{{0, 2, "日本"}, {1, 1, "本"}, {-1, 5, "x"}, {-9, 7, "日本"}, {3, 1, "x"}, {4, 1, ""}, {0, 0, ""}, {0, -1, ""}, {-9, 2, ""}} {
		got, err := evalLiteral(t, func(b *Builder) (Ref, error) {
			return b.Apply(Substring, b.Str("日本語x"), b.Int(c.start), b.Int(c.length))
		})
		if err != nil || got != c.want {
			t.Errorf("substring(%d, %d) is %q, %v, want %q", c.start, c.length, got, err, c.want)
		}
	}
}

// The expected values are numpy's.
func TestFloatDivisionAndRounding(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		op         Op
		imm        int64
		x, y, want float64
	}{
		{FloorDiv, 0, 7, 2, 3}, {FloorDiv, 0, -7, 2, -4}, {FloorDiv, 0, 7, -2, -4}, {FloorDiv, 0, 1, 0.1, 9},
		{FloorDiv, 0, 1, 0, inf}, {FloorDiv, 0, -1, 0, -inf}, {FloorDiv, 0, 0, 0, nan}, {FloorDiv, 0, -0.5, inf, -1},
		{Mod, 0, 7, 2, 1}, {Mod, 0, -7, 2, 1}, {Mod, 0, 7, -2, -1}, {Mod, 0, 1, 0, nan},
		{Mod, 0, -1, inf, inf}, {Mod, 0, 6, -3, math.Copysign(0, -1)}, {Mod, 0, inf, 2, nan},
		{Round, 0, 2.5, 0, 2}, {Round, 1, 0.25, 0, 0.2}, {Round, -2, 1250, 0, 1200}, {Round, 2, 1e308, 0, 1e308},
		{Round, 3, -1.0005, 0, -1},
	} {
		got, err := evalLiteral(t, func(b *Builder) (Ref, error) {
			args := []Ref{b.Float(c.x), b.Float(c.y)}
			return b.ApplyImm(c.op, c.imm, args[:opInfo[c.op].arity]...)
		})
		if err != nil || !same(got, c.want) {
			t.Errorf("%v(%v, %v; %d) is %v, %v, want %v", c.op, c.x, c.y, c.imm, got, err, c.want)
		}
	}
	for digits, want := range map[int64]int64{2: 1250, 0: 1250, -1: 1250, -2: 1200, -3: 1000, -4: 0, -40: 0} {
		got, err := evalLiteral(t, func(b *Builder) (Ref, error) { return b.ApplyImm(Round, digits, b.Int(1250)) })
		if err != nil || got != want {
			t.Errorf("round(1250, %d) is %v, %v, want %d", digits, got, err, want)
		}
	}
}

func TestFusedMultiplyAddRoundsOnce(t *testing.T) {
	x := 1 + 0x1p-30
	got, err := evalLiteral(t, func(b *Builder) (Ref, error) { return b.Apply(FMA, b.Float(x), b.Float(x), b.Float(-1)) })
	if want := math.FMA(x, x, -1); err != nil || got != want || want == x*x-1 {
		t.Errorf("fma is %v, %v, want %v", got, err, want)
	}
}

func TestTextCasts(t *testing.T) {
	for _, c := range []struct {
		typ  Type
		text string
		back string
	}{
		{Bool, "True", "true"}, {Uint8, "255", "255"}, {Int32, "-7", "-7"}, {Int64, "9007199254740993", "9007199254740993"},
		{Float32, "0.1", "0.1"}, {Float64, "1e21", "1e+21"}, {Date32, "1969-12-31", "1969-12-31"},
		{TimestampS, "2001-02-03", "2001-02-03 00:00:00"}, {TimestampMs, "2001-02-03T04:05:06.789", "2001-02-03 04:05:06.789"},
		{TimestampUs, "1950-02-03 04:05", "1950-02-03 04:05:00"}, {TimestampNs, "2001-02-03T04:05:06.000000001+01:00", "2001-02-03 03:05:06.000000001"},
	} {
		got, err := evalLiteral(t, func(b *Builder) (Ref, error) {
			lower, err := b.Apply(Lower, b.Str(c.text)) // so that nothing is folded
			if c.typ.Temporal() {
				lower, err = b.Apply(Concat, b.Str(c.text))
			}
			if err != nil {
				return 0, err
			}
			x, err := b.Cast(lower, c.typ)
			if err != nil {
				return 0, err
			}
			return b.Cast(x, String)
		})
		if err != nil || got != c.back {
			t.Errorf("%q as %v and back is %q, %v, want %q", c.text, c.typ, got, err, c.back)
		}
	}
	for text, typ := range map[string]Type{"256": Uint8, "1.5": Int64, "yes": Bool, "2001-13-01": Date32, "": Float64, "4000-01-01": TimestampNs} {
		if _, err := evalLiteral(t, func(b *Builder) (Ref, error) { return b.Cast(b.Str(text), typ) }); !errors.Is(err, ErrParse) && !errors.Is(err, ErrRange) {
			t.Errorf("%q as %v: %v", text, typ, err)
		}
	}
}

func TestIsInBetweenClip(t *testing.T) {
	mem := checkedMem(t)
	b := NewBuilder()
	x := b.Input(Int64)
	list := []Ref{x}
	for i := range int64(20) {
		list = append(list, b.Int(3*i))
	}
	p := must(b.Program(must(b.Apply(IsIn, list...)), must(b.Between(x, b.Int(2), b.Int(4))), must(b.Clip(x, b.Int(2), b.Int(4)))))
	col := arrowOf(mem, arrow.PrimitiveTypes.Int64, []value{int64(3), int64(4), nil, int64(60), int64(-1)}, 0)
	defer col.Release()
	out := must(EvalColumns(mem, p, []arrow.Array{col}, 5))
	defer releaseAll(out)
	want := [][]value{{true, false, nil, false, false}, {true, true, nil, false, false}, {int64(3), int64(4), nil, int64(4), int64(2)}}
	for k := range want {
		for i := range want[k] {
			if got := valueAt(out[k], i); got != want[k][i] {
				t.Errorf("output %d, row %d: %v, want %v", k, i, got, want[k][i])
			}
		}
	}
}
