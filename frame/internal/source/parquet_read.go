package source

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// ReadRowGroup reads the named columns (all if none is named) of a row group
// into Arrow memory: one buffer a column, filled page by page. The caller
// releases the record. The columns of a file with fewer row groups than threads
// are read at the same time.
func (p *Parquet) ReadRowGroup(mem memory.Allocator, group int, columns ...string) (arrow.Record, error) {
	groups := p.pq.Metadata().RowGroups
	if group < 0 || group >= len(groups) {
		return nil, fmt.Errorf("source: %s: row group %d of %d", p.file.Path, group, len(groups))
	}
	if len(columns) == 0 {
		for _, c := range p.columns {
			columns = append(columns, c.name)
		}
	}
	rows := groups[group].NumRows
	made, errs := make([]arrow.Array, len(columns)), make([]error, len(columns))
	fields := make([]arrow.Field, len(columns))
	defer func() {
		for _, a := range made {
			if a != nil {
				a.Release()
			}
		}
	}()
	slots := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/len(groups)))
	var all sync.WaitGroup
	for i, name := range columns {
		c, err := p.column(name)
		if err != nil {
			all.Wait()
			return nil, err
		}
		fields[i] = arrow.Field{Name: c.name, Type: c.arrow, Nullable: c.optional}
		slots <- struct{}{}
		all.Go(func() {
			made[i], errs[i] = p.readColumn(mem, c, group, int(rows))
			<-slots
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%w (row group %d, column %q)", err, group, columns[i])
		}
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), made, rows), nil
}

func (p *Parquet) readColumn(mem memory.Allocator, c parquetColumn, group, rows int) (arrow.Array, error) {
	if c.nested != nil {
		return p.readNested(mem, c.nested, group, rows)
	}
	s := newLeafSink(mem, &c.parquetLeaf)
	defer s.release()
	if err := p.readLeaf(s, &c.parquetLeaf, group, rows, nil); err != nil {
		return nil, err
	}
	return s.finish()
}
