package expr

import "encoding/binary"

// spread holds, for each byte of a bitmap, its bits as eight bytes of 0 or 1.
var spread = func() (t [256]uint64) {
	for b := range t {
		for k := range 8 {
			t[b] |= uint64(b>>k&1) << (8 * k)
		}
	}
	return t
}()

// expandBits writes len(dst) bits of a bitmap, from bit offset, as bytes.
func expandBits(dst, bitmap []byte, offset int) {
	i := 0
	for ; i < len(dst) && (offset+i)&7 != 0; i++ {
		dst[i] = bitmap[(offset+i)>>3] >> ((offset + i) & 7) & 1
	}
	for ; i+8 <= len(dst); i += 8 {
		binary.LittleEndian.PutUint64(dst[i:], spread[bitmap[(offset+i)>>3]])
	}
	for ; i < len(dst); i++ {
		dst[i] = bitmap[(offset+i)>>3] >> ((offset + i) & 7) & 1
	}
}

// packBits writes bytes of 0 or 1 as the bits of dst from bit 0, and zeros the
// rest of the last byte. It returns how many were 1.
func packBits(dst, src []byte) (ones int) {
	i := 0
	for ; i+8 <= len(src); i += 8 {
		// The product moves bit 8k to bit 56+k for each k, without carries.
		w := binary.LittleEndian.Uint64(src[i:])
		dst[i>>3] = byte(w * 0x0102040810204080 >> 56)
		ones += int(w * 0x0101010101010101 >> 56)
	}
	if i < len(src) {
		var last byte
		for k, b := range src[i:] {
			last |= b << k
			ones += int(b)
		}
		dst[i>>3] = last
	}
	return ones
}
