package store_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker/store"
)

func Example() {
	s := store.New(store.Options{Limit: 1 << 20})
	b, err := kernels.Zeros(s.Allocator(store.Strict), kernels.Float64, 1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	it := store.Item{Task: 1, Part: -1}
	s.Put(it, b)
	v, _ := s.Get(it) // a lease
	s.Drop(it)
	fmt.Println(s.Usage().Values, "values,", s.Managed(), "bytes")
	v.Release()
	fmt.Println(s.Managed(), "bytes,", s.Close())
	// Output:
	// 0 values, 8000 bytes
	// 0 bytes, <nil>
}
