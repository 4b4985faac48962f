package expr

import "fmt"

// Op is an operation of a program.
type Op uint8

// The operations. The comment gives operands → result; "num" are the integer
// and float types, "any" one type for all operands that say so.
const (
	OpInvalid Op = iota
	Input        // → the input numbered Imm
	Const        // → the literal in Imm (bits) or Text
	Null         // → a null of the instruction's type
	Cast         // any → the instruction's type

	Add      // num, num → num
	Sub      // num, num → num
	Mul      // num, num → num
	Div      // num, num → float: true division
	FloorDiv // num, num → num: rounded towards minus infinity
	Mod      // num, num → num: sign of the divisor
	Min      // num|temporal ×2 → same; NaN wins
	Max      // num|temporal ×2 → same; NaN wins
	Pow      // num, num → float
	Neg      // signed num → same
	Abs      // num → same
	Sign     // num → same: -1, 0, 1; NaN stays
	Sqrt     // num → float
	Exp      // num → float
	Expm1    // num → float
	Log      // num → float
	Log1p    // num → float
	Sin      // num → float
	Cos      // num → float
	Tan      // num → float
	Tanh     // num → float
	Floor    // num → same
	Ceil     // num → same
	Round    // num → same: half to even, to Imm decimal digits
	FMA      // num, num, num → float: a*b+c with one rounding
	IsNaN    // num → bool

	Eq // any, any → bool
	Ne // any, any → bool
	Lt // any, any → bool
	Le // any, any → bool
	Gt // any, any → bool
	Ge // any, any → bool

	And // bool, bool → bool: Kleene
	Or  // bool, bool → bool: Kleene
	Xor // bool, bool → bool
	Not // bool → bool

	Where    // bool, any, any → any: a null condition selects the last
	IsNull   // any → bool
	Coalesce // any… → any: the first that is not null
	IsIn     // any, literal… → bool

	Contains   // string, string → bool
	StartsWith // string, string → bool
	EndsWith   // string, string → bool
	Like       // string, literal → bool: % any run, _ one character, \ escapes
	Lower      // string → string
	Upper      // string → string
	Length     // string → int64: characters (code points)
	Substring  // string, int64 start, int64 length → string: characters from 0; a negative start counts from the end
	Concat     // string… → string

	YearOf    // temporal → int64
	MonthOf   // temporal → int64: 1…12
	DayOf     // temporal → int64: 1…31
	HourOf    // temporal → int64: 0…23
	MinuteOf  // temporal → int64: 0…59
	SecondOf  // temporal → int64: 0…59
	Weekday   // temporal → int64: ISO 8601, Monday 1 … Sunday 7
	DayOfYear // temporal → int64: 1…366
	Trunc     // temporal → same: the start of the Unit in Imm (weeks start on Monday)
	Diff      // temporal, temporal → int64: whole Units (Imm) from the second to the first, towards zero

	Matches      // string, literal → bool: some of the text matches the regular expression (RE2)
	Replace      // string, string, string → string: every occurrence of the second by the third; none of ""
	RegexReplace // string, literal, literal → string: every match by a template, with $1 for a group
	Extract      // string, literal → string: the first match, or its group Imm; null where there is none
	Trim         // string, literal → string: without the literal's characters at both ends; "" stands for white space
	TrimStart    // string, literal → string: at the start alone
	TrimEnd      // string, literal → string: at the end alone
	SplitPart    // string, string, int64 → string: the part of that number, from 0, or -1 from the end; "" where there is none
	Bytes        // string → int64: bytes
	TryParse     // string → the type in Imm: as Cast, but null for a text that is none
	ParseTime    // string, literal → the type in Imm: by a layout of package time
	FormatTime   // temporal, literal → string: by a layout of package time
	Fixed        // float → string: with Imm digits after the point
	opCount
)

// class says which typing rule an operation follows.
type class uint8

const (
	classLeaf class = iota
	classCast
	classArith      // promote, same type out
	classFloat      // promote, float out
	classKeep       // one number, same type out
	classSigned     // one signed number, same type out
	classOrder      // numbers or temporal values, promote, same type out
	classNumberTest // one number, bool out
	classCompare    // promote, bool out
	classLogic
	classWhere
	classNullTest
	classCoalesce
	classIsIn
	classTextTest
	classText
	classLength
	classSubstring
	classExtract
	classSplit
	classTryParse
	classParseTime
	classFormatTime
	classFixed
	classPart
	classTrunc
	classDiff
)

// variadic stands for "one or more" in opInfo.arity.
const variadic = -1

var opInfo = [opCount]struct {
	name  string
	arity int
	class class
}{
	Input: {"input", 0, classLeaf}, Const: {"const", 0, classLeaf}, Null: {"null", 0, classLeaf},
	Cast: {"cast", 1, classCast},
	Add:  {"add", 2, classArith}, Sub: {"sub", 2, classArith}, Mul: {"mul", 2, classArith},
	Div: {"div", 2, classFloat}, FloorDiv: {"floordiv", 2, classArith}, Mod: {"mod", 2, classArith},
	Min: {"min", 2, classOrder}, Max: {"max", 2, classOrder}, Pow: {"pow", 2, classFloat},
	Neg: {"neg", 1, classSigned}, Abs: {"abs", 1, classKeep}, Sign: {"sign", 1, classKeep},
	Sqrt: {"sqrt", 1, classFloat}, Exp: {"exp", 1, classFloat}, Expm1: {"expm1", 1, classFloat},
	Log: {"log", 1, classFloat}, Log1p: {"log1p", 1, classFloat}, Sin: {"sin", 1, classFloat},
	Cos: {"cos", 1, classFloat}, Tan: {"tan", 1, classFloat}, Tanh: {"tanh", 1, classFloat},
	Floor: {"floor", 1, classKeep}, Ceil: {"ceil", 1, classKeep}, Round: {"round", 1, classKeep},
	FMA: {"fma", 3, classFloat}, IsNaN: {"is_nan", 1, classNumberTest},
	Eq: {"eq", 2, classCompare}, Ne: {"ne", 2, classCompare}, Lt: {"lt", 2, classCompare},
	Le: {"le", 2, classCompare}, Gt: {"gt", 2, classCompare}, Ge: {"ge", 2, classCompare},
	And: {"and", 2, classLogic}, Or: {"or", 2, classLogic}, Xor: {"xor", 2, classLogic}, Not: {"not", 1, classLogic},
	Where: {"where", 3, classWhere}, IsNull: {"is_null", 1, classNullTest},
	Coalesce: {"coalesce", variadic, classCoalesce}, IsIn: {"is_in", variadic, classIsIn},
	Contains: {"contains", 2, classTextTest}, StartsWith: {"starts_with", 2, classTextTest},
	EndsWith: {"ends_with", 2, classTextTest}, Like: {"like", 2, classTextTest},
	Lower: {"lower", 1, classText}, Upper: {"upper", 1, classText}, Length: {"length", 1, classLength},
	Substring: {"substring", 3, classSubstring}, Concat: {"concat", variadic, classText},
	YearOf: {"year", 1, classPart}, MonthOf: {"month", 1, classPart}, DayOf: {"day", 1, classPart},
	HourOf: {"hour", 1, classPart}, MinuteOf: {"minute", 1, classPart}, SecondOf: {"second", 1, classPart},
	Weekday: {"weekday", 1, classPart}, DayOfYear: {"day_of_year", 1, classPart},
	Trunc: {"trunc", 1, classTrunc}, Diff: {"diff", 2, classDiff},
	Matches: {"matches", 2, classTextTest}, Replace: {"replace", 3, classText},
	RegexReplace: {"regex_replace", 3, classText}, Extract: {"extract", 2, classExtract},
	Trim: {"trim", 2, classText}, TrimStart: {"trim_start", 2, classText}, TrimEnd: {"trim_end", 2, classText},
	SplitPart: {"split_part", 3, classSplit}, Bytes: {"bytes", 1, classLength},
	TryParse: {"try_parse", 1, classTryParse}, ParseTime: {"parse_time", 2, classParseTime},
	FormatTime: {"format_time", 2, classFormatTime}, Fixed: {"fixed", 1, classFixed},
}

// String names the operation as Program.String prints it.
func (op Op) String() string {
	if op > OpInvalid && op < opCount {
		return opInfo[op].name
	}
	return fmt.Sprintf("op(%d)", uint8(op))
}

// Valid reports whether op is one of the operations above.
func (op Op) Valid() bool { return op > OpInvalid && op < opCount }
