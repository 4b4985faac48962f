package gpu

import (
	"fmt"
	"math"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// opcodes are the operations that devices have over floats and bools.
var opcodes = map[expr.Op]device.Op{
	expr.Add: device.OpAdd, expr.Sub: device.OpSub, expr.Mul: device.OpMul, expr.Div: device.OpDiv,
	expr.FloorDiv: device.OpFloorDiv, expr.Mod: device.OpMod, expr.Min: device.OpMin, expr.Max: device.OpMax,
	expr.Pow: device.OpPow, expr.Neg: device.OpNeg, expr.Abs: device.OpAbs, expr.Sign: device.OpSign,
	expr.Sqrt: device.OpSqrt, expr.Exp: device.OpExp, expr.Expm1: device.OpExpm1, expr.Log: device.OpLog,
	expr.Log1p: device.OpLog1p, expr.Sin: device.OpSin, expr.Cos: device.OpCos, expr.Tan: device.OpTan,
	expr.Tanh: device.OpTanh, expr.Floor: device.OpFloor, expr.Ceil: device.OpCeil, expr.Round: device.OpRound,
	expr.FMA: device.OpFMA, expr.IsNaN: device.OpIsNaN,
	expr.Eq: device.OpEq, expr.Ne: device.OpNe, expr.Lt: device.OpLt, expr.Le: device.OpLe,
	expr.Gt: device.OpGt, expr.Ge: device.OpGe,
	expr.And: device.OpAnd, expr.Or: device.OpOr, expr.Xor: device.OpXor, expr.Not: device.OpNot,
	expr.Where: device.OpWhere,
}

// A compiler turns instructions into those of devices and gives each value a
// register, which it frees after the last use.
type compiler struct {
	p         *expr.Program
	out       program
	registers []uint8 // of each value
	lastUse   []int   // of each value; -1 if it is computed where it is used
	free      []uint8
}

// compile returns p for a device. The error wraps ErrNoGPU and names what the
// device cannot do.
func compile(p *expr.Program) (*program, error) {
	if len(p.Outputs) != 1 {
		return nil, fmt.Errorf("gpu: %w: an expression of %d results", ErrNoGPU, len(p.Outputs))
	}
	c := &compiler{p: p, registers: make([]uint8, len(p.Instrs)), lastUse: uses(p)}
	for r := device.MaxRegisters - 1; r >= 0; r-- {
		c.free = append(c.free, uint8(r))
	}
	for i := range p.Instrs {
		if c.lastUse[i] < 0 {
			continue
		}
		if err := c.instr(i); err != nil {
			return nil, err
		}
	}
	result := p.Outputs[0]
	out := p.Instrs[result].Type
	if out != expr.Bool && !out.Float() {
		return nil, fmt.Errorf("gpu: %w: an expression that yields %v", ErrNoGPU, out)
	}
	c.out.result = c.registers[result]
	var err error
	c.out.out, err = expr.DTypeOf(out)
	return &c.out, err
}

// uses returns where each value is used last; the result is used after the end.
// An int64 input is read by the casts that use it, as no register holds it.
func uses(p *expr.Program) []int {
	last := slices.Repeat([]int{-1}, len(p.Instrs))
	for i, in := range p.Instrs {
		for _, r := range in.Args {
			if !unloaded(p.Instrs[r]) {
				last[r] = i
			}
		}
	}
	last[p.Outputs[0]] = len(p.Instrs)
	return last
}

func unloaded(in expr.Instr) bool { return in.Op == expr.Input && in.Type == expr.Int64 }

// exact reports whether a register holds every value of t.
func exact(t expr.Type) bool {
	return t == expr.Bool || t == expr.Uint8 || t == expr.Int32 || t.Float()
}

func (c *compiler) instr(i int) error {
	in := c.p.Instrs[i]
	d, err := c.translate(in)
	if err != nil {
		return err
	}
	for k, r := range in.Args {
		switch k {
		case 0:
			d.A = c.registers[r]
		case 1:
			d.B = c.registers[r]
		case 2:
			d.C = c.registers[r]
		}
	}
	for k, r := range in.Args { // a result may take the place of an operand
		if c.lastUse[r] == i && !slices.Contains(in.Args[:k], r) {
			c.free = append(c.free, c.registers[r])
		}
	}
	if len(c.free) == 0 {
		return fmt.Errorf("gpu: %w: an expression with more than %d values at a time", ErrNoGPU, device.MaxRegisters)
	}
	d.Dst = c.free[len(c.free)-1]
	c.free = c.free[:len(c.free)-1]
	c.registers[i] = d.Dst
	c.out.instrs = append(c.out.instrs, d)
	return nil
}

// translate returns an instruction without its registers.
func (c *compiler) translate(in expr.Instr) (device.Instr, error) {
	d := device.Instr{Round: in.Type == expr.Float32}
	switch {
	case in.Op == expr.Input && exact(in.Type):
		d.Op, d.Imm = device.OpLoad, uint64(in.Imm)
		return d, nil
	case in.Op == expr.Const && exact(in.Type):
		v := float64(in.Imm)
		if in.Type.Float() {
			v = in.Float64()
		}
		d.Op, d.Imm = device.OpConst, math.Float64bits(v)
		return d, nil
	case in.Op == expr.Cast:
		return c.cast(in, d)
	}
	op, ok := opcodes[in.Op]
	if !ok || !c.computable(in) {
		return d, c.refuse(in)
	}
	d.Op = op
	return d, nil
}

// computable reports whether the machine's arithmetic, which is that of
// float64, is that of the instruction.
func (c *compiler) computable(in expr.Instr) bool {
	if in.Op == expr.Round && in.Imm != 0 {
		return false
	}
	for _, r := range in.Args {
		if !exact(c.p.Instrs[r].Type) {
			return false
		}
	}
	return in.Type == expr.Bool || in.Type.Float()
}

func (c *compiler) cast(in expr.Instr, d device.Instr) (device.Instr, error) {
	arg := c.p.Instrs[in.Args[0]]
	switch {
	case unloaded(arg) && in.Type.Float():
		d.Op, d.Imm = device.OpLoad, uint64(arg.Imm)
	case exact(arg.Type) && in.Type.Float():
		d.Op = device.OpMove
	case exact(arg.Type) && in.Type == expr.Bool:
		d.Op = device.OpTruth
	default:
		return d, c.refuse(in)
	}
	return d, nil
}

func (c *compiler) refuse(in expr.Instr) error {
	if len(in.Args) == 0 {
		return fmt.Errorf("gpu: %w: %v of %v in an expression", ErrNoGPU, in.Op, in.Type)
	}
	return fmt.Errorf("gpu: %w: %v of %v to %v in an expression", ErrNoGPU, in.Op, c.p.Instrs[in.Args[0]].Type, in.Type)
}
