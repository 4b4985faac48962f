package sched

// The encoding of a small value comes with the report that the value is there,
// and goes on with what is said about it: to clients that want it, and to
// workers that need it. The machine does not look into it. It is a copy, no
// holder: it goes when the value does.

// inline keeps the encoding of the value of i, unless too much is kept already.
func (m *Machine) inline(i uint32, encoding string) {
	if encoding == "" || m.inlined+int64(len(encoding)) > m.cfg.Inline {
		return
	}
	p := &m.tasks.inlined[i>>pageBits]
	if *p == nil {
		*p = &[1 << pageBits]string{}
	}
	(*p)[i&(1<<pageBits-1)] = encoding
	m.inlined += int64(len(encoding))
}

// uninline forgets the encoding of i, whose value is going.
func (m *Machine) uninline(i uint32) {
	if p := m.tasks.inlined[i>>pageBits]; p != nil {
		e := &p[i&(1<<pageBits-1)]
		m.inlined -= int64(len(*e))
		*e = ""
	}
}

// encoding returns that of the value of i, or nothing: the value was not small,
// or the machine keeps too many.
func (m *Machine) encoding(i uint32) string {
	if p := m.tasks.inlined[i>>pageBits]; p != nil {
		return p[i&(1<<pageBits-1)]
	}
	return ""
}

// encodingFor is encoding for a worker that does not hold the value.
func (m *Machine) encodingFor(w *worker, i uint32) string {
	if e := m.encoding(i); e != "" && !m.holds(i, w) {
		return e
	}
	return ""
}
