// Package expr is the one language of elementwise work: typed expression
// programs that arrays, frames and devices share.
//
// A [Program] is a short list of typed instructions in single-assignment form.
// It is built and type-checked by a [Builder], travels as bytes ([Program.Append],
// [Parse]), joins with others ([Builder.Inline], [Join]), and is evaluated over
// batches that stay in the cache: [EvalBlocks] over n-dimensional blocks with
// broadcasting, [EvalTable] over Arrow columns with nulls. A device compiles the
// same instructions to one kernel by walking [Program.Instrs].
//
// # Decisions
//
//   - Dispatch happens once per instruction and batch. Inner loops over floats
//     are those of package asm, which has assembly; those over integers are
//     plain generic loops. No call is made per element. Neighbouring steps with
//     assembly go through it together, a few hundred bytes at a time. A comparison
//     that is a column of the result is written as bits at once.
//   - Outputs of 8 MiB and more are written past the caches, batch by batch:
//     no cache of a core would keep them, and a line need not be read first.
//   - All promotion is explicit in the program as Cast instructions, so an
//     evaluator or code generator never guesses. The rules are in [Promote].
//   - Untyped literals ([Builder.Int], [Builder.Float]) take the type of what
//     stands beside them, so that a float32 array stays float32.
//
// # Numbers
//
// Float arithmetic is IEEE 754 in both evaluators: 1/0 is +Inf, NaN spreads,
// NaN compares unequal and unordered, Min and Max return NaN if either is.
// FloorDiv rounds down and Mod has the sign of the divisor, as in numpy. Round
// goes half to even. Exp, Log, Sin, Pow and the like are off by less than two
// units in the last place, and the same to the bit on every processor; special
// values are those of package math.
//
// Integers: arrays follow numpy and wrap around; integer division by zero is
// [ErrDivideByZero]. Tables follow DuckDB: a sum, difference, product or cast
// that does not fit is [ErrRange], division by zero is null. In both a float
// that no integer can hold is [ErrRange] when cast to one.
//
// All instructions are evaluated for every element: what Where or Coalesce do
// not choose may still fail with [ErrRange].
//
// # Nulls
//
// A null operand makes a null result, except: And and Or are Kleene's (false
// and null is false), IsNull and Coalesce see nulls, and Where takes its last
// operand when the condition is null. IsIn with a null value is null.
//
// # Texts
//
// Strings are UTF-8 by convention alone: a byte that is none counts as one
// character, matches any one character, and stays as it is. Order and equality are
// those of the bytes. Case is Unicode's, one character at a time. Regular
// expressions are those of package regexp, layouts of dates those of package time.
// A text that is cut out of another shares its memory, and one that is made goes to
// memory of its batch; a match of a regular expression allocates a little.
//
// # Time
//
// Timestamps have no zone; columns in UTC are read as such and columns in any
// other zone are refused. Weekdays are ISO 8601: Monday is 1, Sunday 7.
package expr
