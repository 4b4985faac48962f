package wire

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math/bits"
	"math/rand/v2"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// AppendKey adds k to p. Names that follow one another and are equal, as of the
// calls of one function, are written once.
func AppendKey(p *pb.KeyColumns, k graph.Key) {
	p.Hash = append(p.Hash, k.Hash[:]...)
	n := len(p.Name)
	if n == 0 || p.Name[n-1] != k.Name {
		p.Name, p.NameEnd = append(p.Name, k.Name), append(p.NameEnd, 0)
		n++
	}
	p.NameEnd[n-1] = uint32(len(p.Hash) / hashLen)
}

// KeysFromColumns returns the keys that p holds.
func KeysFromColumns(p *pb.KeyColumns) ([]graph.Key, error) {
	n := len(p.GetHash()) / hashLen
	if err := checkKeys(p, n); err != nil {
		return nil, err
	}
	ks := make([]graph.Key, 0, n)
	for _, k := range keysOf(p) {
		ks = append(ks, k)
	}
	return ks, nil
}

// checkKeys returns what is wrong with p, which is to hold n keys.
func checkKeys(p *pb.KeyColumns, n int) error {
	names, ends := p.GetName(), p.GetNameEnd()
	if len(p.GetHash()) != n*hashLen || len(names) != len(ends) {
		return fmt.Errorf("wire: %d keys have %d bytes of hashes, and %d names that end at %d places", n, len(p.GetHash()), len(names), len(ends))
	}
	last := uint32(0)
	for _, end := range ends {
		if end <= last {
			return fmt.Errorf("wire: a name of %d keys ends at %d, after %d", n, end, last)
		}
		last = end
	}
	if int64(last) != int64(n) {
		return fmt.Errorf("wire: %d of %d keys have names", last, n)
	}
	return nil
}

// keysOf yields the keys that p, which was checked, holds.
func keysOf(p *pb.KeyColumns) iter.Seq2[int, graph.Key] {
	return func(yield func(int, graph.Key) bool) {
		i := 0
		for r, end := range p.GetNameEnd() {
			for ; i < int(end); i++ {
				if !yield(i, graph.Key{Hash: [hashLen]byte(p.Hash[i*hashLen:]), Name: p.Name[r]}) {
					return
				}
			}
		}
	}
}

// A KeySet is a set of keys, by their hashes, to find those that are named
// twice. A map would take most of the time that reading a graph takes.
type KeySet struct {
	slots  []uint64 // half of the hash, and the number of the key; 0: empty
	shift  int
	hashes [][hashLen]byte
	seed   uint64
}

// NewKeySet returns a set that takes n keys at most.
func NewKeySet(n int) *KeySet {
	width := bits.Len(uint(2*n + 1))
	return &KeySet{slots: make([]uint64, 1<<width), shift: 64 - width, hashes: make([][hashLen]byte, 0, n), seed: rand.Uint64()}
}

// Add puts the key with that hash into s, and reports false if it is there
// already.
func (s *KeySet) Add(hash [hashLen]byte) bool {
	// Hashes come from outside: the seed keeps anybody from choosing those that
	// collide here.
	h := (binary.LittleEndian.Uint64(hash[:]) ^ s.seed) * (binary.LittleEndian.Uint64(hash[8:]) ^ s.seed | 1)
	h *= 0x9e3779b97f4a7c15
	tag := h << 32
	for at := h >> s.shift; ; at = (at + 1) & uint64(len(s.slots)-1) {
		v := s.slots[at]
		if v == 0 {
			s.hashes = append(s.hashes, hash)
			s.slots[at] = tag | uint64(len(s.hashes))
			return true
		}
		if v&^(1<<32-1) == tag && s.hashes[uint32(v)-1] == hash {
			return false
		}
	}
}
