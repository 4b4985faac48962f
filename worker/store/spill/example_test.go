package spill_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/worker/store/spill"
)

func Example() {
	f, err := spill.Create("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	e, err := f.Write([]byte("rarely "), []byte("needed"))
	if err != nil {
		fmt.Println(err)
		return
	}
	b, done, err := e.Section(0).Map()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", b)
	done()
	e.Release()
	fmt.Println(f.Used(), "bytes are left")
	// Output:
	// rarely needed
	// 0 bytes are left
}
