package frame

import (
	"github.com/apache/arrow/go/v17/arrow"
	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// empty is one partition without rows.
type empty struct {
	base
	why   string
	table *kernels.Table // of Go memory, which needs no release
}

func newEmpty(s *arrow.Schema, why string) *empty {
	b := arrowarray.NewRecordBuilder(memory.NewGoAllocator(), s)
	defer b.Release()
	rec := b.NewRecord()
	defer rec.Release()
	t, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		panic("frame: no empty table: " + err.Error()) // the schema is that of a node
	}
	return &empty{newBase("empty", s, 1, nil), why, t}
}

func (n *empty) lower(l *lowering, _ int) graph.Dep {
	n.table.Retain()
	return l.literal(n.key, n.table).Whole()
}

func (n *empty) narrow(columns) node { return n }
func (n *empty) describe() string    { return n.why }
