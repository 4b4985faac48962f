package device

import "encoding/binary"

// Gather copies elements from where strides say to row-major order: views made
// whole. Or, as Scatter, back.
type Gather struct {
	Size    int // bytes of an element: 1, 4, 8 or 16
	Shape   []int64
	Strides []int64 // of the view, in elements, an axis each; any sign
}

// Table returns what the kernel reads besides the elements: shape and strides,
// in 64-bit little-endian words. It goes to device memory first, and its
// address into Launch.
func (g *Gather) Table() []byte {
	var b []byte
	for _, list := range [][]int64{g.Shape, g.Strides} {
		for _, n := range list {
			b = binary.LittleEndian.AppendUint64(b, uint64(n))
		}
	}
	return b
}

// Launch copies to dst; src is where the first element is.
func (g *Gather) Launch(dst, src, table Ptr) Launch { return g.launch(KernelGather, dst, src, table) }

// Scatter copies from src, in row-major order, to a view; dst is where its first
// element is.
func (g *Gather) Scatter(dst, src, table Ptr) Launch { return g.launch(KernelScatter, dst, src, table) }

func (g *Gather) launch(kernel string, dst, src, table Ptr) Launch {
	n := int64(1)
	for _, d := range g.Shape {
		n *= d
	}
	return loop(kernel, n, uint64(dst), uint64(src), uint64(g.Size), uint64(n), uint64(table), uint64(len(g.Shape)))
}
