package wire

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// A Packing is how chunks are made smaller on a link that is slower than that.
type Packing byte

const (
	Unpacked Packing = iota
	LZ4
	Zstd
	// Auto is Zstd on links that are slower than it, LZ4 on others. It does not
	// travel.
	Auto
)

// zstdBelow is the speed of a link, in bytes a second, from which on Zstd would be
// what is waited for.
const zstdBelow = 100 << 20

// on is the packing for a link.
func (k Packing) on(link int) Packing {
	switch {
	case k != Auto:
		return k
	case link < zstdBelow:
		return Zstd
	}
	return LZ4
}

// String returns the name, as [ParsePacking] has it.
func (k Packing) String() string {
	switch k {
	case Unpacked:
		return "none"
	case LZ4:
		return "lz4"
	case Zstd:
		return "zstd"
	case Auto:
		return "auto"
	}
	return fmt.Sprintf("Packing(%d)", byte(k))
}

// ParsePacking returns the packing of that name; the empty one is Unpacked.
func ParsePacking(name string) (Packing, error) {
	for _, k := range []Packing{Unpacked, LZ4, Zstd, Auto} {
		if name == k.String() || name == "" {
			return k, nil
		}
	}
	return 0, fmt.Errorf("wire: no packing is called %q; there are none, lz4, zstd and auto", name)
}

var (
	zstdWriter = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2))
	})
	zstdReader = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(2*chunkSize))
	})
	lz4Writers = sync.Pool{New: func() any { return new(lz4.Compressor) }}
)

// pack returns src packed, or nil if that is not smaller by an eighth.
func (k Packing) pack(src []byte) []byte {
	most := len(src) - len(src)/8
	switch k {
	case LZ4:
		c := lz4Writers.Get().(*lz4.Compressor)
		defer lz4Writers.Put(c)
		dst := make([]byte, most)
		if n, err := c.CompressBlock(src, dst); err == nil && n > 0 && n <= most {
			return dst[:n]
		}
	case Zstd:
		if c, err := zstdWriter(); err == nil {
			if dst := c.EncodeAll(src, nil); len(dst) <= most {
				return dst
			}
		}
	}
	return nil
}

// unpack fills ps with what is packed.
func (k Packing) unpack(ps [][]byte, packed []byte) error {
	var whole []byte
	if len(ps) == 1 {
		whole = ps[0]
	} else {
		whole = make([]byte, total(ps))
	}
	n, err := 0, error(nil)
	switch k {
	case LZ4:
		n, err = lz4.UncompressBlock(packed, whole)
	case Zstd:
		var c *zstd.Decoder
		if c, err = zstdReader(); err == nil {
			var out []byte
			out, err = c.DecodeAll(packed, whole[:0:len(whole)])
			n = len(out)
			copy(whole, out) // it is there already, unless it did not fit
		}
	default:
		err = fmt.Errorf("a chunk packed by method %d", k)
	}
	if err == nil && n != len(whole) {
		err = fmt.Errorf("a packed chunk has %d bytes of %d", n, len(whole))
	}
	if err != nil || len(ps) == 1 {
		return err
	}
	for _, p := range ps {
		whole = whole[copy(p, whole):]
	}
	return nil
}

// A packer packs the chunks of one value, as long as it is worth it: each chunk is
// a sample of how fast and how small the next will be.
type packer struct {
	kind Packing
	link int // bytes a second
	off  atomic.Bool
}

func (p *packer) init(want wants) {
	p.kind, p.link = want.pack, want.link
	p.off.Store(!want.packs())
}

// pack returns a chunk packed, or nil if it is to travel as it is.
func (p *packer) pack(ps [][]byte) []byte {
	if p.off.Load() {
		return nil
	}
	src := ps[0]
	if len(ps) > 1 {
		src = make([]byte, 0, total(ps))
		for _, piece := range ps {
			src = append(src, piece...)
		}
	}
	start := time.Now()
	packed := p.kind.pack(src)
	if packed == nil || slower(len(src), time.Since(start), p.link) {
		p.off.Store(true)
	}
	return packed
}

// slower reports whether to pack n bytes took longer than to send them as they are
// over the link takes.
func slower(n int, took time.Duration, link int) bool {
	return took.Seconds()*float64(link) > float64(n)
}
