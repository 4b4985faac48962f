// Package codes reads the codes that dictionary columns are stored in: numbers of
// a fixed count of bits, one behind the other, that stand for words of a
// dictionary.
//
// [Unpack] does eight at a time in AVX2: the bytes of four lie in sixteen and are
// brought to lanes of their own, shifted and masked. [Pick] looks them up; up to
// 128 words of four bytes stay in registers, in AVX-512.
package codes
