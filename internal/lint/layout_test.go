package lint

import (
	"fmt"
	"strings"
)

// topLevel is all that may stand at the top of the tree besides dot-files.
var topLevel = map[string]bool{
	"array": true, "frame": true, "graph": true, "sched": true, "worker": true, "gpu": true, "kernels": true,
	"client": true, "cluster": true, "internal": true, "cmd": true, "bench": true, "examples": true,
	"README.md": true, "LICENSE": true, "go.mod": true, "go.sum": true,
}

func checkLayout(t *tree) ([]finding, error) {
	var found []finding
	seen := map[string]bool{}
	for _, p := range t.paths {
		top, _, _ := strings.Cut(p, "/")
		if topLevel[top] || strings.HasPrefix(top, ".") || seen[top] {
			continue
		}
		seen[top] = true
		found = append(found, finding{rule: "layout", path: p, line: 1, subject: top,
			text: fmt.Sprintf("%s is new at the top of the tree, which is fixed: put it into one of the rooms", top)})
	}
	return found, nil
}
