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
