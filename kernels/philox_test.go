package kernels

import "testing"

// The known-answer tests of Random123, file kat_vectors.
func TestPhiloxKnownAnswers(t *testing.T) {
	const f = 0xffffffff
	for _, k := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{f, f, f, f}, [2]uint32{f, f}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{
			[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		c := k.counter
		r0, r1, r2, r3 := philox(c[0], c[1], c[2], c[3], k.key[0], k.key[1])
		if got := [4]uint32{r0, r1, r2, r3}; got != k.want {
			t.Errorf("philox(%x, %x) = %x, want %x", k.counter, k.key, got, k.want)
		}
	}
}
