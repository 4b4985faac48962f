package frame_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/examples/data"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
)

func init() { frame.RegisterFS("example", data.FS) }

// The states with most airports, of a CSV file.
func Example() {
	top, err := frame.ReadCSV("example://airports.csv", frame.CSVOptions{}).
		Filter(frame.Col("country").Eq("USA")).
		GroupBy("state").Agg(frame.Rows().As("airports"), frame.Max("latitude").As("northernmost")).
		TopK(3, frame.Desc("airports")).
		Compute(context.Background(), &graph.Local{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer top.Release()
	fmt.Println(top)
	// Output:
	// state   airports  northernmost
	// string     int64       float64
	// ──────  ────────  ────────────
	// AK           263       71.2854
	// TX           209        36.412
	// CA           205       41.8874
}
