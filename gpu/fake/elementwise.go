package fake

import (
	"fmt"
	"math"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// elementwise interprets the table of a device.Elementwise, one element after
// another.
func elementwise(s *space, a []uint64) error {
	n, rank, operands, instrs := int64(a[2]), int64(a[4]), int64(a[5]), int64(a[6])
	words, err := elements[uint64](s, device.Ptr(a[3]), rank+operands*(2+rank)+2*instrs)
	if err != nil {
		return err
	}
	m := machine{space: s, shape: words[:rank]}
	words = words[rank:]
	for range operands {
		m.operands = append(m.operands, words[:2+rank])
		words = words[2+rank:]
	}
	for i := range instrs {
		m.code = append(m.code, device.DecodeInstr([2]uint64(words[2*i:])))
	}
	out := device.Type(a[1])
	for i := range n {
		if err := m.run(i); err != nil {
			return err
		}
		if err := store(s, device.Ptr(a[0]), out, i, m.registers[a[7]]); err != nil {
			return err
		}
	}
	return nil
}

type machine struct {
	space     *space
	shape     []uint64
	operands  [][]uint64 // address, type, strides
	code      []device.Instr
	registers [device.MaxRegisters]float64
}

// run computes element i of the result.
func (m *machine) run(i int64) error {
	r := &m.registers
	for _, in := range m.code {
		var v float64
		switch in.Op {
		case device.OpLoad:
			o := m.operands[in.Imm]
			var err error
			if v, err = load(m.space, device.Ptr(o[0]), device.Type(o[1]), place(i, m.shape, o[2:]), in.Round); err != nil {
				return err
			}
		case device.OpConst:
			v = math.Float64frombits(in.Imm)
		default:
			apply := operations[in.Op]
			if apply == nil {
				return fmt.Errorf("%w: elementwise operation %d", device.ErrLaunch, in.Op)
			}
			v = apply(r[in.A], r[in.B], r[in.C])
		}
		if in.Round {
			v = float64(float32(v))
		}
		r[in.Dst] = v
	}
	return nil
}

// place returns where element number i of the result is in an operand.
func place(i int64, shape, strides []uint64) int64 {
	var at int64
	for d := len(shape) - 1; d > 0; d-- {
		n := int64(shape[d])
		at += i % n * int64(strides[d])
		i /= n
	}
	if len(shape) > 0 {
		at += i * int64(strides[0])
	}
	return at
}

func load(s *space, p device.Ptr, t device.Type, i int64, round bool) (float64, error) {
	switch t {
	case device.Bool, device.Uint8:
		return one[uint8](s, p, i)
	case device.Int32:
		return one[int32](s, p, i)
	case device.Int64:
		if round { // once, and not by way of float64
			x, err := elements[int64](s, p+device.Ptr(8*i), 1)
			if err != nil {
				return 0, err
			}
			return float64(float32(x[0])), nil
		}
		return one[int64](s, p, i)
	case device.Float32:
		return one[float32](s, p, i)
	}
	return one[float64](s, p, i)
}

// one reads element i of the array at p.
func one[T number](s *space, p device.Ptr, i int64) (float64, error) {
	x, err := elements[T](s, p+device.Ptr(i*sizeOf[T]()), 1)
	if err != nil {
		return 0, err
	}
	return float64(x[0]), nil
}

func store(s *space, p device.Ptr, t device.Type, i int64, v float64) error {
	switch t {
	case device.Bool:
		var b uint8
		if v != 0 {
			b = 1
		}
		return put(s, p, i, b)
	case device.Float32:
		return put(s, p, i, float32(v))
	}
	return put(s, p, i, v)
}

func put[T number](s *space, p device.Ptr, i int64, v T) error {
	x, err := elements[T](s, p+device.Ptr(i*sizeOf[T]()), 1)
	if err == nil {
		x[0] = v
	}
	return err
}
