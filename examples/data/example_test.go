package data_test

import (
	"bufio"
	"fmt"

	"github.com/ashlar-go/ashlar/examples/data"
)

// The first lines of the airports.
func Example() {
	f, err := data.FS.Open(data.Airports)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for range 2 {
		lines.Scan()
		fmt.Println(lines.Text())
	}
	// Output:
	// iata,name,city,state,country,latitude,longitude
	// 00M,Thigpen,Bay Springs,MS,USA,31.95376472,-89.23450472
}
