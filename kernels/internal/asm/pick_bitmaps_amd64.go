//go:build !noasm

package asm

// bitmapsOf returns the assembly of a level, nil if that is Portable.
func bitmapsOf(l Level) *bitRoutines {
	return [...]*bitRoutines{
		AVX2:   {packBoolsAVX2, spreadBitsAVX2, allBitsAVX2, anyBitsAVX2},
		AVX512: {packBoolsAVX512, spreadBitsAVX512, allBitsAVX512, anyBitsAVX512},
	}[l]
}

// compareBitsOf returns the comparisons of a level, nil if that is Portable.
func compareBitsOf[T Lane](l Level) *[CompareCount]compareBitsRoutine[T] {
	if l == Portable {
		return nil
	}
	var all any
	switch kindOf[T]() {
	case kindF64:
		all = &bitsF64[l]
	case kindF32:
		all = &bitsF32[l]
	case kindI64:
		all = &bitsI64[l]
	case kindI32:
		all = &bitsI32[l]
	}
	return all.(*[CompareCount]compareBitsRoutine[T])
}

var (
	bitsF64 = [...][CompareCount]compareBitsRoutine[float64]{
		AVX2:   {dbitsEqAVX2, dbitsNeAVX2, dbitsLtAVX2, dbitsLeAVX2},
		AVX512: {dbitsEqAVX512, dbitsNeAVX512, dbitsLtAVX512, dbitsLeAVX512},
	}
	bitsF32 = [...][CompareCount]compareBitsRoutine[float32]{
		AVX2:   {sbitsEqAVX2, sbitsNeAVX2, sbitsLtAVX2, sbitsLeAVX2},
		AVX512: {sbitsEqAVX512, sbitsNeAVX512, sbitsLtAVX512, sbitsLeAVX512},
	}
	bitsI64 = [...][CompareCount]compareBitsRoutine[int64]{
		AVX2:   {qbitsEqAVX2, qbitsNeAVX2, qbitsLtAVX2, qbitsLeAVX2},
		AVX512: {qbitsEqAVX512, qbitsNeAVX512, qbitsLtAVX512, qbitsLeAVX512},
	}
	bitsI32 = [...][CompareCount]compareBitsRoutine[int32]{
		AVX2:   {lbitsEqAVX2, lbitsNeAVX2, lbitsLtAVX2, lbitsLeAVX2},
		AVX512: {lbitsEqAVX512, lbitsNeAVX512, lbitsLtAVX512, lbitsLeAVX512},
	}
)

// castOf returns the assembly of a cast, if the level has it.
func castOf[F, T Lane](l Level, checked bool) (r castRoutine[F, T], ok bool) {
	all := [...][2]map[castTypes]any{AVX2: {castsAVX2, castsCheckedAVX2}, AVX512: {castsAVX512, castsCheckedAVX512}}[l]
	types := castTypes{kindOf[F](), kindOf[T]()}
	which := all[0]
	if _, narrows := all[1][types]; narrows && (checked || types.from <= kindF64) {
		which = all[1]
	}
	r, ok = which[types].(castRoutine[F, T])
	return r, ok
}
