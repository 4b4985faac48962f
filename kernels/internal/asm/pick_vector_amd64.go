//go:build !noasm

package asm

// vectorAssembly puts the routines of a level in the place of portable ones.
func vectorAssembly[T Float](l Level, v *Vector[T]) {
	if l == Portable {
		return
	}
	switch v := any(v).(type) {
	case *Vector[float64]:
		useAssembly(v, unary64[l])
	case *Vector[float32]:
		useAssembly(v, unary32[l])
	}
}

func useAssembly[T Float](v *Vector[T], unary [UnaryCount]unaryRoutine[T]) {
	for f, one := range elementaryOf[T]() {
		if r := unary[f]; r.run != nil {
			v.Unary[f] = r.loop(one)
		}
	}
}
