package expr

import (
	"fmt"
	"math"
)

// castLiteral converts a Const to type t when that can be decided now; ok is
// false for conversions that are left to evaluation.
func castLiteral(in Instr, t Type) (out Instr, ok bool, err error) {
	out = Instr{Op: Const, Type: t}
	switch {
	case in.Type == String && t.Temporal():
		out.Imm, err = parseTemporal(in.Text, t)
		return out, true, err
	case in.Type.Temporal() && t.Temporal():
		out.Imm, ok = convertTemporal(in.Imm, in.Type, t)
		return out, ok, nil
	case in.Type == String || t == String || in.Type.Temporal() || t.Temporal() || t == Bool:
		return out, false, nil
	case in.Type.Float() && t.Float():
		out.Imm = in.Imm
		if t == Float32 {
			out.Imm = int64(math.Float64bits(float64(float32(in.Float64()))))
		}
		return out, true, nil
	case t.Float():
		out.Imm = int64(math.Float64bits(float64(in.Imm)))
		return out, true, nil
	case in.Type.Float():
		return out, false, nil
	}
	out.Imm = in.Imm
	return out, fits(in.Imm, t), nil
}

// fits reports whether the integer v is a value of type t.
func fits(v int64, t Type) bool {
	switch t {
	case Bool:
		return v == 0 || v == 1
	case Uint8:
		return v >= 0 && v <= math.MaxUint8
	case Int32, Date32:
		return v >= math.MinInt32 && v <= math.MaxInt32
	}
	return true
}

// validateConst checks that a literal is a value of its type.
func validateConst(in Instr) error {
	switch {
	case in.Type == String && in.Imm != 0, in.Type != String && in.Text != "":
		return fmt.Errorf("literal of %v with a stray value", in.Type)
	case !in.Type.Float() && !fits(in.Imm, in.Type):
		return fmt.Errorf("literal %d does not fit %v", in.Imm, in.Type)
	}
	return nil
}
