package lint

import (
	"fmt"
	"path"
	"strings"
)

// bannedNames say nothing of what is inside.
var bannedNames = map[string]bool{
	"util": true, "utils": true, "helper": true, "helpers": true, "common": true, "misc": true,
}

const nameAdvice = "says nothing of what is inside: name it after the noun it is about"

func checkNames(t *tree) ([]finding, error) {
	var found []finding
	seen := map[string]bool{}
	for _, p := range t.paths {
		for part := p; part != "."; part = path.Dir(part) {
			if word := bannedWord(path.Base(part)); word != "" && !seen[part] {
				seen[part] = true
				found = append(found, finding{rule: "names", path: part, line: 1, subject: part,
					text: fmt.Sprintf("the name %q %s", word, nameAdvice)})
			}
		}
	}
	for _, s := range t.sources {
		if word := bannedWord(s.ast.Name.Name); word != "" {
			found = append(found, finding{rule: "names", path: s.path, line: t.line(s.ast.Package), subject: s.path + ":package",
				text: fmt.Sprintf("the package name %q %s", word, nameAdvice)})
		}
	}
	return found, nil
}

// bannedWord finds the word of a file, folder or package name that is banned.
func bannedWord(base string) string {
	stem, _, _ := strings.Cut(base, ".")
	for _, w := range strings.FieldsFunc(strings.ToLower(stem), func(r rune) bool { return r == '_' || r == '-' }) {
		if bannedNames[w] {
			return w
		}
	}
	return ""
}
