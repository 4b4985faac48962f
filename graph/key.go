package graph

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// A Key names a value outside the run that computes it: 128 bits of content
// hash and a readable name such as "gemm(1,0,2)". Keys compare with ==; two
// keys with one hash and different names do not occur, because the name goes
// into the hash.
type Key struct {
	Hash [16]byte
	Name string
}

// NewKey returns the key of the content parts under a readable name. Equal
// names and parts give equal keys, on every machine.
func NewKey(name string, parts ...[]byte) Key {
	h := sha256.New()
	var n [8]byte
	put := func(p []byte) {
		binary.LittleEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	put([]byte(name))
	for _, p := range parts {
		put(p)
	}
	k := Key{Name: name}
	copy(k.Hash[:], h.Sum(nil))
	return k
}

// RandomKey returns a key that no other call returns, for impure work.
func RandomKey(name string) Key {
	k := Key{Name: name}
	rand.Read(k.Hash[:]) // never fails, see crypto/rand
	return k
}

// With returns the key of a piece of k: the same readable name with suffix
// added, such as the coordinates of a chunk.
func (k Key) With(suffix string) Key {
	return NewKey(k.Name+suffix, k.Hash[:])
}

// IsZero reports whether k is the zero Key, which names nothing.
func (k Key) IsZero() bool { return k == Key{} }

// String returns the name with four digits of the hash before the coordinates,
// as in "gemm-3f2a(1,0,2)".
func (k Key) String() string {
	tag := "-" + hex.EncodeToString(k.Hash[:2])
	if i := strings.IndexByte(k.Name, '('); i >= 0 {
		return k.Name[:i] + tag + k.Name[i:]
	}
	return k.Name + tag
}
