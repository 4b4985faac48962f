package outofcore_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/bench/internal/outofcore"
)

func Example() {
	w := outofcore.NewGroups(1<<20, 64<<10, 2)
	want, err := w.Want(context.Background())
	fmt.Println(w.Bytes(), "bytes;", want[0]+want[2], "rows in two groups;", err)
	// Output: 1048576 bytes; 65536 rows in two groups; <nil>
}
