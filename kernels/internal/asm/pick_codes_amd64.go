//go:build !noasm

package asm

import "github.com/klauspost/cpuid/v2"

func unpackGroups(groups int, dst []uint32, src []byte, width uint) (most uint32) {
	return unpackAVX2(groups, &dst[0], &src[0], int(width), &unpackTables[width])
}

// pickFew looks codes up in groups, and returns how many it did.
func pickFew(l Level, dst, words, codes []uint32) (done int) {
	groups := len(codes) / 16
	if l != AVX512 || groups == 0 {
		return 0
	}
	var table [pickMost]uint32
	copy(table[:], words)
	run := pick128AVX512
	if len(words) <= 32 {
		run = pick32AVX512
	}
	for at := 0; at < groups; at += stretch / 16 {
		run(min(stretch/16, groups-at), &dst[16*at], &table[0], &codes[16*at])
	}
	return 16 * groups
}

var bmi1 = cpuid.CPU.Supports(cpuid.BMI1)

func textsFor(l Level) textsRoutine {
	if l == Portable || !bmi1 || !bmi2 {
		return nil
	}
	return [...]textsRoutine{AVX2: keepTextsAVX2, AVX512: keepTextsAVX512}[l]
}
