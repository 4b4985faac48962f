//go:build !noasm

package asm

import "github.com/klauspost/cpuid/v2"

func supported() Level {
	switch {
	case cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512BW, cpuid.AVX512VL, cpuid.AVX2, cpuid.FMA3, cpuid.BMI2):
		return AVX512
	case cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3):
		return AVX2
	}
	return Portable
}

func gemmAssembly[T Float](l Level) *Gemm[T] {
	var all any
	switch any(T(0)).(type) {
	case float64:
		all = gemm64[l]
	case float32:
		all = gemm32[l]
	}
	return all.(*Gemm[T])
}

var gemm64 = [...]*Gemm[float64]{
	AVX2: {
		Rows: 4, Lanes: 4,
		Tiles:   []Tiles[float64]{dgemmAVX2x1, dgemmAVX2x2, dgemmAVX2x3},
		ByRows:  []Tiles[float64]{dgemmRowsAVX2x1, dgemmRowsAVX2x2, dgemmRowsAVX2x3},
		Lower:   []Solve[float64]{dsolveLowerAVX2x1, dsolveLowerAVX2x2, dsolveLowerAVX2x3},
		Upper:   []Solve[float64]{dsolveUpperAVX2x1, dsolveUpperAVX2x2, dsolveUpperAVX2x3},
		Stripes: dstripesAVX2, Interleave: dinterleaveAVX2, Turn: 4,
	},
	AVX512: {
		Rows: 8, Lanes: 8,
		Tiles:   []Tiles[float64]{dgemmAVX512x1, dgemmAVX512x2, dgemmAVX512x3},
		ByRows:  []Tiles[float64]{dgemmRowsAVX512x1, dgemmRowsAVX512x2, dgemmRowsAVX512x3},
		Lower:   []Solve[float64]{dsolveLowerAVX512x1, dsolveLowerAVX512x2, dsolveLowerAVX512x3},
		Upper:   []Solve[float64]{dsolveUpperAVX512x1, dsolveUpperAVX512x2, dsolveUpperAVX512x3},
		Stripes: dstripesAVX512, Interleave: dinterleaveAVX2, Turn: 4,
	},
}

var gemm32 = [...]*Gemm[float32]{
	AVX2: {
		Rows: 4, Lanes: 8,
		Tiles:   []Tiles[float32]{sgemmAVX2x1, sgemmAVX2x2, sgemmAVX2x3},
		ByRows:  []Tiles[float32]{sgemmRowsAVX2x1, sgemmRowsAVX2x2, sgemmRowsAVX2x3},
		Lower:   []Solve[float32]{ssolveLowerAVX2x1, ssolveLowerAVX2x2, ssolveLowerAVX2x3},
		Upper:   []Solve[float32]{ssolveUpperAVX2x1, ssolveUpperAVX2x2, ssolveUpperAVX2x3},
		Stripes: sstripesAVX2, Interleave: sinterleaveAVX2, Turn: 8,
	},
	AVX512: {
		Rows: 8, Lanes: 16,
		Tiles:   []Tiles[float32]{sgemmAVX512x1, sgemmAVX512x2, sgemmAVX512x3},
		ByRows:  []Tiles[float32]{sgemmRowsAVX512x1, sgemmRowsAVX512x2, sgemmRowsAVX512x3},
		Lower:   []Solve[float32]{ssolveLowerAVX512x1, ssolveLowerAVX512x2, ssolveLowerAVX512x3},
		Upper:   []Solve[float32]{ssolveUpperAVX512x1, ssolveUpperAVX512x2, ssolveUpperAVX512x3},
		Stripes: sstripesAVX512, Interleave: sinterleaveAVX2, Turn: 8,
	},
}

func linesAssembly[T Float](l Level) *Lines[T] {
	var all any
	switch any(T(0)).(type) {
	case float64:
		all = lines64[l]
	case float32:
		all = lines32[l]
	}
	return all.(*Lines[T])
}

var lines64 = [...]*Lines[float64]{
	AVX2:   {daxpyAVX2, dscalAVX2, dinnerAVX2, dasumAVX2, drowsTimesAVX2, dtimesRowsAVX2},
	AVX512: {daxpyAVX512, dscalAVX512, dinnerAVX512, dasumAVX512, drowsTimesAVX512, dtimesRowsAVX512},
}

var lines32 = [...]*Lines[float32]{
	AVX2:   {saxpyAVX2, sscalAVX2, sinnerAVX2, sasumAVX2, srowsTimesAVX2, stimesRowsAVX2},
	AVX512: {saxpyAVX512, sscalAVX512, sinnerAVX512, sasumAVX512, srowsTimesAVX512, stimesRowsAVX512},
}
