package lint

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// impureCalls are functions of packages that a pure root may import which it
// may not call all the same.
var impureCalls = map[string]string{
	"time.Now": clock, "time.Since": clock, "time.Until": clock,
	"time.Sleep": waits, "time.After": waits, "time.AfterFunc": waits, "time.Tick": waits,
	"time.NewTimer": waits, "time.NewTicker": waits,
	"fmt.Print": writes, "fmt.Printf": writes, "fmt.Println": writes, "fmt.Scan": writes, "fmt.Scanf": writes, "fmt.Scanln": writes,
	"maps.Keys": unsorted, "maps.Values": unsorted, "maps.All": unsorted,
}

const (
	clock    = "reads the clock: take the time from the event"
	waits    = "waits: ask the server for a Tick"
	writes   = "does I/O: return an action"
	unsorted = "visits a map in random order: pass it straight to slices.Sorted, or say why the order cannot be seen (// order-free: why)"
)

// checkPurity type-checks the pure roots and looks for what a function of its
// events alone would not do. Imports are checkImports' part.
func checkPurity(t *tree) ([]finding, error) {
	var found []finding
	loaded, err := t.loadPure()
	if err != nil {
		return nil, err
	}
	for _, p := range loaded {
		for i, f := range p.Syntax {
			path, err := t.relative(p.CompiledGoFiles[i])
			if err != nil {
				return nil, err
			}
			v := &purity{path: path, fset: p.Fset, info: p.TypesInfo, comments: lineComments(p.Fset, f)}
			ast.PreorderStack(f, nil, v.visit)
			found = append(found, v.found...)
		}
	}
	return found, nil
}

// loadPure type-checks the packages whose room is pure, without their tests.
func (t *tree) loadPure() ([]*packages.Package, error) {
	dirs := map[string]bool{}
	for _, s := range t.sources {
		if !s.aside && !s.test && isPure(roomOf(s.dir())) {
			dirs["./"+s.dir()] = true
		}
	}
	if len(dirs) == 0 {
		return nil, nil
	}
	cfg := &packages.Config{Dir: t.root, Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
		packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo}
	loaded, err := packages.Load(cfg, slices.Sorted(maps.Keys(dirs))...)
	if err != nil {
		return nil, fmt.Errorf("lint: loading %v: %w", slices.Sorted(maps.Keys(dirs)), err)
	}
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("lint: %s does not compile: %w", p.PkgPath, p.Errors[0])
		}
	}
	return loaded, nil
}

// purity looks through one file.
type purity struct {
	path     string
	fset     *token.FileSet
	info     *types.Info
	comments map[int]string
	found    []finding
}

func (v *purity) report(n ast.Node, what, text string) {
	line := v.fset.Position(n.Pos()).Line
	v.found = append(v.found, finding{rule: "purity", path: v.path, line: line, subject: v.path + ":" + what, text: text})
}

func (v *purity) visit(n ast.Node, stack []ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		v.report(n, "go", "a pure root starts no goroutine: let its server do it and send an event")
	case *ast.SelectStmt, *ast.ChanType, *ast.SendStmt:
		v.report(n, "chan", "a pure root has no channels: return an action and take an event")
	case *ast.RangeStmt:
		v.visitRange(n)
	case *ast.Ident:
		v.visitUse(n, stack)
	}
	return true
}

// visitRange flags loops over maps whose line does not say why the order
// cannot be seen.
func (v *purity) visitRange(n *ast.RangeStmt) {
	if v.excused(n) {
		return
	}
	typ := v.info.TypeOf(n.X)
	if typ == nil {
		return
	}
	if _, isMap := coreType(typ).(*types.Map); isMap {
		v.report(n, "range", "a map is visited in random order: range over slices.Sorted(maps.Keys(m)), "+
			"or end the line with // sorted (when what it gathers is sorted right after) or // order-free: why")
	}
}

// coreType looks through names and through type parameters whose types are
// all alike.
func coreType(t types.Type) types.Type {
	iface, isParam := t.Underlying().(*types.Interface)
	if !isParam {
		return t.Underlying()
	}
	for i := range iface.NumEmbeddeds() {
		if u, ok := iface.EmbeddedType(i).(*types.Union); ok && u.Len() == 1 {
			return u.Term(0).Type().Underlying()
		}
	}
	return iface
}

// visitUse flags the mention of a function that is not pure.
func (v *purity) visitUse(id *ast.Ident, stack []ast.Node) {
	switch obj := v.info.Uses[id].(type) {
	case *types.Builtin:
		if obj.Name() == "print" || obj.Name() == "println" {
			v.report(id, obj.Name(), obj.Name()+" "+writes)
		}
	case *types.Func:
		if obj.Pkg() == nil || obj.Signature().Recv() != nil {
			return
		}
		name := obj.Pkg().Path() + "." + obj.Name()
		why, impure := impureCalls[name]
		if !impure || why == unsorted && (v.excused(id) || v.sortedAtOnce(stack)) {
			return
		}
		v.report(id, name, name+" "+why)
	}
}

// sortedAtOnce reports whether the innermost calls around a name are a call
// of it and, around that, one of slices.Sorted and its kin.
func (v *purity) sortedAtOnce(stack []ast.Node) bool {
	var calls []*ast.CallExpr
	for _, n := range slices.Backward(stack) {
		if c, ok := n.(*ast.CallExpr); ok {
			calls = append(calls, c)
		}
	}
	if len(calls) < 2 {
		return false
	}
	sel, ok := calls[1].Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := v.info.Uses[sel.Sel].(*types.Func)
	return ok && fn.Pkg() != nil && fn.Pkg().Path() == "slices" && strings.HasPrefix(fn.Name(), "Sorted")
}

// excused reports whether the line says why the order of a map cannot be
// seen.
func (v *purity) excused(n ast.Node) bool {
	text := v.comments[v.fset.Position(n.Pos()).Line]
	why, free := strings.CutPrefix(text, "order-free:")
	return text == "sorted" || strings.HasPrefix(text, "sorted ") || free && strings.TrimSpace(why) != ""
}

// lineComments maps each line to the // comment that ends it.
func lineComments(fset *token.FileSet, f *ast.File) map[int]string {
	byLine := map[int]string{}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if text, ok := strings.CutPrefix(c.Text, "//"); ok {
				byLine[fset.Position(c.Pos()).Line] = strings.TrimSpace(text)
			}
		}
	}
	return byLine
}
