//go:build !noasm

package peak

import (
	"os"

	"github.com/klauspost/cpuid/v2"
)

// pick takes what the kernels take: where they are held to AVX2, so is the peak.
func pick() loop {
	narrow := os.Getenv("ASHLAR_KERNELS") == "avx2"
	switch {
	case !narrow && cpuid.CPU.Supports(cpuid.AVX512F):
		return loop{with: "avx512", lanes: 8, run: fmaAVX512, read: readAVX512}
	case cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3):
		return loop{with: "avx2", lanes: 4, run: fmaAVX2, read: readAVX2}
	}
	return loop{with: "scalar", lanes: 1, run: scalar, read: search}
}

// fmaAVX512 does rounds × 12 multiply-adds of 8 float64 in zmm registers.
//
//go:noescape
func fmaAVX512(rounds int)

// fmaAVX2 does rounds × 12 multiply-adds of 4 float64 in ymm registers.
//
//go:noescape
func fmaAVX2(rounds int)

// readAVX512 loads turns × 512 bytes from p on.
//
//go:noescape
func readAVX512(p *byte, turns int)

// readAVX2 loads turns × 512 bytes from p on.
//
//go:noescape
func readAVX2(p *byte, turns int)
