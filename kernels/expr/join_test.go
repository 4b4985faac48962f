package expr

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestJoinSubstitutesAndShares(t *testing.T) {
	inner := NewBuilder()
	x := inner.Input(Float64)
	square := must(inner.Program(must(inner.Apply(Mul, x, x))))
	outer := NewBuilder()
	a, c := outer.Input(Float64), outer.Input(Float64)
	sum := must(outer.Program(must(outer.Apply(Add, a, c))))
	joined := must(Join(sum, 0, square, 0))
	want := `%0 float64 = input 0
%1 float64 = input 1
%2 float64 = mul %1 %1
%3 float64 = add %2 %0
return %3`
	if got := joined.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// x² + x² computes the square once.
	both := NewBuilder()
	in := both.Input(Float64)
	s1, s2 := must(both.Inline(square, in))[0], must(both.Inline(square, in))[0]
	p := must(both.Program(must(both.Inline(sum, s1, s2))...))
	if len(p.Instrs) != 3 {
		t.Errorf("a square is computed twice:\n%v", p)
	}
}

func TestJoinRefusesTypesAndNumbers(t *testing.T) {
	ints, floats := NewBuilder(), NewBuilder()
	p := must(ints.Program(ints.Input(Int64)))
	q := must(floats.Program(floats.Input(Float64)))
	if _, err := Join(p, 0, q, 0); !errors.Is(err, ErrInput) {
		t.Errorf("float64 joined to int64: %v", err)
	}
	if _, err := Join(p, 1, p, 0); !errors.Is(err, ErrInput) {
		t.Errorf("input 1 of 1: %v", err)
	}
}

// Evaluating a joined program is evaluating one after the other.
func TestJoinIsComposition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inner, outer := drawProgram(t), drawProgram(t)
		at := -1
		for i, typ := range outer.Inputs {
			if typ == inner.OutputTypes()[0] {
				at = i
			}
		}
		if at < 0 {
			t.Skip("no input of that type")
		}
		joined, err := Join(outer, at, inner, 0)
		if err != nil {
			t.Fatal(err)
		}
		var outerRow []value
		for _, typ := range outer.Inputs {
			outerRow = append(outerRow, drawValue(t, typ))
		}
		var innerRow []value
		for _, typ := range inner.Inputs {
			innerRow = append(innerRow, drawValue(t, typ))
		}
		made, failed := evaluate(inner, innerRow)
		if failed {
			return
		}
		row := append(append(append([]value(nil), outerRow[:at]...), outerRow[at+1:]...), innerRow...)
		outerRow[at] = made[0]
		want, failed := evaluate(outer, outerRow)
		got, _ := evaluate(joined, row)
		for i := range want {
			if !failed && !same(got[i], want[i]) {
				t.Fatalf("output %d is %v, want %v", i, got[i], want[i])
			}
		}
	})
}
