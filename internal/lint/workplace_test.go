package lint

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// workplace matches what must stay on the machine that the code was written
// on: its paths and the hosts that its package clients were pointed at. The
// brackets keep this file from matching itself.
var workplace = regexp.MustCompile(`/w[o]rk/(main|shared|steering|\.)|/f[a]rm/|://[a-z.]*(golang|npmjs|debian|pypi)[a-z.]*/`)

func checkWorkplace(t *tree) ([]finding, error) {
	var found []finding
	for _, p := range t.paths {
		if p == "go.sum" {
			continue
		}
		text, err := t.read(p)
		if err != nil {
			return nil, err
		}
		if bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
			continue // not text
		}
		for _, at := range workplace.FindAllIndex(text, -1) {
			found = append(found, finding{rule: "workplace", path: p, line: 1 + bytes.Count(text[:at[0]], []byte("\n")),
				subject: p, text: fmt.Sprintf("%q belongs to one machine: say it without the path or the host", text[at[0]:at[1]])})
		}
	}
	return found, nil
}

func TestWorkplace(t *testing.T) {
	// Put together here, since the rule reads this file too.
	path, host := "/wo"+"rk/main/graph", "https:"+"//proxy.golang.org"+"/x"
	root := t.TempDir()
	files := map[string]string{
		"go.mod":       "module m\n",
		"README.md":    "fine\ncd " + path + "\n",
		".ci/run":      "GOPROXY=" + host + "\n",
		"frame/at.bin": "\x00" + path,
		"fine.md":      "https://go.dev/doc and homework/main\n",
	}
	for name, text := range files {
		full := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	found, err := checkWorkplace(tr)
	if err != nil {
		t.Fatal(err)
	}
	sortFindings(found)
	var at []string
	for _, f := range found {
		at = append(at, fmt.Sprintf("%s:%d", f.path, f.line))
	}
	if got := strings.Join(at, " "); got != ".ci/run:1 README.md:2" {
		t.Errorf("found at %s, want .ci/run:1 README.md:2", got)
	}
}
