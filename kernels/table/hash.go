package table

import (
	"encoding/binary"
	"math/bits"
)

// The hash multiplies words to 128 bits and folds the halves, as wyhash does
// (Wang Yi, 2019). Its values decide which partition a row goes to in every
// process of a cluster, so they must never change; a test pins them.
const (
	hashA = 0x9e3779b97f4a7c15
	hashB = 0xc2b2ae3d27d4eb4f
	hashC = 0x165667b19e3779f9
)

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func hashWord(x uint64) uint64 { return fold(x^hashA, hashB) }

// nullHash stands for the hash of a null.
const nullHash = hashC

func hashBytes(b []byte) uint64 {
	h := uint64(len(b)) * hashC
	for ; len(b) >= 8; b = b[8:] {
		h = fold(h^binary.LittleEndian.Uint64(b)^hashA, hashB)
	}
	if len(b) > 0 {
		var last uint64
		for i, c := range b {
			last |= uint64(c) << (8 * i)
		}
		h = fold(h^last^hashA, hashB)
	}
	return fold(h^hashB, hashC)
}

// mixHash adds the hash of the next key column to that of those before it.
func mixHash(h, next uint64) uint64 { return fold(h+hashC, next^hashB) }
