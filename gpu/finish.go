package gpu

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// finishMoments computes mean, variance or standard deviation of states, which
// are triples of count, mean and sum of squared deviations.
func (j *job) finishMoments(r reduction, t kernels.DType, p *Block) (*Block, error) {
	n := p.Size() / 3
	load := func(reg uint8, input uint64) device.Instr {
		return device.Instr{Op: device.OpLoad, Dst: reg, Imm: input}
	}
	constant := func(reg uint8, v float64) device.Instr {
		return device.Instr{Op: device.OpConst, Dst: reg, Imm: math.Float64bits(v)}
	}
	e := &device.Elementwise{Shape: []int64{int64(n)}, Out: deviceTypes[t], Result: 4}
	for i := range 3 { // registers 0, 1 and 2
		e.Operands = append(e.Operands, device.Operand{At: p.at() + device.Ptr(8*i), Type: device.Float64, Strides: []int64{3}})
		e.Code = append(e.Code, load(uint8(i), uint64(i)))
	}
	e.Code = append(e.Code, constant(3, 0))
	if r.Op == kernels.Mean {
		e.Code = append(e.Code, constant(4, math.NaN()), device.Instr{Op: device.OpEq, Dst: 5, A: 0, B: 3},
			device.Instr{Op: device.OpWhere, Dst: 4, A: 5, B: 4, C: 1})
	} else {
		e.Code = append(e.Code, constant(5, float64(r.DDof)), device.Instr{Op: device.OpSub, Dst: 4, A: 0, B: 5},
			device.Instr{Op: device.OpMax, Dst: 4, A: 4, B: 3}, device.Instr{Op: device.OpDiv, Dst: 4, A: 2, B: 4})
	}
	if r.Op == kernels.Std {
		e.Code = append(e.Code, device.Instr{Op: device.OpSqrt, Dst: 4, A: 4})
	}
	return j.result(t, []int{n}, func(out *Block) error {
		if n == 0 {
			return nil
		}
		table, err := j.table(e.Table())
		if err != nil {
			return err
		}
		return j.launch(e.Launch(out.at(), table))
	})
}

// finishPositions takes the positions out of states, which are pairs. It looks for
// one that is none.
func (j *job) finishPositions(r reduction, p *Block) (*Block, error) {
	n := p.Size() / 2
	if n == 0 {
		return j.result(kernels.Int64, []int{0}, func(*Block) error { return nil })
	}
	at, err := j.gather(&device.Gather{Strides: []int64{2}}, p, []int{n}, 1)
	if err != nil {
		return nil, err
	}
	first, err := j.scratch(kernels.Int64, 1)
	if err == nil {
		least := reduction{fold: device.FoldMin, elem: device.Int64}
		err = j.foldForm(least, first, at, [3]int{1, n, 1})
	}
	if err == nil {
		var b [8]byte
		if err = j.read(b[:], first); err == nil && int64(binary.LittleEndian.Uint64(b[:])) < 0 {
			err = fmt.Errorf("gpu: %w: %v over axes %v", kernels.ErrEmpty, r.Op, r.Axes)
		}
	}
	if err != nil {
		at.Release()
		return nil, err
	}
	return at, nil
}

// read waits for the kernels of the job and returns what they left in b.
func (j *job) read(dst []byte, b *Block) error {
	if len(dst) > wordBytes {
		panic(fmt.Sprintf("gpu: a call reads %d bytes at once, more than %d", len(dst), wordBytes))
	}
	word := j.lane.word[:len(dst)]
	if err := j.lane.compute.CopyOut(word, b.at()); err != nil {
		return err
	}
	if err := j.lane.compute.Synchronize(); err != nil {
		return err
	}
	copy(dst, word)
	return nil
}

// convert returns b with elements of another float type, or b itself.
func (j *job) convert(t kernels.DType, b *Block) (*Block, error) {
	if b.dtype == t {
		b.Retain()
		return b, nil
	}
	from, err := expr.TypeOfDType(b.dtype)
	if err != nil {
		return nil, err
	}
	to, err := expr.TypeOfDType(t)
	if err != nil {
		return nil, err
	}
	eb := expr.NewBuilder()
	r, err := eb.Cast(eb.Input(from), to)
	if err != nil {
		return nil, err
	}
	p, err := eb.Program(r)
	if err != nil {
		return nil, err
	}
	return j.evaluate(p, []*Block{b})
}
