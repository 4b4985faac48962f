//go:build !amd64 || noasm

package asm

func supported() Level { return Portable }

func gemmAssembly[T Float](Level) *Gemm[T] { return nil }

func vectorAssembly[T Float](Level, *Vector[T]) {}
