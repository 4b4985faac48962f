package marks_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/kernels/marks"
)

func ExampleFinder() {
	text := make([]byte, marks.Block)
	copy(text, "1,\"a,b\"\n2,c\n")
	places := make([]uint32, len(text)+marks.Behind)
	f := marks.NewFinder(',', '"')
	n := f.Find(text, 0, places)
	fmt.Println(places[:n], f.Newlines(), f.Quoted(), f.Inside())
	// Output: [1 7 9 11] 2 true false
}
