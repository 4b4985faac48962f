package main

import (
	"bytes"
	"fmt"
	"strings"
)

// Functions of integers wrap around. Those named Checked do the same and flag
// where the result is not the exact one.
var integers = []exact{
	{"IntAdd", 2, func(r *routine) *node { return r.integer(r.intAdd(r.bitsOf(r.arg(0)), r.bitsOf(r.arg(1)))) }},
	{"IntSub", 2, func(r *routine) *node { return r.integer(r.intSub(r.bitsOf(r.arg(0)), r.bitsOf(r.arg(1)))) }},
	{"IntMul", 2, func(r *routine) *node { return r.integer(r.intMul(r.bitsOf(r.arg(0)), r.bitsOf(r.arg(1)))) }},
	{"IntMin", 2, func(r *routine) *node {
		x, y := r.bitsOf(r.arg(0)), r.bitsOf(r.arg(1))
		return r.integer(r.choose(r.intMore(y, x), x, y))
	}},
	{"IntMax", 2, func(r *routine) *node {
		x, y := r.bitsOf(r.arg(0)), r.bitsOf(r.arg(1))
		return r.integer(r.choose(r.intMore(x, y), x, y))
	}},
	{"IntAddChecked", 2, func(r *routine) *node {
		x, y := r.bitsOf(r.arg(0)), r.bitsOf(r.arg(1))
		sum := r.intAdd(x, y)
		r.flag(r.sign(r.and(r.xor(x, sum), r.xor(y, sum)))) // unlike both
		return r.integer(sum)
	}},
	{"IntSubChecked", 2, func(r *routine) *node {
		x, y := r.bitsOf(r.arg(0)), r.bitsOf(r.arg(1))
		rest := r.intSub(x, y)
		r.flag(r.sign(r.and(r.xor(x, y), r.xor(x, rest))))
		return r.integer(rest)
	}},
	{"IntNeg", 1, func(r *routine) *node { return r.integer(r.intSub(r.bits(0), r.bitsOf(r.arg(0)))) }},
	{"IntAbs", 1, func(r *routine) *node { return r.integer(r.intAbs(r.bitsOf(r.arg(0)))) }},
	{"IntNegChecked", 1, func(r *routine) *node {
		x := r.bitsOf(r.arg(0))
		y := r.intSub(r.bits(0), x)
		r.flag(r.sign(r.and(x, y))) // of the least value alone
		return r.integer(y)
	}},
	{"IntAbsChecked", 1, func(r *routine) *node {
		y := r.intAbs(r.bitsOf(r.arg(0)))
		r.flag(r.sign(y))
		return r.integer(y)
	}},
}

// integer is the bits of a result.
func (r *routine) integer(x *node) *node { return r.float(x) }

func (r *routine) intAbs(x *node) *node { return r.choose(r.sign(x), r.intSub(r.bits(0), x), x) }

// writeIntegers writes all routines of integers, and their tables.
func writeIntegers(b *bytes.Buffer, consts *constants) {
	for _, e := range []element{int64s, int32s} {
		fmt.Fprintf(b, "\nvar integers%d = [...]integerRoutines[%s]{\n", 8*e.bytes, e.name)
		for _, m := range []machine{avx2(e, nil), avx512(e)} {
			fmt.Fprintf(b, "%s: {\n", m.set)
			for args, field := range []string{1: "unary", 2: "binary"} {
				if args == 0 {
					continue
				}
				fmt.Fprintf(b, "%s: [Int%sCount]%sRoutine[%s]{\n", field, strings.Title(field), field, e.name)
				for _, f := range integers {
					if f.args != args || f.name == "IntMul" && m.width == 32 && m.bytes == 8 {
						continue
					}
					n := exactLoop(f, m, consts)
					fmt.Fprintf(b, "%s: {run: %s, block: %d, entry: %d},\n", f.name, n.name, n.block, entry(n.name))
				}
				b.WriteString("},\n")
			}
			fmt.Fprintf(b, "compare: [CompareCount]compareRoutine[%s]{\n", e.name)
			for _, c := range comparisons {
				n := compareLoop(m, c.name, c.predicate, consts)
				fmt.Fprintf(b, "%s: {run: %s, block: %d, entry: %d},\n", c.name, n.name, n.block, entry(n.name))
			}
			b.WriteString("},\n},\n")
		}
		b.WriteString("}\n")
	}
}
