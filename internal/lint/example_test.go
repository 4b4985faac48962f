package lint

import "fmt"

// A finding says where, which rule, and what to do.
func Example() {
	ex, err := parseExempt("exempt.txt", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range ex.apply([]finding{{
		rule: "names", path: "frame/utils.go", line: 1, subject: "frame/utils.go",
		text: `the name "utils" ` + nameAdvice,
	}}) {
		fmt.Println(f)
	}
	// Output:
	// frame/utils.go:1: names: the name "utils" says nothing of what is inside: name it after the noun it is about
}
