package gpu

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

var distributions = map[kernels.Dist]device.Dist{
	kernels.Uniform: device.Uniform, kernels.Normal: device.Normal, kernels.Integers: device.Integers,
}

// random makes a part of a random array.
func random(j *job, attr []byte, _ []*Block) (*Block, error) {
	s, err := kernels.ParseRandomSpec(attr)
	if err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("gpu: %w", err)
	}
	r := &device.Random{
		Dist: distributions[s.Dist], Type: deviceTypes[s.DType], Seed: s.Seed, Stream: s.Stream, A: s.A, B: s.B,
		Shape: wide(s.Shape), Offset: wide(s.Offset), Whole: wide(s.Global),
	}
	return j.result(s.DType, s.Shape, func(out *Block) error {
		if slices.Contains(s.Shape, 0) {
			return nil
		}
		table, err := j.table(r.Table())
		if err != nil {
			return err
		}
		return j.launch(r.Launch(out.at(), table))
	})
}

func wide(xs []int) []int64 {
	ys := make([]int64, len(xs))
	for i, x := range xs {
		ys[i] = int64(x)
	}
	return ys
}
