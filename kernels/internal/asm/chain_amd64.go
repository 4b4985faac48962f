//go:build !noasm

package asm

import "unsafe"

type streamRoutine struct {
	run   func(lines int, dst, src *byte)
	entry int
}

func streamEntry(l Level) int { return streams[l].entry }

func runChain(links *link, count, n, piece int) uint64 {
	return chain((*uintptr)(unsafe.Pointer(links)), count, n, piece)
}

func readAddresses() []uintptr {
	var all [entryCount]uintptr
	entryAddresses(&all[0])
	return all[:]
}

// The assembly has these offsets of its own.
var (
	_ [unsafe.Offsetof(link{}.flags) - 8]struct{}
	_ [unsafe.Offsetof(link{}.base) - 24]struct{}
	_ [unsafe.Offsetof(link{}.stride) - 56]struct{}
	_ [unsafe.Sizeof(link{}) - 88]struct{}
)
