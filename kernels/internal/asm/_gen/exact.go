package main

// An exact function rounds its exact result, or is one of its arguments: it is
// one or a few instructions, for float64 and for float32 in registers of its
// own.
type exact struct {
	name  string
	args  int
	build func(r *routine) *node
}

var exacts = []exact{
	{"Sqrt", 1, func(r *routine) *node { return r.root(r.arg(0)) }},
	{"Abs", 1, func(r *routine) *node { return r.float(r.and(r.bitsOf(r.arg(0)), r.signs(true))) }},
	{"Neg", 1, func(r *routine) *node { return r.float(r.xor(r.bitsOf(r.arg(0)), r.signs(false))) }},
	{"Sign", 1, func(r *routine) *node {
		x := r.arg(0)
		y := r.choose(r.compare(x, less, r.num(0)), r.num(-1), x)
		return r.choose(r.compare(x, greater, r.num(0)), r.num(1), y)
	}},
	{"Floor", 1, func(r *routine) *node { return r.round(r.arg(0), toFloor) }},
	{"Ceil", 1, func(r *routine) *node { return r.round(r.arg(0), toCeil) }},
	{"Round", 1, func(r *routine) *node { return r.round(r.arg(0), toEven) }},
	{"Add", 2, func(r *routine) *node { return r.plus(r.arg(0), r.arg(1)) }},
	{"Sub", 2, func(r *routine) *node { return r.minus(r.arg(0), r.arg(1)) }},
	{"Mul", 2, func(r *routine) *node { return r.times(r.arg(0), r.arg(1)) }},
	{"Div", 2, func(r *routine) *node { return r.over(r.arg(0), r.arg(1)) }},
	{"Min", 2, func(r *routine) *node {
		x, y := r.arg(0), r.arg(1)
		z := r.float(r.or(r.bitsOf(r.lesser(x, y)), r.bitsOf(r.lesser(y, x)))) // -0 is below 0
		return r.choose(r.compare(x, unordered, y), r.plus(x, y), z)
	}},
	{"Max", 2, func(r *routine) *node {
		x, y := r.arg(0), r.arg(1)
		z := r.float(r.and(r.bitsOf(r.greater(x, y)), r.bitsOf(r.greater(y, x))))
		return r.choose(r.compare(x, unordered, y), r.plus(x, y), z)
	}},
	{"FMA", 3, func(r *routine) *node { return r.fma(r.arg(0), r.arg(1), r.arg(2)) }},
}

// signs are the bits of the sign, or all others, in each number of a vector.
func (r *routine) signs(others bool) *node {
	mask := uint64(signBit)
	if r.single {
		mask = 1 << 31
	}
	if others {
		mask--
	}
	return r.bits(mask)
}
