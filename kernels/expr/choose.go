package expr

// chooseKernel returns the kernels that look at nulls themselves. t is the
// type of the result.
func chooseKernel(op Op, t Type) kernel {
	if op == IsNull {
		return isNull
	}
	switch t.Size() {
	case 0:
		return choose(op, func(v *vec, n int) []string { return v.text[:n] }, chooseLoop[string])
	case 1:
		return choose(op, view[uint8], chooseLoop[uint8])
	case 4: // what is chosen is copied as it is, whatever its type
		return choose(op, view[float32], loops32.choose)
	}
	return choose(op, view[float64], loops64.choose)
}

func chooseLoop[T any](dst []T, which []bool, x, y []T) {
	which, x, y = which[:len(dst)], x[:len(dst)], y[:len(dst)]
	for i, take := range which {
		v := y[i]
		if take {
			v = x[i]
		}
		dst[i] = v
	}
}

func choose[T any](op Op, of func(v *vec, n int) []T, loop func(dst []T, which []bool, x, y []T)) kernel {
	if op == Where {
		return func(m *machine, dst *vec, a []*vec) error {
			which := condition(m.n, dst, a[0])
			loop(of(dst, m.n), which, of(a[1], m.n), of(a[2], m.n))
			chosenValid(m.n, dst, a[1], a[2], which)
			return nil
		}
	}
	return func(m *machine, dst *vec, a []*vec) error {
		firstPresent(m.n, dst, a, of)
		return nil
	}
}

// condition is what Where chooses by: a null selects the last.
func condition(n int, dst *vec, cond *vec) []bool {
	which := view[bool](cond, n)
	if cond.valid == nil {
		return which
	}
	known := dst.store.valid[:n]
	for i, ok := range cond.valid[:n] {
		known[i] = 0
		if which[i] {
			known[i] = ok
		}
	}
	return view[bool](&vec{data: known}, n)
}

// chosenValid makes dst null where what was chosen is.
func chosenValid(n int, dst, x, y *vec, which []bool) {
	dst.valid = nil
	if x.valid == nil && y.valid == nil {
		return
	}
	valid := dst.store.valid[:n] // may be the memory of which: element i is read, then written
	for i, take := range which {
		chosen := y
		if take {
			chosen = x
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
