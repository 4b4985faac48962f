package lint

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/doc"
	"maps"
	"path"
	"slices"
	"strings"
)

// pkg is the files of one package in one folder, with its tests.
type pkg struct {
	dir, name string
	sources   []*source
}

func (t *tree) packages() []*pkg {
	byKey := map[string]*pkg{}
	for _, s := range t.sources {
		if s.aside {
			continue
		}
		name := strings.TrimSuffix(s.ast.Name.Name, "_test")
		key := s.dir() + " " + name
		if byKey[key] == nil {
			byKey[key] = &pkg{dir: s.dir(), name: name}
		}
		byKey[key].sources = append(byKey[key].sources, s)
	}
	return slices.SortedFunc(maps.Values(byKey), func(a, b *pkg) int {
		return cmp.Or(cmp.Compare(a.dir, b.dir), cmp.Compare(a.name, b.name))
	})
}

func checkDocs(t *tree) ([]finding, error) {
	var found []finding
	for _, p := range t.packages() {
		first := p.sources[0].path
		if !p.documented() {
			found = append(found, finding{rule: "docs", path: first, line: 1, subject: p.dir + ":doc",
				text: fmt.Sprintf("package %s has no package comment: write %s/doc.go with what it is, its decisions and invariants", p.name, p.dir)})
		}
		if p.name != "main" && !p.allGenerated() && !p.hasExample() {
			found = append(found, finding{rule: "docs", path: first, line: 1, subject: p.dir + ":example",
				text: fmt.Sprintf("package %s has no Example that runs: write one, with an Output comment, in %s/example_test.go", p.name, p.dir)})
		}
	}
	return found, nil
}

// documented reports whether a file outside the tests has the package
// comment, in the form that godoc shows.
func (p *pkg) documented() bool {
	for _, s := range p.sources {
		if s.test || s.generated {
			continue
		}
		text := s.ast.Doc.Text()
		if p.name == "main" && text != "" || strings.HasPrefix(text, "Package "+p.name+" ") {
			return true
		}
	}
	return false
}

// allGenerated reports whether nothing but the package comment was written by
// hand.
func (p *pkg) allGenerated() bool {
	generated := false
	for _, s := range p.sources {
		if !s.generated && path.Base(s.path) != "doc.go" {
			return false
		}
		generated = generated || s.generated
	}
	return generated
}

func (p *pkg) hasExample() bool {
	var tests []*ast.File
	for _, s := range p.sources {
		if s.test {
			tests = append(tests, s.ast)
		}
	}
	return slices.ContainsFunc(doc.Examples(tests...), func(e *doc.Example) bool {
		return e.Output != "" || e.EmptyOutput
	})
}
