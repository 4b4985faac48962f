package asm

import (
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

// TestNothingBeyondCodes runs what unpacks and looks up next to pages that fault.
func TestNothingBeyondCodes(t *testing.T) {
	for _, l := range Levels() {
		for _, atEnd := range []bool{false, true} {
			for width := range uint(33) {
				for _, n := range []int{1, 8, 9, 64, 100} {
					Unpack(l, guard.Values[uint32](t, n, atEnd), guard.Values[byte](t, (n*int(width)+7)/8+UnpackSpare, atEnd), width)
				}
			}
			for _, words := range []int{1, 32, 100, 200} {
				for _, n := range []int{1, 16, 33} {
					Pick(l, guard.Values[uint32](t, n, atEnd), guard.Values[uint32](t, words, atEnd), guard.Values[uint32](t, n, atEnd), uint32(words-1))
					Pick(l, guard.Values[uint64](t, n, atEnd), guard.Values[uint64](t, words, atEnd), guard.Values[uint32](t, n, atEnd), uint32(words-1))
				}
			}
		}
	}
}
