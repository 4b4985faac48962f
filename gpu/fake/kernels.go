package fake

import (
	"math"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// A program is a kernel in portable Go. Its arguments are those that package
// device makes; a wrong number of them panics, as nothing else makes launches.
type program func(s *space, args []uint64) error

var programs = foldPrograms(map[string]program{
	device.KernelFill:           fill,
	device.KernelRamp:           ramp,
	device.KernelGather:         gather,
	device.KernelScatter:        scatter,
	device.KernelRandom:         random,
	device.KernelElementwise:    elementwise,
	device.KernelGemm + "_f64":  gemm[float64],
	device.KernelGemm + "_f32":  gemm[float32],
	device.KernelPositions:      positions,
	device.KernelTrsm + "_f64":  trsm[float64],
	device.KernelTrsm + "_f32":  trsm[float32],
	device.KernelPotrf + "_f64": potrf[float64],
	device.KernelPotrf + "_f32": potrf[float32],
	device.KernelLower + "_f64": lower[float64],
	device.KernelLower + "_f32": lower[float32],
})

func fill(s *space, a []uint64) error {
	dst, n, size, value := device.Ptr(a[0]), int64(a[1]), int64(a[2]), a[3]
	raw, err := s.bytes(dst, n*size)
	if err != nil {
		return err
	}
	for i := range raw {
		raw[i] = byte(value >> (8 * (int64(i) % size)))
	}
	return nil
}

func ramp(s *space, a []uint64) error {
	for i := range int64(a[2]) {
		v := math.Float64frombits(a[3]) + float64(math.Float64frombits(a[4])*float64(int64(a[5])+i))
		if err := store(s, device.Ptr(a[0]), device.Type(a[1]), i, v); err != nil {
			return err
		}
	}
	return nil
}

func gather(s *space, a []uint64) error  { return moved(s, a, false) }
func scatter(s *space, a []uint64) error { return moved(s, a, true) }

// moved copies between a view, which is the source or, back, the destination, and
// row-major order.
func moved(s *space, a []uint64, back bool) error {
	dst, src, size, n, rank := device.Ptr(a[0]), device.Ptr(a[1]), int64(a[2]), int64(a[3]), int64(a[5])
	table, err := elements[uint64](s, device.Ptr(a[4]), 2*rank)
	if err != nil {
		return err
	}
	for i := range n {
		in, out := place(i, table[:rank], table[rank:]), i
		if back {
			in, out = out, in
		}
		from, err := s.bytes(src+device.Ptr(size*in), size)
		if err != nil {
			return err
		}
		to, err := s.bytes(dst+device.Ptr(size*out), size)
		if err != nil {
			return err
		}
		copy(to, from)
	}
	return nil
}

// matrix returns the elements that rows×cols of m reach.
func matrix[T any](s *space, m device.Matrix, rows, cols int64) ([]T, error) {
	if rows == 0 || cols == 0 {
		return nil, nil
	}
	return elements[T](s, m.At, (rows-1)*m.Row+(cols-1)*m.Col+1)
}

func gemm[T float](s *space, args []uint64) error {
	m, n, k := int64(args[0]), int64(args[1]), int64(args[2])
	am := device.Matrix{At: device.Ptr(args[4]), Row: int64(args[5]), Col: int64(args[6])}
	bm := device.Matrix{At: device.Ptr(args[7]), Row: int64(args[8]), Col: int64(args[9])}
	alpha, beta := T(math.Float64frombits(args[3])), T(math.Float64frombits(args[10]))
	a, err := matrix[T](s, am, m, k)
	if err != nil {
		return err
	}
	b, err := matrix[T](s, bm, k, n)
	if err != nil {
		return err
	}
	cm := device.Matrix{At: device.Ptr(args[11]), Row: int64(args[12]), Col: int64(args[13])}
	c, err := matrix[T](s, cm, m, n)
	if err != nil {
		return err
	}
	for i := range m {
		for j := range n {
			var dot T
			for p := range k {
				dot += a[i*am.Row+p*am.Col] * b[p*bm.Row+j*bm.Col]
			}
			v := alpha * dot
			to := &c[i*cm.Row+j*cm.Col]
			if beta != 0 {
				v += beta * *to
			}
			*to = v
		}
	}
	return nil
}
