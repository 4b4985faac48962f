package lint

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// source is one parsed Go file.
type source struct {
	path string // slash-separated, relative to the tree's root
	ast  *ast.File
	test bool // a _test.go file
	// generated files carry the standard header and have no sizes.
	generated bool
	// aside files are in a module of their own, or in no package
	// (//go:build ignore): sizes hold for them, package rules do not.
	aside bool
}

func (s *source) dir() string { return path.Dir(s.path) }

// external reports whether the file tests its package from outside.
func (s *source) external() bool {
	return s.test && strings.HasSuffix(s.ast.Name.Name, "_test")
}

// tree is everything the rules look at.
type tree struct {
	root    string
	module  string
	fset    *token.FileSet
	paths   []string // every file that git does not ignore
	sources []*source
}

func (t *tree) line(p token.Pos) int { return t.fset.Position(p).Line }

func (t *tree) read(file string) ([]byte, error) {
	return os.ReadFile(filepath.Join(t.root, filepath.FromSlash(file)))
}

// load walks and parses the module at root. Folders called testdata hold bad
// code on purpose and count only as files.
func load(root string) (*tree, error) {
	t := &tree{root: root, fset: token.NewFileSet()}
	mod, err := t.read("go.mod")
	if err != nil {
		return nil, fmt.Errorf("lint: the tree has no go.mod: %w", err)
	}
	t.module = moduleName(mod)
	ignored, err := readIgnored(root)
	if err != nil {
		return nil, err
	}
	if err := t.walk(ignored); err != nil {
		return nil, err
	}
	for _, p := range t.paths {
		if !strings.HasSuffix(p, ".go") || strings.Contains("/"+p, "/testdata/") {
			continue
		}
		if err := t.parse(p); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func moduleName(mod []byte) string {
	for line := range strings.Lines(string(mod)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.TrimSpace(name)
		}
	}
	return ""
}

func (t *tree) walk(ignored []string) error {
	return filepath.WalkDir(t.root, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(t.root, full)
		if err != nil || rel == "." {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && (rel == ".git" || isIgnored(ignored, rel+"/")):
			return filepath.SkipDir
		case !d.IsDir() && rel != ".git" && !isIgnored(ignored, rel):
			t.paths = append(t.paths, rel)
		}
		return nil
	})
}

// readIgnored reads the patterns of the root's .gitignore, the only one the
// project keeps. A tree without one ignores nothing.
func readIgnored(root string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var patterns []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	return patterns, nil
}

// isIgnored matches a path (a folder ends in a slash) as git does: a pattern
// with a slash before its end counts from the root, any other one by name.
func isIgnored(patterns []string, rel string) bool {
	folder := strings.HasSuffix(rel, "/")
	rel = strings.TrimSuffix(rel, "/")
	for _, p := range patterns {
		if strings.HasSuffix(p, "/") && !folder {
			continue
		}
		p = strings.TrimSuffix(p, "/")
		subject := path.Base(rel)
		if strings.Contains(p, "/") {
			p, subject = strings.TrimPrefix(p, "/"), rel
		}
		if ok, _ := path.Match(p, subject); ok {
			return true
		}
	}
	return false
}

var ignoreTag = regexp.MustCompile(`(?m)^//go:build ignore\b`)

func (t *tree) parse(p string) error {
	src, err := t.read(p)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(t.fset, p, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("lint: %w", err)
	}
	head, _, _ := bytes.Cut(src, []byte("\npackage "))
	t.sources = append(t.sources, &source{
		path:      p,
		ast:       f,
		test:      strings.HasSuffix(p, "_test.go"),
		generated: ast.IsGenerated(f),
		aside:     t.inOtherModule(p) || ignoreTag.Match(head),
	})
	return nil
}

// inOtherModule reports whether a folder between the root and the file has a
// go.mod of its own.
func (t *tree) inOtherModule(p string) bool {
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if _, err := os.Stat(filepath.Join(t.root, filepath.FromSlash(dir), "go.mod")); err == nil {
			return true
		}
	}
	return false
}

// relative turns a file name as the go command prints it into a path of the
// tree.
func (t *tree) relative(file string) (string, error) {
	root, err := filepath.Abs(t.root)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(root, file)
	return filepath.ToSlash(rel), err
}
