package expr

import (
	"bytes"
	"errors"
	"testing"
)

func sampleProgram() *Program {
	b := NewBuilder()
	x, s, at := b.Input(Float32), b.Input(String), b.Input(TimestampUs)
	late := must(b.Apply(Gt, must(b.Apply(Sqrt, x)), b.Float(1.5)))
	named := must(b.Apply(Like, s, b.Str("%ab_")))
	day := must(b.ApplyImm(Trunc, int64(Day), at))
	return must(b.Program(must(b.Apply(Where, must(b.Apply(And, late, named)), day, b.Null(TimestampUs))), late))
}

func TestParseRefusesDamage(t *testing.T) {
	code := sampleProgram().Append(nil)
	for n := range code {
		if _, _, err := Parse(code[:n]); !errors.Is(err, ErrProgram) {
			t.Fatalf("the first %d of %d bytes: %v", n, len(code), err)
		}
	}
	if _, rest, err := Parse(append(code, 7, 8)); err != nil || !bytes.Equal(rest, []byte{7, 8}) {
		t.Errorf("what follows is %v, %v", rest, err)
	}
}

func TestValidateNamesTheInstruction(t *testing.T) {
	for want, p := range map[string]*Program{
		"expr: malformed program: instruction 1: operand 0 names value 1": {
			Inputs: []Type{Int64}, Instrs: []Instr{{Op: Input, Type: Int64}, {Op: Neg, Type: Int64, Args: []Ref{1}}}},
		"expr: malformed program: instruction 0: input 1 of 1": {
			Inputs: []Type{Int64}, Instrs: []Instr{{Op: Input, Type: Int64, Imm: 1}}},
		"expr: malformed program: instruction 2: add: operand 1 is int32, needs a cast to int64": {
			Inputs: []Type{Int64, Int32}, Instrs: []Instr{{Op: Input, Type: Int64}, {Op: Input, Type: Int32, Imm: 1}, {Op: Add, Type: Int64, Args: []Ref{0, 1}}}},
		"expr: malformed program: instruction 0: literal 300 does not fit uint8": {
			Instrs: []Instr{{Op: Const, Type: Uint8, Imm: 300}}},
		"expr: malformed program: output 0 names value 0 of 0": {Outputs: []Ref{0}},
	} {
		if err := p.Validate(); !errors.Is(err, ErrProgram) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sampleProgram().Append(nil))
	f.Add([]byte{codecVersion, 0, 0, 0})
	f.Fuzz(func(t *testing.T, code []byte) {
		p, _, err := Parse(code)
		if err != nil {
			return
		}
		again, _, err := Parse(p.Append(nil))
		if err != nil || again.String() != p.String() {
			t.Fatalf("a parsed program does not survive encoding: %v\n%v", err, p)
		}
		// Whatever parses runs: it may fail, it may not panic.
		if len(p.Inputs) == 0 && len(p.Instrs) < 100 {
			if out, err := EvalColumns(checkedMem(t), p, nil, 3); err == nil {
				releaseAll(out)
			}
		}
	})
}
