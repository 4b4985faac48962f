package lint

import (
	"fmt"
	"go/ast"
)

// Longer than this and a reader no longer sees the whole of it at once.
const (
	maxFuncLines = 70
	maxFileLines = 500
)

func checkSizes(t *tree) ([]finding, error) {
	var found []finding
	for _, s := range t.sources {
		if s.generated {
			continue
		}
		if n := t.fset.File(s.ast.FileStart).LineCount(); n > maxFileLines {
			found = append(found, finding{rule: "file-length", path: s.path, line: 1, subject: s.path, size: n,
				text: fmt.Sprintf("%d lines, at most %d: one concept a file, split it by noun", n, maxFileLines)})
		}
		for _, d := range s.ast.Decls {
			found = append(found, longFuncs(t, s, d)...)
		}
	}
	return found, nil
}

// longFuncs measures the outermost functions of a declaration: a function, or
// the literals in a variable's value.
func longFuncs(t *tree, s *source, d ast.Decl) []finding {
	var found []finding
	ast.Inspect(d, func(n ast.Node) bool {
		name := ""
		switch n := n.(type) {
		case *ast.FuncDecl:
			name = funcName(n)
		case *ast.FuncLit:
			name = fmt.Sprintf("func@%d", t.line(n.Pos()))
		default:
			return true
		}
		if lines := t.line(n.End()) - t.line(n.Pos()) + 1; lines > maxFuncLines {
			found = append(found, finding{rule: "func-length", path: s.path, line: t.line(n.Pos()),
				subject: s.path + ":" + name, size: lines,
				text: fmt.Sprintf("%s has %d lines, at most %d: give its steps names of their own", name, lines, maxFuncLines)})
		}
		return false
	})
	return found
}

// funcName is Receiver.Name or Name.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}
