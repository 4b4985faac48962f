//go:build !noasm

package asm

// rowsOf returns the assembly of a level, nil if that is Portable.
func rowsOf(l Level) *rowRoutines {
	return [...]*rowRoutines{
		AVX2:   {setPlacesAVX2, addPlacesAVX2, setLanesAVX2, addLanesAVX2},
		AVX512: {setPlacesAVX512, addPlacesAVX512, setLanesAVX512, addLanesAVX512},
	}[l]
}
