package asm

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestStream(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String(), func(t *testing.T) {
			s, r := StreamFor(l), rand.New(rand.NewPCG(2, 2))
			for _, n := range []int{0, 1, 63, 64, 65, 8192, 8200, stretch*line + 130} {
				for shift := range 3 {
					src, all := make([]byte, n+shift), make([]byte, n+2*line)
					for i := range src {
						src[i] = byte(r.Uint32())
					}
					dst := all[shift:][:n]
					s.Copy(dst, src[shift:])
					s.End()
					if !bytes.Equal(dst, src[shift:]) {
						t.Fatalf("%d bytes were not copied as they are", n)
					}
					if !bytes.Equal(all[shift+n:], make([]byte, len(all)-shift-n)) {
						t.Fatalf("%d bytes: written behind them", n)
					}
				}
			}
		})
	}
}
