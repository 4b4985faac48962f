package fake

import (
	"math"

	"github.com/ashlar-go/ashlar/gpu/device"
)

func trsm[T float](s *space, a []uint64) error {
	n, m, upper, unit := int64(a[0]), int64(a[1]), a[8] != 0, a[9] != 0
	tm := device.Matrix{At: device.Ptr(a[2]), Row: int64(a[3]), Col: int64(a[4])}
	xm := device.Matrix{At: device.Ptr(a[5]), Row: int64(a[6]), Col: int64(a[7])}
	t, err := matrix[T](s, tm, n, n)
	if err != nil {
		return err
	}
	x, err := matrix[T](s, xm, n, m)
	if err != nil {
		return err
	}
	for c := range m {
		for k := range n {
			i, from, to := k, int64(0), k
			if upper {
				i, from, to = n-1-k, n-k, n
			}
			v := x[i*xm.Row+c*xm.Col]
			for j := from; j < to; j++ {
				v -= t[i*tm.Row+j*tm.Col] * x[j*xm.Row+c*xm.Col]
			}
			if !unit {
				v /= t[i*tm.Row+i*tm.Col]
			}
			x[i*xm.Row+c*xm.Col] = v
		}
	}
	return nil
}

func potrf[T float](s *space, args []uint64) error {
	n, row, base := int64(args[0]), int64(args[2]), int64(args[4])
	minor, err := elements[int64](s, device.Ptr(args[3]), 1)
	if err != nil || minor[0] != 0 {
		return err
	}
	a, err := matrix[T](s, device.Whole(device.Ptr(args[1]), row), n, n)
	if err != nil {
		return err
	}
	for j := range n {
		for i := j; i < n; i++ {
			v := a[i*row+j]
			for k := range j {
				v -= a[i*row+k] * a[j*row+k]
			}
			switch {
			case i > j:
				v /= a[j*row+j]
			case !(v > 0) || math.IsInf(float64(v), 0):
				minor[0] = base + j + 1
				return nil
			default:
				v = T(math.Sqrt(float64(v)))
			}
			a[i*row+j] = v
		}
	}
	return nil
}

func lower[T float](s *space, args []uint64) error {
	n := int64(args[0])
	a, err := elements[T](s, device.Ptr(args[1]), n*n)
	for i := range n {
		if err == nil {
			clear(a[i*n+i+1 : (i+1)*n])
		}
	}
	return err
}
