package array

import (
	"fmt"
	"math"
	"reflect"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
	"gonum.org/v1/gonum/mat"
)

// apply builds op over operands, each an *Array or a number. A number takes
// the type of the array beside it where it fits.
func apply(op expr.Op, operands ...any) *Array {
	return build(op.String(), operands, func(b *expr.Builder, args []expr.Ref) (expr.Ref, error) {
		return b.Apply(op, args...)
	})
}

// build makes an elementwise array out of what program returns for its
// operands.
func build(name string, operands []any, program func(*expr.Builder, []expr.Ref) (expr.Ref, error)) *Array {
	b := expr.NewBuilder()
	var arrays []*Array
	args := make([]expr.Ref, len(operands))
	for i, x := range operands {
		a, isArray := x.(*Array)
		if isArray {
			if bad := firstErr(a); bad != nil {
				return bad
			}
			if typeOf(a.DType()) == expr.Invalid {
				return fail(name, "elementwise operations have no %v", a.DType())
			}
			args[i] = b.Input(typeOf(a.DType()))
			arrays = append(arrays, a)
			continue
		}
		r, err := literal(b, x)
		if err != nil {
			return fail(name, "operand %d: %w", i+1, err)
		}
		args[i] = r
	}
	if len(arrays) == 0 {
		return fail(name, "no operand is an array")
	}
	out, err := program(b, args)
	if err != nil {
		return fail(name, "%w", err)
	}
	prog, err := b.Program(out)
	if err != nil {
		return fail(name, "%w", err)
	}
	return newElementwise(name, prog, arrays)
}

// literal adds a number of any of Go's integer and float kinds, or a bool.
func literal(b *expr.Builder, x any) (expr.Ref, error) {
	switch v := reflect.ValueOf(x); {
	case v.CanInt():
		return b.Int(v.Int()), nil
	case v.CanUint():
		if v.Uint() > math.MaxInt64 {
			return 0, fmt.Errorf("%v is more than an int64 holds; give it as a float64", x)
		}
		return b.Int(int64(v.Uint())), nil
	case v.CanFloat():
		return b.Float(v.Float()), nil
	case v.Kind() == reflect.Bool:
		return b.Bool(v.Bool()), nil
	}
	return 0, notOperand(x)
}

// notOperand says what to do with what is neither an array nor a number.
func notOperand(x any) error {
	advice := ""
	switch x.(type) {
	case *kernels.Block:
		advice = "; make it one with FromBlock"
	case *mat.Dense:
		advice = "; make it one with FromDense"
	case mat.Matrix:
		advice = "; make it one with FromDense(mat.DenseCopyOf(x))"
	default:
		if t := reflect.TypeOf(x); t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
			advice = "; make it one with FromSlice"
		}
	}
	return fmt.Errorf("a %T is neither an array nor a number%s", x, advice)
}

// Arithmetic and comparison. The other operand is an *Array, which broadcasts
// as in numpy, or a number of any integer or float type of Go. Types promote as in numpy; comparisons yield Bool.

// Add returns a + b.
func (a *Array) Add(b any) *Array { return apply(expr.Add, a, b) }

// Sub returns a - b.
func (a *Array) Sub(b any) *Array { return apply(expr.Sub, a, b) }

// Mul returns a * b, element by element.
func (a *Array) Mul(b any) *Array { return apply(expr.Mul, a, b) }

// Div returns a / b; the result is floating point.
func (a *Array) Div(b any) *Array { return apply(expr.Div, a, b) }

// FloorDiv returns a / b rounded towards minus infinity.
func (a *Array) FloorDiv(b any) *Array { return apply(expr.FloorDiv, a, b) }

// Mod returns the remainder of FloorDiv; it has the sign of b.
func (a *Array) Mod(b any) *Array { return apply(expr.Mod, a, b) }

// Pow returns a to the power of b.
func (a *Array) Pow(b any) *Array { return apply(expr.Pow, a, b) }

// Minimum returns the lesser of a and b; NaN wins.
func (a *Array) Minimum(b any) *Array { return apply(expr.Min, a, b) }

// Maximum returns the greater of a and b; NaN wins.
func (a *Array) Maximum(b any) *Array { return apply(expr.Max, a, b) }

// Eq returns a == b.
func (a *Array) Eq(b any) *Array { return apply(expr.Eq, a, b) }

// Ne returns a != b.
func (a *Array) Ne(b any) *Array { return apply(expr.Ne, a, b) }

// Lt returns a < b.
func (a *Array) Lt(b any) *Array { return apply(expr.Lt, a, b) }

// Le returns a <= b.
func (a *Array) Le(b any) *Array { return apply(expr.Le, a, b) }

// Gt returns a > b.
func (a *Array) Gt(b any) *Array { return apply(expr.Gt, a, b) }

// Ge returns a >= b.
func (a *Array) Ge(b any) *Array { return apply(expr.Ge, a, b) }

// And returns a && b of Bool arrays.
func (a *Array) And(b any) *Array { return apply(expr.And, a, b) }

// Or returns a || b of Bool arrays.
func (a *Array) Or(b any) *Array { return apply(expr.Or, a, b) }

// Not returns !a of a Bool array.
func (a *Array) Not() *Array { return apply(expr.Not, a) }

// Neg returns -a.
func (a *Array) Neg() *Array { return apply(expr.Neg, a) }

// Abs returns the absolute value.
func (a *Array) Abs() *Array { return apply(expr.Abs, a) }

// Sign returns -1, 0 or 1.
func (a *Array) Sign() *Array { return apply(expr.Sign, a) }

// Sqrt returns the square root.
func (a *Array) Sqrt() *Array { return apply(expr.Sqrt, a) }

// Exp returns e to the power of a.
func (a *Array) Exp() *Array { return apply(expr.Exp, a) }

// Expm1 returns Exp - 1, accurate near 0.
func (a *Array) Expm1() *Array { return apply(expr.Expm1, a) }

// Log returns the natural logarithm.
func (a *Array) Log() *Array { return apply(expr.Log, a) }

// Log1p returns the logarithm of 1 + a, accurate near 0.
func (a *Array) Log1p() *Array { return apply(expr.Log1p, a) }

// Sin returns the sine of radians.
func (a *Array) Sin() *Array { return apply(expr.Sin, a) }

// Cos returns the cosine of radians.
func (a *Array) Cos() *Array { return apply(expr.Cos, a) }

// Tan returns the tangent of radians.
func (a *Array) Tan() *Array { return apply(expr.Tan, a) }

// Tanh returns the hyperbolic tangent.
func (a *Array) Tanh() *Array { return apply(expr.Tanh, a) }

// Floor rounds down.
func (a *Array) Floor() *Array { return apply(expr.Floor, a) }

// Ceil rounds up.
func (a *Array) Ceil() *Array { return apply(expr.Ceil, a) }

// Round rounds half to even.
func (a *Array) Round() *Array { return apply(expr.Round, a) }

// IsNaN tests for NaN.
func (a *Array) IsNaN() *Array { return apply(expr.IsNaN, a) }

// Where returns x where cond is true and y elsewhere; all three broadcast.
func Where(cond *Array, x, y any) *Array { return apply(expr.Where, cond, x, y) }

// Clip limits a to lo … hi.
func (a *Array) Clip(lo, hi any) *Array {
	return build("clip", []any{a, lo, hi}, func(b *expr.Builder, r []expr.Ref) (expr.Ref, error) {
		return b.Clip(r[0], r[1], r[2])
	})
}

// AsType converts the elements to t. A float that no integer of type t can
// hold is an error of the computation.
func (a *Array) AsType(t kernels.DType) *Array {
	if a.err == nil && typeOf(t) == expr.Invalid {
		return fail("astype", "elementwise operations have no %v", t)
	}
	if a.err == nil && a.DType() == t {
		return a
	}
	return build("astype", []any{a}, func(b *expr.Builder, r []expr.Ref) (expr.Ref, error) {
		return b.Cast(r[0], typeOf(t))
	})
}
