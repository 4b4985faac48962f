package fake

import (
	"math"
	"math/bits"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// random makes one number after another.
func random(s *space, a []uint64) error {
	dst, t, n, rank := device.Ptr(a[0]), device.Type(a[1]), int64(a[3]), int64(a[5])
	table, err := elements[int64](s, device.Ptr(a[4]), 3*rank)
	if err != nil {
		return err
	}
	g := generator{device.Dist(a[2]), t, a[6], a[7], math.Float64frombits(a[8]), math.Float64frombits(a[9])}
	for i := range n {
		index, step, rest := int64(0), int64(1), i
		for k := rank - 1; k >= 0; k-- {
			index += (rest%table[k] + table[rank+k]) * step
			rest, step = rest/table[k], step*table[2*rank+k]
		}
		if err := g.put(s, dst, i, uint64(index)); err != nil {
			return err
		}
	}
	return nil
}

type generator struct {
	dist         device.Dist
	t            device.Type
	seed, stream uint64
	a, b         float64
}

// put writes the number of the given index in the whole array.
func (g generator) put(s *space, dst device.Ptr, i int64, index uint64) error {
	x, y := philox(index/2, g.stream, g.seed)
	own := x
	if index&1 == 1 {
		own = y
	}
	at := dst + device.Ptr(i*int64(g.t.Size()))
	switch {
	case g.dist == device.Integers:
		hi, _ := bits.Mul64(own, uint64(int64(g.b)-int64(g.a)))
		return g.whole(s, at, int64(g.a)+int64(hi))
	case g.dist == device.Normal:
		r := g.b * math.Sqrt(-2*math.Log(1-unit(x)))
		sin, cos := math.Sincos(2 * math.Pi * unit(y))
		if index&1 == 0 {
			sin = cos
		}
		return store(s, at, g.t, 0, g.a+float64(r*sin))
	case g.t == device.Float32:
		v := float32(g.a) + float32(float32(own>>40)*0x1p-24*float32(g.b-g.a))
		if v >= float32(g.b) {
			v = float32(g.a)
		}
		return putAll(s, at, v)
	}
	v := g.a + float64(unit(own)*(g.b-g.a))
	if v >= g.b {
		v = g.a
	}
	return putAll(s, at, v)
}

func (g generator) whole(s *space, at device.Ptr, v int64) error {
	switch g.t {
	case device.Uint8:
		return putAll(s, at, uint8(v))
	case device.Int32:
		return putAll(s, at, int32(v))
	case device.Int64:
		return putAll(s, at, v)
	}
	return store(s, at, g.t, 0, float64(v))
}

func unit(x uint64) float64 { return float64(x>>11) * 0x1p-53 }

// philox is Philox4x32-10 of Salmon et al. (2011).
func philox(i, stream, seed uint64) (even, odd uint64) {
	c := [4]uint32{uint32(i), uint32(i >> 32), uint32(stream), uint32(stream >> 32)}
	k0, k1 := uint32(seed), uint32(seed>>32)
	for range 10 {
		p, q := uint64(c[0])*0xD2511F53, uint64(c[2])*0xCD9E8D57
		c = [4]uint32{uint32(q>>32) ^ c[1] ^ k0, uint32(q), uint32(p>>32) ^ c[3] ^ k1, uint32(p)}
		k0, k1 = k0+0x9E3779B9, k1+0xBB67AE85
	}
	return uint64(c[1])<<32 | uint64(c[0]), uint64(c[3])<<32 | uint64(c[2])
}
