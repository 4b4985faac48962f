//go:build !amd64 || noasm

package asm

func supported() Level { return Portable }

func gemmAssembly[T Float](Level) *Gemm[T] { return nil }

func routinesFor[T Float](Level) *routines[T] { return nil }

func streamFor(Level) (stream func(lines int, dst, src *byte), fence func()) { return nil, nil }

func marksAssembly(Level) marksRoutine { return nil }

func linesAssembly[T Float](Level) *Lines[T] { return nil }

func fieldsAssembly(Level) Fields { return Fields{} }

func integersOf[T int32 | int64](Level) *integerRoutines[T] { return nil }

func bitmapsOf(Level) *bitRoutines { return nil }

func compareBitsOf[T Lane](Level) *[CompareCount]compareBitsRoutine[T] { return nil }

func castOf[F, T Lane](Level, bool) (r castRoutine[F, T], ok bool) { return r, false }

func unpackGroups(int, []uint32, []byte, uint) uint32 { panic("asm: no such instructions here") }

func pickFew(Level, []uint32, []uint32, []uint32) (done int) { return 0 }

func textsFor(Level) textsRoutine { return nil }

func rowsOf(Level) *rowRoutines { return nil }
