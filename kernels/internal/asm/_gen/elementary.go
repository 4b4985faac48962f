package main

// An elementary function is described by two routines: for float64, and for
// float32, which is computed in float64 with shorter polynomials, and rounded.
//
// The coefficients were found with Sollya: fpminimax with the relative error,
// in float64, over the interval that is given, with the first terms fixed.
type elementary struct {
	name  string // Exp
	about string // what follows the name in its comment
	args  int
	build func(r *routine, short bool) *node
	// odd is the Go expression that tells, of an argument x, whether the
	// assembly flags it, and slow the one that has the result there.
	odd, slow string
}

var elementaries = []elementary{
	{name: "Exp", about: "is e to the power of x", args: 1, build: exp},
	{name: "Log", about: "is the natural logarithm of x", args: 1, build: log},
	{name: "Sin", about: "is the sine of x", args: 1, build: func(r *routine, short bool) *node { return circle(r, short, 0) },
		odd: "beyondReduction(x)", slow: "farSin(x)"},
	{name: "Cos", about: "is the cosine of x", args: 1, build: func(r *routine, short bool) *node { return circle(r, short, 1) },
		odd: "beyondReduction(x)", slow: "farCos(x)"},
}
