package source_test

import (
	"fmt"
	"log"
	"strings"
	"testing/fstest"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/frame/internal/source"
)

// A CSV file of a registered file system, read in two ranges.
func ExampleOpenCSV() {
	source.RegisterFS("weather", fstest.MapFS{
		"stations.csv": {Data: []byte("name,height,since\nSäntis,2502,1882-09-01\n\"Grosser\nAletsch\",,1914-01-01\n")},
	})
	c, err := source.OpenCSV("weather://stations.csv", source.CSVOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	for _, f := range c.Schema().Fields() {
		fmt.Println(f.Name, f.Type)
	}
	ranges, err := c.Ranges(10)
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range ranges {
		rec, err := c.ReadRange(memory.DefaultAllocator, r, "name", "height")
		if err != nil {
			log.Fatal(err)
		}
		name := strings.ReplaceAll(rec.Column(0).ValueStr(0), "\n", " ")
		fmt.Printf("from byte %d: %s, %s m\n", r.Start, name, rec.Column(1).ValueStr(0))
		rec.Release()
	}
	// Output:
	// name utf8
	// height int64
	// since date32
	// from byte 18: Säntis, 2502 m
	// from byte 42: Grosser Aletsch, (null) m
}
