package expr

// chooseKernel returns the kernels that look at nulls themselves. t is the
// type of the result.
func chooseKernel(op Op, t Type) kernel {
	if op == IsNull {
		return isNull
	}
	switch t.Size() {
	case 0:
		return choose(op, func(v *vec, n int) []string { return v.text[:n] })
	case 1:
		return choose(op, view[uint8])
	case 4:
		return choose(op, view[uint32])
	}
	return choose(op, view[uint64])
}

func choose[T any](op Op, of func(v *vec, n int) []T) kernel {
	if op == Where {
		return func(m *machine, dst *vec, a []*vec) error {
			selectBetween(m.n, dst, a, of)
			return nil
		}
	}
	return func(m *machine, dst *vec, a []*vec) error {
		firstPresent(m.n, dst, a, of)
		return nil
	}
}

func selectBetween[T any](n int, dst *vec, a []*vec, of func(v *vec, n int) []T) {
	cond := view[bool](a[0], n)
	if a[0].valid != nil { // null selects the last
		known := dst.store.valid[:n]
		for i, ok := range a[0].valid[:n] {
			known[i] = 0
			if cond[i] {
				known[i] = ok
			}
		}
		cond = view[bool](&vec{data: known}, n)
	}
	out, x, y := of(dst, n), of(a[1], n), of(a[2], n)
	for i, take := range cond[:len(out)] {
		v := y[i]
		if take {
			v = x[i]
		}
		out[i] = v
	}
	dst.valid = nil
	if a[1].valid == nil && a[2].valid == nil {
		return
	}
	valid := dst.store.valid[:n] // may be cond's memory: element i is read, then written
	for i, take := range cond {
		chosen := a[2]
		if take {
			chosen = a[1]
		}
		valid[i] = 1
		if !chosen.present(i) {
			valid[i] = 0
		}
	}
	dst.valid = valid
}

func firstPresent[T any](n int, dst *vec, a []*vec, of func(v *vec, n int) []T) {
	out := of(dst, n)
	copy(out, of(a[0], n))
	dst.valid = nil
	if a[0].valid == nil {
		return
	}
	valid := dst.store.valid[:n]
	copy(valid, a[0].valid)
	for _, next := range a[1:] {
		values := of(next, n)
		missing := false
		for i, ok := range valid {
			if ok != 0 {
				continue
			}
			if next.present(i) {
				out[i], valid[i] = values[i], 1
			} else {
				missing = true
			}
		}
		if !missing {
			return
		}
	}
	dst.valid = valid
}

func isNull(m *machine, dst *vec, a []*vec) error {
	dst.valid = nil
	out := view[uint8](dst, m.n)
	if a[0].valid == nil {
		clear(out)
		return nil
	}
	for i, ok := range a[0].valid[:m.n] {
		out[i] = ok ^ 1
	}
	return nil
}
