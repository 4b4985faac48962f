package gpu

import (
	"encoding/binary"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

func parseCreate(attr []byte) (kernels.CreateSpec, error) {
	s, err := kernels.ParseCreateSpec(attr)
	if err == nil && (deviceTypes[s.DType] == 0 || s.Pattern == kernels.Ramp && !s.DType.IsFloat()) {
		err = fmt.Errorf("gpu: %w: %v of %v", ErrNoGPU, s.Pattern, s.DType)
	}
	return s, err
}

func noCreate(attr []byte) error {
	_, err := parseCreate(attr)
	return err
}

// create makes a block of a pattern.
func create(j *job, attr []byte, _ []*Block) (*Block, error) {
	s, err := parseCreate(attr)
	if err != nil {
		return nil, err
	}
	return j.result(s.DType, s.Shape, func(out *Block) error {
		n := int64(out.Size())
		switch s.Pattern {
		case kernels.Ramp:
			return j.launch(device.Ramp(deviceTypes[s.DType], out.at(), n, s.A, s.B, int64(s.Offset[0])))
		case kernels.Identity:
			if err := j.launch(device.Fill(out.at(), n, s.DType.Size(), 0)); err != nil {
				return err
			}
			return j.diagonal(s, out)
		}
		return j.fill(out, s.DType, s.A, n)
	})
}

// fill sets n elements of b to a number, converted as package kernels does.
func (j *job) fill(b *Block, t kernels.DType, v float64, n int64) error {
	one, err := kernels.Create(kernels.AllocatorFrom(j.ctx), kernels.CreateSpec{DType: t, A: v})
	if err != nil {
		return err
	}
	defer one.Release()
	var bits [8]byte
	copy(bits[:], kernels.Payload(one))
	return j.launch(device.Fill(b.at(), n, t.Size(), binary.LittleEndian.Uint64(bits[:])))
}

// diagonal sets the ones of an identity.
func (j *job) diagonal(s kernels.CreateSpec, out *Block) error {
	row, column, n := s.Diagonal()
	if n == 0 {
		return nil
	}
	ones, err := j.scratch(s.DType, n)
	if err != nil {
		return err
	}
	if err := j.fill(ones, s.DType, 1, int64(n)); err != nil {
		return err
	}
	g := &device.Gather{Size: s.DType.Size(), Shape: []int64{int64(n)}, Strides: []int64{int64(s.Shape[1] + 1)}}
	table, err := j.table(g.Table())
	if err != nil {
		return err
	}
	first := out.at() + device.Ptr((row*s.Shape[1]+column)*g.Size)
	return j.launch(g.Scatter(first, ones.at(), table))
}
