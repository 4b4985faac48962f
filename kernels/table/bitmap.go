package table

func bitBytes(n int) int { return (n + 7) / 8 }

func setBit(bitmap []byte, i int) { bitmap[i>>3] |= 1 << (i & 7) }

// copyBits copies n bits from src, from bit `from` on, to dst from bit `to` on.
// The bits of dst beyond what it writes must be zero.
func copyBits(dst []byte, to int, src []byte, from, n int) {
	for ; n > 0 && to&7 != 0; n-- {
		dst[to>>3] |= src[from>>3] >> (from & 7) & 1 << (to & 7)
		to, from = to+1, from+1
	}
	out, in, shift := dst[to>>3:], src[min(from>>3, len(src)):], from&7
	if shift == 0 {
		copy(out, in[:n>>3])
	} else {
		for k := range n >> 3 {
			out[k] = in[k]>>shift | in[k+1]<<(8-shift)
		}
	}
	for i := n &^ 7; i < n; i++ {
		dst[(to+i)>>3] |= src[(from+i)>>3] >> ((from + i) & 7) & 1 << ((to + i) & 7)
	}
}

// fillBits sets n bits from bit `to` on.
func fillBits(dst []byte, to, n int) {
	for i := to; i < to+n; i++ {
		if i&7 == 0 && i+8 <= to+n {
			dst[i>>3] = 0xff
			i += 7
			continue
		}
		setBit(dst, i)
	}
}

// packBytes writes bytes of 0 or 1 as bits and returns how many are 1. It
// writes every byte of dst.
func packBytes(dst, src []byte) (ones int) {
	clear(dst)
	for i, b := range src {
		dst[i>>3] |= b << (i & 7)
		ones += int(b)
	}
	return ones
}
