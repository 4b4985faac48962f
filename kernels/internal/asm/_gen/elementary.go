package main

// An elementary function is described by two routines: for float64, and for
// float32. The latter is computed in float32 if there is a routine for that,
// else in float64, with shorter polynomials, and rounded.
//
// The coefficients were found with Sollya: fpminimax with the relative error,
// in float64, over the interval that is given, with the first terms fixed.
type elementary struct {
	name  string // Exp
	about string // what follows the name in its comment
	args  int
	build func(r *routine, short bool) *node
	// single computes in float32; odd32 and slow32 then stand for odd and slow.
	single        func(r *routine) *node
	odd32, slow32 string
	// odd is the Go expression that tells, of an argument x, whether the
	// assembly flags it, and slow the one that has the result there.
	odd, slow string
}

var elementaries = []elementary{
	{name: "Exp", about: "is e to the power of x", args: 1, build: exp, single: exp32},
	{name: "Expm1", about: "is e to the power of x, minus 1", args: 1, build: expm1, single: expm1Single},
	{name: "Log", about: "is the natural logarithm of x", args: 1, build: log, single: log32},
	{name: "Log1p", about: "is the natural logarithm of 1 + x", args: 1, build: log1p},
	{name: "Sin", about: "is the sine of x", args: 1, build: func(r *routine, short bool) *node { return circle(r, short, 0) },
		odd: "beyondReduction(x)", slow: "farSin(x)",
		single: circle32(0), odd32: "beyondSingle(x)", slow32: "float32(sin64(float64(x)))"},
	{name: "Cos", about: "is the cosine of x", args: 1, build: func(r *routine, short bool) *node { return circle(r, short, 1) },
		odd: "beyondReduction(x)", slow: "farCos(x)",
		single: circle32(1), odd32: "beyondSingle(x)", slow32: "float32(cos64(float64(x)))"},
	{name: "Tan", about: "is the tangent of x", args: 1, build: tan, odd: "beyondReduction(x)", slow: "farTan(x)"},
	{name: "Tanh", about: "is the hyperbolic tangent of x", args: 1, build: tanh, single: tanh32},
	{name: "Pow", about: "is x to the power of y", args: 2, build: pow, odd: "beyondPow(x, y)", slow: "math.Pow(x, y)"},
}

// The rest of what follows when an angle is reduced by other means: portable Go
// alone, of float64. The third argument has the bits of an integer.
var ofAngles = []elementary{
	{name: "SinOfAngle", about: "is the sine of high + low + quadrant·π/2", args: 3,
		build: ofAngle(func(r *routine, a angle) *node { return sineOf(r, a, false, 0) })},
	{name: "TanOfAngle", about: "is the tangent of high + low + quadrant·π/2", args: 3,
		build: ofAngle(func(r *routine, a angle) *node { return tangentOf(r, a, false) })},
}
