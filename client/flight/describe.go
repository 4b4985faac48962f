package flight

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
	service "github.com/ashlar-go/ashlar/internal/wire/flight"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// describeOp says what its one dependency is, where that is.
const describeOp = "flight.describe"

func init() { graph.Register(describeOp, describe) }

// A portrait is what describeOp says of a value.
type portrait struct {
	Schema []byte // of a table
	Rows   int64
	DType  kernels.DType // of a block
	Shape  []int
	Other  string // what else it is
}

func describe(_ context.Context, c *graph.Call) (graph.Value, error) {
	var p portrait
	switch v := c.In[0].(type) {
	case *kernels.Table:
		raw, err := dataset.EncodeSchema(v.Schema())
		if err != nil {
			return nil, err
		}
		p.Schema, p.Rows = raw, int64(v.NumRows())
	case *kernels.Block:
		p.DType, p.Shape = v.DType(), v.Shape()
	case graph.Raw:
		p.Other = "an encoded Go value"
	default:
		p.Other = fmt.Sprintf("a %T", v)
	}
	b, err := json.Marshal(p)
	return graph.Raw(b), err
}

// describeAll asks for the portraits of keys, as tasks where the values are, and
// makes a note of them.
func describeAll(ctx context.Context, c *client.Client, keys []graph.Key) (*dataset.Note, error) {
	b := &graph.Builder{}
	for _, k := range keys {
		out := b.Add(graph.Class{Op: describeOp}, nil, b.Input(k).Whole())
		b.Output(out, graph.NewKey(describeOp, k.Hash[:]))
	}
	vs, err := c.Run(ctx, b.Graph())
	if err != nil {
		return nil, err
	}
	ps := make([]portrait, len(vs))
	for i, v := range vs {
		raw, ok := v.(graph.Raw)
		if !ok {
			return nil, fmt.Errorf("flight: the description of %v is a %T", keys[i], v)
		}
		if err := json.Unmarshal(raw, &ps[i]); err != nil {
			return nil, fmt.Errorf("flight: the description of %v: %w", keys[i], err)
		}
		if ps[i].Other != "" {
			return nil, fmt.Errorf("%w: part %d is %s, which no Flight client can read: publish tables or blocks", service.ErrForeign, i, ps[i].Other)
		}
	}
	return noteOf(ps)
}

// noteOf makes a note of portraits: of tables a frame, of blocks the array that
// they are one after the other, along the first axis.
func noteOf(ps []portrait) (*dataset.Note, error) {
	if len(ps) == 0 {
		return nil, fmt.Errorf("%w: nothing is published under the name", service.ErrForeign)
	}
	if ps[0].Schema == nil {
		return blocks(ps)
	}
	s, err := dataset.DecodeSchema(ps[0].Schema)
	if err != nil {
		return nil, err
	}
	rows := make([]int64, len(ps))
	for i, p := range ps {
		if p.Schema == nil {
			return nil, fmt.Errorf("%w: part 0 is a table, part %d is a block: publish them under two names", service.ErrForeign, i)
		}
		rows[i] = p.Rows
	}
	return dataset.Frame(s, rows), nil
}

func blocks(ps []portrait) (*dataset.Note, error) {
	first := ps[0]
	chunks := make([][]int, len(first.Shape))
	for axis, n := range first.Shape {
		chunks[axis] = []int{n}
	}
	for i, p := range ps[1:] {
		switch {
		case p.Schema != nil:
			return nil, fmt.Errorf("%w: part 0 is a block, part %d is a table: publish them under two names", service.ErrForeign, i+1)
		case len(p.Shape) == 0 || p.DType != first.DType || !slices.Equal(p.Shape[1:], first.Shape[min(1, len(first.Shape)):]):
			return nil, fmt.Errorf("%w: block 0 is %v%v, block %d is %v%v: they are not the rows of one array; publish it with Array.Publish, which says how it is cut",
				service.ErrForeign, first.DType, first.Shape, i+1, p.DType, p.Shape)
		}
		chunks[0] = append(chunks[0], p.Shape[0])
	}
	return dataset.Array(first.DType, chunks), nil
}
