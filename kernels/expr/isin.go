package expr

import "math"

// smallSet is the size up to which comparing with each member beats hashing.
const smallSet = 8

// isInKernel tests membership of a list of literals. NaN is a member of none.
func isInKernel(t Type, list []Instr) kernel {
	switch t {
	case String:
		member := setOf(list, func(in Instr) string { return in.Text })
		return func(m *machine, dst *vec, a []*vec) error {
			member(view[bool](dst, m.n), a[0].text[:m.n])
			return nil
		}
	case Bool, Uint8:
		return isIn(setOf(list, func(in Instr) uint8 { return uint8(in.Imm) }))
	case Int32, Date32:
		return isIn(setOf(list, func(in Instr) int32 { return int32(in.Imm) }))
	case Float32:
		return isIn(setOf(list, func(in Instr) float32 { return float32(in.Float64()) }))
	case Float64:
		return isIn(setOf(list, func(in Instr) float64 { return math.Float64frombits(uint64(in.Imm)) }))
	}
	return isIn(setOf(list, func(in Instr) int64 { return in.Imm }))
}

func isIn[T any](member func(dst []bool, x []T)) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		member(view[bool](dst, m.n), view[T](a[0], m.n))
		return nil
	}
}

func setOf[T comparable](list []Instr, value func(Instr) T) func(dst []bool, x []T) {
	set := make(map[T]struct{}, len(list))
	members := make([]T, len(list))
	for i, in := range list {
		members[i] = value(in)
		set[members[i]] = struct{}{}
	}
	if len(members) <= smallSet {
		return func(dst []bool, x []T) {
			clear(dst)
			for _, want := range members {
				for i, v := range x {
					dst[i] = dst[i] || v == want
				}
			}
		}
	}
	return func(dst []bool, x []T) {
		for i, v := range x {
			_, dst[i] = set[v]
		}
	}
}
