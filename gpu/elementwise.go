package gpu

import (
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// elementwise evaluates an expression program over blocks that broadcast.
func elementwise(j *job, attr []byte, in []*Block) (*Block, error) {
	p, _, err := expr.Parse(attr)
	if err != nil {
		return nil, err
	}
	return j.evaluate(p, in)
}

func noElementwise(attr []byte) error {
	p, _, err := expr.Parse(attr)
	if err == nil {
		_, err = compile(p)
	}
	return err
}

func (j *job) evaluate(p *expr.Program, in []*Block) (*Block, error) {
	code, err := compile(p)
	if err != nil {
		return nil, err
	}
	shape, err := checkInputs(p, in)
	if err != nil {
		return nil, err
	}
	e := &device.Elementwise{Code: code.instrs, Result: code.result, Out: deviceTypes[code.out]}
	for _, b := range in {
		e.Operands = append(e.Operands, device.Operand{At: b.at(), Type: deviceTypes[b.dtype], Strides: strides(b.shape, shape)})
	}
	if collapse(e, shape); len(e.Shape) > device.MaxRank {
		return nil, fmt.Errorf("gpu: %w: elementwise over %d axes that do not merge, at most %d", ErrNoGPU, len(e.Shape), device.MaxRank)
	}
	return j.result(code.out, shape, func(out *Block) error {
		if out.Size() == 0 {
			return nil
		}
		table, err := j.table(e.Table())
		if err != nil {
			return err
		}
		return j.launch(e.Launch(out.at(), table))
	})
}

// checkInputs returns the shape that the inputs of p have together.
func checkInputs(p *expr.Program, in []*Block) ([]int, error) {
	if len(in) != len(p.Inputs) {
		return nil, fmt.Errorf("gpu: %w: %d blocks for a program of %d inputs", expr.ErrInput, len(in), len(p.Inputs))
	}
	shapes := make([][]int, len(in))
	for i, b := range in {
		if t, err := expr.TypeOfDType(b.dtype); err != nil || t != p.Inputs[i] {
			return nil, fmt.Errorf("gpu: %w: input %d is %v, the program wants %v", expr.ErrInput, i, b, p.Inputs[i])
		}
		shapes[i] = b.shape
	}
	return expr.BroadcastShapes(shapes...)
}

// collapse sets the shape of e to the fewest axes that say the same: axes of
// length 1 go, and neighbours along which every operand steps evenly merge.
func collapse(e *device.Elementwise, shape []int) {
	old := make([][]int64, len(e.Operands))
	for k := range e.Operands {
		old[k], e.Operands[k].Strides = e.Operands[k].Strides, nil
	}
	for i, n := range shape {
		last := len(e.Shape) - 1
		merges := last >= 0
		for k, o := range e.Operands {
			merges = merges && o.Strides[last] == old[k][i]*int64(n)
		}
		switch {
		case n == 1:
			continue
		case merges:
			e.Shape[last] *= int64(n)
			for k, o := range e.Operands {
				o.Strides[last] = old[k][i]
			}
		default:
			e.Shape = append(e.Shape, int64(n))
			for k := range e.Operands {
				e.Operands[k].Strides = append(e.Operands[k].Strides, old[k][i])
			}
		}
	}
}

// strides returns those of a row-major block of a shape, broadcast to another.
func strides(from, to []int) []int64 {
	s := make([]int64, len(to))
	step := int64(1)
	for i, lead := len(from)-1, len(to)-len(from); i >= 0; i-- {
		if from[i] != 1 {
			s[lead+i] = step
		}
		step *= int64(from[i])
	}
	return s
}

// program is an expression program in the instructions of devices.
type program struct {
	instrs []device.Instr
	result uint8
	out    kernels.DType
}
