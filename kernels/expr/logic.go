package expr

// Bools are bytes of 0 or 1, so logic is arithmetic on bytes.
func logicKernel(op Op) kernel {
	switch op {
	case And:
		return andKernel
	case Or:
		return orKernel
	case Xor:
		return binaryKernel(func(dst, x, y []uint8) {
			x, y = x[:len(dst)], y[:len(dst)]
			for i := range dst {
				dst[i] = x[i] ^ y[i]
			}
		})
	}
	return unaryKernel(func(dst, x []uint8) {
		x = x[:len(dst)]
		for i := range dst {
			dst[i] = x[i] ^ 1
		}
	})
}

func andKernel(m *machine, dst *vec, a []*vec) error {
	out, x, y := view[uint8](dst, m.n), view[uint8](a[0], m.n), view[uint8](a[1], m.n)
	for i := range out {
		out[i] = x[i] & y[i]
	}
	// Known where both are, or where one is known to be false.
	kleene(m.n, dst, a, 0)
	return nil
}

func orKernel(m *machine, dst *vec, a []*vec) error {
	out, x, y := view[uint8](dst, m.n), view[uint8](a[0], m.n), view[uint8](a[1], m.n)
	for i := range out {
		out[i] = x[i] | y[i]
	}
	kleene(m.n, dst, a, 1)
	return nil
}

// kleene sets the validity of dst where `deciding` decides alone. The value
// under a null is arbitrary, so a decided result is written again.
func kleene(n int, dst *vec, a []*vec, deciding uint8) {
	dst.valid = nil
	if a[0].valid == nil && a[1].valid == nil {
		return
	}
	out, valid := view[uint8](dst, n), dst.store.valid[:n]
	x, y := view[uint8](a[0], n), view[uint8](a[1], n)
	for i := range valid {
		knowX, knowY := a[0].present(i), a[1].present(i)
		switch {
		case knowX && x[i] == deciding, knowY && y[i] == deciding:
			out[i], valid[i] = deciding, 1
		case knowX && knowY:
			valid[i] = 1
		default:
			valid[i] = 0
		}
	}
	dst.valid = valid
}
