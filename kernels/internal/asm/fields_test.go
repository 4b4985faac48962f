package asm

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// fieldText is fields with a pad around them, and their marks; stride-1 fields
// that nobody reads are between them.
func fieldText(fields []string, stride int) (buf []byte, marks []uint32) {
	buf = append(buf, "12345678,"...)
	marks = append(marks, 8)
	for _, f := range fields {
		for range stride {
			buf = append(append(buf, f...), ',')
			marks = append(marks, uint32(len(buf)-1))
			f = "77.7"
		}
	}
	return append(buf, "12345678"...), marks
}

func randomNumber(r *rand.Rand, decimal bool) string {
	if !decimal {
		return strconv.Itoa(r.IntN(int(math.Pow10(1 + r.IntN(8)))))
	}
	s := strconv.FormatFloat(r.Float64()*math.Pow10(r.IntN(7)), 'f', r.IntN(8), 64)
	if !strings.Contains(s, ".") {
		s += "."
	}
	return strings.TrimPrefix(s, "0")
}

func TestFields(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	wrong := []string{"", "-1", "1x", ".", "1..2", "1:", "/1", "123456789", "12345678.5", "1.12345678", "\xb1", "1\x00", "1e5", "--", "+1"}
	for _, l := range Levels() {
		f := FieldsFor(l)
		for try := range 400 {
			decimal, stride, n := try%2 == 1, 1+r.IntN(3), r.IntN(40)
			fields := make([]string, n)
			for i := range fields {
				if fields[i] = randomNumber(r, decimal); fields[i] == "." {
					fields[i] = "0."
				}
			}
			bad := n
			if n > 0 && try%3 == 0 {
				bad = r.IntN(n)
				fields[bad] = wrong[r.IntN(len(wrong))]
			}
			buf, marks := fieldText(fields, stride)
			ints, floats := make([]int64, n), make([]float64, n)
			done := f.Ints(buf, marks, stride, ints)
			if decimal {
				done = f.Decimals(buf, marks, stride, '.', floats)
			}
			want := min(n, bad) / FieldGroup * FieldGroup
			if l < AVX512 {
				want = 0
			}
			if done != want {
				t.Fatalf("%v: %d of %q are read, want %d", l, done, fields, want)
			}
			for i := range done {
				v, err := strconv.ParseFloat(fields[i], 64)
				if got := floats[i] + float64(ints[i]); err != nil || got != v {
					t.Fatalf("%v: %q is read as %v", l, fields[i], got)
				}
			}
		}
	}
}
