//go:build !noasm

package asm

// routinesFor returns the assembly of a level, nil if that is Portable.
func routinesFor[T Float](l Level) *routines[T] {
	if l == Portable {
		return nil
	}
	var all any
	switch any(T(0)).(type) {
	case float64:
		all = &routines64[l]
	case float32:
		all = &routines32[l]
	}
	return all.(*routines[T])
}

func streamFor(l Level) (stream func(lines int, dst, src *byte), fence func()) {
	if l == Portable {
		return nil, nil
	}
	return streams[l].run, storeFence
}

func integersOf[T int32 | int64](l Level) *integerRoutines[T] {
	if l == Portable {
		return nil
	}
	var all any = &integers64[l]
	if _, ok := any(T(0)).(int32); ok {
		all = &integers32[l]
	}
	return all.(*integerRoutines[T])
}
