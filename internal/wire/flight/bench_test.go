package flight

import (
	"errors"
	"io"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/flight"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// BenchmarkGet is an array of 256 MiB in four blocks, as a Go client gets it.
func BenchmarkGet(b *testing.B) {
	s := &shelf{has: map[string]*item{}}
	c := serve(b, s, Options{})
	const rows, width = 8192, 1024
	var parts []graph.Value
	for range 4 {
		parts = append(parts, must(kernels.Zeros(kernels.DefaultAllocator(), kernels.Float64, rows, width))(b))
	}
	s.set("x", dataset.Array(kernels.Float64, [][]int{{rows, rows, rows, rows}, {width}}), parts...)
	b.SetBytes(4 * rows * width * 8)
	for b.Loop() {
		stream := must(c.DoGet(b.Context(), byName("x")))(b)
		for {
			if _, err := stream.Recv(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkPut is a column of 64 MiB in batches of 1 MiB.
func BenchmarkPut(b *testing.B) {
	s := &shelf{has: map[string]*item{}}
	c := serve(b, s, Options{})
	ms := messagesOf(b, single(b, "x", ints(b, make([]int64, 1<<17)...)))
	b.SetBytes(64 << 20)
	for b.Loop() {
		stream := must(c.DoPut(b.Context()))(b)
		must(0, stream.Send(ms[0]))(b)
		for range 64 {
			must(0, stream.Send(&flight.FlightData{DataHeader: ms[1].DataHeader, DataBody: ms[1].DataBody}))(b)
		}
		must(0, stream.CloseSend())(b)
		must(stream.Recv())(b)
		must(0, s.Drop(b.Context(), "bad"))(b)
	}
}
