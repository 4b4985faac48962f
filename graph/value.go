package graph

// A Value is the result of a task. It is immutable from the moment the task
// returns it. A kernel returns one reference; whoever keeps the value longer
// than a call retains it and releases it once.
type Value interface {
	// Bytes is the memory that the value keeps alive.
	Bytes() int64
	Retain()
	Release()
}

// Parts is a Value made of parts that can be asked for one by one: what a
// split task yields. Part returns a value that lives as long as its owner; the
// caller retains it to keep it longer.
type Parts interface {
	Value
	NumParts() int
	Part(i int) Value
}

// Raw is a Go value in encoded form; see [Encode].
type Raw []byte

// Bytes is the length of the encoding.
func (r Raw) Bytes() int64 { return int64(len(r)) }

// Retain does nothing: the garbage collector owns r.
func (r Raw) Retain() {}

// Release does nothing: the garbage collector owns r.
func (r Raw) Release() {}

// List is a Value of parts, each a Value. It owns one reference to each.
type List []Value

// Bytes is the sum over the parts.
func (l List) Bytes() int64 {
	var n int64
	for _, v := range l {
		n += v.Bytes()
	}
	return n
}

// Retain retains every part.
func (l List) Retain() {
	for _, v := range l {
		v.Retain()
	}
}

// Release releases every part.
func (l List) Release() {
	for _, v := range l {
		v.Release()
	}
}

// NumParts returns the number of parts.
func (l List) NumParts() int { return len(l) }

// Part returns part i.
func (l List) Part(i int) Value { return l[i] }
