package extent_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/worker/store/extent"
)

func Example() {
	var l extent.List
	l.Add(extent.Extent{At: 0, Size: 100})
	a, _ := l.Take(30)
	b, _ := l.Take(30)
	l.Add(a)
	fmt.Println(a, b, l)
	l.Add(b)
	fmt.Println(l)
	// Output:
	// {0 30} {30 30} [{0 30} {60 40}]
	// [{0 100}]
}
