//go:build !noasm

package asm

// marksAssembly returns the search of a level, nil if that is Portable.
func marksAssembly(l Level) marksRoutine {
	return [...]marksRoutine{AVX2: marksAVX2, AVX512: marksAVX512}[l]
}

func fieldsAssembly(l Level) Fields {
	if l < AVX512 {
		return Fields{}
	}
	return Fields{intsAVX512, decimalsAVX512}
}
