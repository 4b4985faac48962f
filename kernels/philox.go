package kernels

// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
// easy as 1, 2, 3" (2011): ten rounds of a bijection on 128 bits, chosen by a
// key of 64. Successive counters give numbers that pass all known batteries of
// tests, and any of them can be had without those before it.

const (
	philoxM0 = 0xD2511F53
	philoxM1 = 0xCD9E8D57
	philoxW0 = 0x9E3779B9 // golden ratio
	philoxW1 = 0xBB67AE85 // √3 − 1
)

// philox works on single words: the compiler keeps them in registers, which it
// does not do with arrays.
func philox(c0, c1, c2, c3, k0, k1 uint32) (r0, r1, r2, r3 uint32) {
	for range 10 {
		p, q := uint64(c0)*philoxM0, uint64(c2)*philoxM1
		c0, c1, c2, c3 = uint32(q>>32)^c1^k0, uint32(q), uint32(p>>32)^c3^k1, uint32(p)
		k0 += philoxW0
		k1 += philoxW1
	}
	return c0, c1, c2, c3
}

// randomPair returns the 64 random bits of elements 2i and 2i+1 of a stream.
func randomPair(seed, stream, i uint64) (even, odd uint64) {
	r0, r1, r2, r3 := philox(uint32(i), uint32(i>>32), uint32(stream), uint32(stream>>32), uint32(seed), uint32(seed>>32))
	return uint64(r1)<<32 | uint64(r0), uint64(r3)<<32 | uint64(r2)
}
