package expr

import (
	"fmt"
	"slices"
	"strings"
)

// Resolve applies the typing rules: it returns the types that the operands of
// op must be cast to and the type of the result. imm is the immediate of the
// instruction (the target of a Cast, the Unit of Trunc and Diff).
func Resolve(op Op, imm int64, args []Type) (operands []Type, result Type, err error) {
	operands, result, ok := resolve(op, imm, args)
	if !ok {
		names := make([]string, len(args))
		for i, t := range args {
			names[i] = t.String()
		}
		return nil, Invalid, fmt.Errorf("%w: %v(%s): %s", ErrType, op, strings.Join(names, ", "), requirement(op))
	}
	return operands, result, nil
}

func resolve(op Op, imm int64, args []Type) ([]Type, Type, bool) {
	if !op.Valid() || slices.ContainsFunc(args, func(t Type) bool { return !t.Valid() }) {
		return nil, Invalid, false
	}
	info := opInfo[op]
	if info.arity != variadic && info.arity != len(args) || info.arity == variadic && len(args) == 0 {
		return nil, Invalid, false
	}
	if op == Round && (imm < -maxDigits || imm > maxDigits) {
		return nil, Invalid, false
	}
	switch info.class {
	case classCast:
		return args, Type(imm), imm >= 0 && imm < int64(typeCount) && castable(args[0], Type(imm))
	case classArith, classFloat, classOrder, classKeep, classSigned, classNumberTest:
		return resolveNumber(info.class, args)
	case classCompare:
		return resolveCommon(args, Bool)
	case classCoalesce, classIsIn:
		result := Invalid
		if info.class == classIsIn {
			result = Bool
		}
		return resolveCommon(args, result)
	case classWhere:
		common, result, ok := resolveCommon(args[1:], Invalid)
		return append([]Type{Bool}, common...), result, ok && args[0] == Bool
	case classNullTest:
		return args, Bool, true
	case classLogic:
		return all(args, Bool, Bool)
	case classTextTest:
		return all(args, String, Bool)
	case classText:
		return all(args, String, String)
	case classLength:
		return all(args, String, Int64)
	case classSubstring:
		ok := args[0] == String && args[1].Integer() && args[2].Integer()
		return []Type{String, Int64, Int64}, String, ok
	case classExtract, classSplit, classTryParse, classParseTime, classFormatTime, classFixed:
		return resolveText(info.class, imm, args)
	case classPart:
		return args, Int64, args[0].Temporal()
	case classTrunc:
		return args, args[0], args[0].Temporal() && imm >= 0 && imm < int64(unitCount)
	case classDiff:
		common, _, ok := resolveCommon(args, Int64)
		return common, Int64, ok && args[0].Temporal() && imm >= 0 && imm < int64(unitCount)
	}
	return nil, Invalid, false
}

// maxDigits bounds the digits of Round: beyond it no float64 changes.
const maxDigits = 308

// all requires one exact type of every operand.
func all(args []Type, want, result Type) ([]Type, Type, bool) {
	for _, t := range args {
		if t != want {
			return nil, Invalid, false
		}
	}
	return args, result, true
}

// resolveCommon promotes all operands to one type; result Invalid means that type.
func resolveCommon(args []Type, result Type) ([]Type, Type, bool) {
	common := args[0]
	for _, t := range args[1:] {
		var err error
		if common, err = Promote(common, t); err != nil {
			return nil, Invalid, false
		}
	}
	if result == Invalid {
		result = common
	}
	return slices.Repeat([]Type{common}, len(args)), result, true
}

func resolveNumber(c class, args []Type) ([]Type, Type, bool) {
	operands, common, ok := resolveCommon(args, Invalid)
	if !ok {
		return nil, Invalid, false
	}
	switch c {
	case classOrder:
		return operands, common, common.Numeric() || common.Temporal()
	case classNumberTest:
		return operands, Bool, common.Numeric()
	case classSigned:
		return operands, common, common.Numeric() && common != Uint8
	case classFloat:
		if common.Integer() {
			common = Float64
		}
		return slices.Repeat([]Type{common}, len(args)), common, common.Float()
	}
	return operands, common, common.Numeric()
}

// castable reports whether a Cast from one type to another is defined.
func castable(from, to Type) bool {
	number := func(t Type) bool { return t.Numeric() || t == Bool }
	switch {
	case !from.Valid() || !to.Valid():
		return false
	case from == to, from == String, to == String:
		return true
	case number(from) && number(to), from.Temporal() && to.Temporal():
		return true
	}
	return from.Temporal() && to == Int64 || from == Int64 && to.Temporal()
}

// requirement says in words what an operation takes, for error messages.
func requirement(op Op) string {
	if !op.Valid() {
		return "there is no such operation"
	}
	info := opInfo[op]
	takes := map[class]string{
		classLeaf:       "is not applied to operands",
		classCast:       "no such cast",
		classArith:      "takes numbers (cast a bool first)",
		classFloat:      "takes numbers (cast a bool first)",
		classKeep:       "takes a number",
		classSigned:     "takes a signed number",
		classOrder:      "takes numbers, or dates and timestamps",
		classNumberTest: "takes a number",
		classCompare:    "the operands have no common type (cast one)",
		classLogic:      "takes bools",
		classWhere:      "takes a bool and two values of a common type",
		classNullTest:   "takes one value",
		classCoalesce:   "takes values of a common type",
		classIsIn:       "takes a value and literals of a common type",
		classTextTest:   "takes strings",
		classText:       "takes strings",
		classLength:     "takes a string",
		classSubstring:  "takes a string and two integers",
		classExtract:    "takes a string, a regular expression and the number of a group",
		classSplit:      "takes two strings and an integer",
		classTryParse:   "takes a string, and a type to read it as",
		classParseTime:  "takes a string, a layout, and a date or timestamp to read it as",
		classFormatTime: "takes a date or timestamp, and a layout",
		classFixed:      fmt.Sprintf("takes a float (cast an integer first) and 0 to %d digits", maxDigits),
		classPart:       "takes a date or timestamp",
		classTrunc:      "takes a date or timestamp and a unit",
		classDiff:       "takes two dates or timestamps and a unit",
	}[info.class]
	if info.arity == variadic {
		return takes + ", one or more"
	}
	return fmt.Sprintf("%s; %d operand(s)", takes, info.arity)
}
