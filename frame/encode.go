package frame

import (
	"encoding/binary"
	"errors"
)

// errMalformed marks task attributes that this package did not write.
var errMalformed = errors.New("frame: malformed task attributes")

func appendBytes(b, p []byte) []byte { return append(binary.AppendUvarint(b, uint64(len(p))), p...) }

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendStrings(b []byte, ss []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(ss)))
	for _, s := range ss {
		b = appendString(b, s)
	}
	return b
}

// A reader takes attributes apart and remembers whether they were malformed.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) int() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<62 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// count reads how many things follow, each of which takes a byte at least.
func (r *reader) count() int {
	n := r.int()
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return 0
	}
	return n
}

func (r *reader) bytes() []byte {
	n := r.int()
	if r.bad || n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	p := r.b[:n:n]
	r.b = r.b[n:]
	return p
}

func (r *reader) string() string { return string(r.bytes()) }

func (r *reader) strings() []string {
	var ss []string
	for range r.count() {
		ss = append(ss, r.string())
	}
	return ss
}

func (r *reader) bool() bool { return r.int() == 1 }

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// err returns errMalformed if anything was wrong or is left over.
func (r *reader) err() error {
	if r.bad || len(r.b) > 0 {
		return errMalformed
	}
	return nil
}

// whole refuses a spec that bytes are left over after.
func whole[S any](s S, rest []byte, err error) (S, error) {
	if err == nil && len(rest) > 0 {
		err = errMalformed
	}
	return s, err
}
