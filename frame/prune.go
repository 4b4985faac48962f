package frame

import (
	"fmt"
	"reflect"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// Pruning drops the row groups in which, by their statistics, no row passes a
// filter. It looks through filters and projections down to the scan, and keeps
// a group unless it is proven that none of its rows passes.

// prune returns n without the row groups that cond rules out; n itself if that
// is none. cond is over the columns of n.
func prune(n node, cond Expr) node {
	switch n := n.(type) {
	case *parquetScan:
		return n.prune(cond)
	case *rowwise:
		switch st := n.step.(type) {
		case *filterStep:
		case *projectStep:
			cond = st.below(cond)
		default:
			return n
		}
		if in := prune(n.operands[0], cond); in != n.operands[0] {
			return newRowwise(in, n.schema, n.step)
		}
	}
	return n
}

// below returns cond over the columns that the projection is made of.
func (s *projectStep) below(cond Expr) Expr {
	made := map[string]Expr{}
	for i, name := range s.p.names {
		made[name] = s.exprs[i]
	}
	return cond.replace(made)
}

// replace returns e with expressions in the place of columns.
func (e Expr) replace(by map[string]Expr) Expr {
	if e.kind == kindColumn {
		r, ok := by[e.name]
		if !ok {
			panic(fmt.Sprintf("frame: column %q has no origin", e.name)) // e was checked against the projection
		}
		return r
	}
	args := make([]Expr, len(e.args))
	for i, a := range e.args {
		args[i] = a.replace(by)
	}
	e.args = args
	return e
}

func (n *parquetScan) prune(cond Expr) node {
	var kept []parquetPiece
	for _, p := range n.pieces {
		s := statistics{n.schema, p}
		if s.mayPass(cond, true) {
			kept = append(kept, p)
		}
	}
	switch len(kept) {
	case len(n.pieces):
		return n
	case 0:
		return newEmpty(n.schema, fmt.Sprintf("parquet %s: 0 of %d row groups", n.pieces[0].path, n.all))
	}
	return n.over(n.schema, kept)
}

// statistics are the bounds of the columns of a row group.
type statistics struct {
	schema *arrow.Schema
	piece  parquetPiece
}

// mayPass reports whether cond may have the value want in some row. True is
// always right.
func (s statistics) mayPass(cond Expr, want bool) bool {
	switch cond.kind {
	case kindBetween: // lo ≤ x ≤ hi
		x, lo, hi := cond.args[0], cond.args[1], cond.args[2]
		return s.mayPass(x.Ge(lo).And(x.Le(hi)), want)
	case kindOp:
	default:
		return true
	}
	switch cond.op {
	case expr.Not:
		return s.mayPass(cond.args[0], !want)
	case expr.And, expr.Or:
		a, b := s.mayPass(cond.args[0], want), s.mayPass(cond.args[1], want)
		if (cond.op == expr.And) == want {
			return a && b
		}
		return a || b
	case expr.IsIn:
		return s.mayBeIn(cond.args[0], cond.args[1:], want)
	case expr.Eq, expr.Ne, expr.Lt, expr.Le, expr.Gt, expr.Ge:
		return s.mayCompare(cond, want)
	}
	return true
}

// mayBeIn: x is in the list if it equals one of it. Of a list of several types
// each is converted to what holds them all, which another comparison need not
// do, and what it means to be in none of it is left to the filter.
func (s statistics) mayBeIn(x Expr, list []Expr, want bool) bool {
	if !want {
		return true
	}
	for _, v := range list {
		if reflect.TypeOf(v.lit) != reflect.TypeOf(list[0].lit) || s.mayPass(x.Eq(v), true) {
			return true
		}
	}
	return false
}

// inverse gives the comparison that is true where another is false, of values
// that are ordered; and mirrored the one with its sides exchanged.
var (
	inverse = map[expr.Op]expr.Op{
		expr.Eq: expr.Ne, expr.Ne: expr.Eq, expr.Lt: expr.Ge, expr.Ge: expr.Lt, expr.Gt: expr.Le, expr.Le: expr.Gt,
	}
	mirrored = map[expr.Op]expr.Op{
		expr.Eq: expr.Eq, expr.Ne: expr.Ne, expr.Lt: expr.Gt, expr.Gt: expr.Lt, expr.Le: expr.Ge, expr.Ge: expr.Le,
	}
)

// mayCompare decides a comparison of a column, or of what grows with it, with
// a literal, by comparing the literal with the bounds. The comparison is done
// by the evaluator of the filter itself, so that types are converted in one
// way: conversions keep the order.
func (s statistics) mayCompare(cond Expr, want bool) bool {
	x, op, lit := cond.args[0], cond.op, cond.args[1]
	if x.kind == kindLiteral {
		x, op, lit = lit, mirrored[op], x
	}
	name, ok := grows(x)
	if !ok || lit.kind != kindLiteral {
		return true
	}
	if !want {
		op = inverse[op]
	}
	low, high, ok := s.compareBounds(name, x, lit)
	if !ok {
		return true
	}
	// Statistics do not count NaN, for which only Ne is true, and the negation
	// of every other comparison.
	if low.float && (!want || op == expr.Ne) {
		return true
	}
	switch op {
	case expr.Eq:
		return low.le && high.ge
	case expr.Ne:
		return !(low.eq && high.eq)
	case expr.Lt:
		return low.lt
	case expr.Le:
		return low.le
	case expr.Gt:
		return high.gt
	case expr.Ge:
		return high.ge
	}
	panic(fmt.Sprintf("frame: %v is no comparison", op))
}

// grows returns the column with which e grows: an order of values is never
// turned round, though different ones may become equal.
func grows(e Expr) (column string, ok bool) {
	switch {
	case e.kind == kindColumn:
		return e.name, true
	case e.kind == kindOp && (e.op == expr.YearOf || e.op == expr.Trunc):
		return grows(e.args[0])
	}
	return "", false
}
