package source

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// ReadRowGroup reads the named columns (all if none is named) of a row group
// into Arrow memory: one buffer a column, filled page by page. The caller
// releases the record. Where threads may be free, columns are read at the same
// time.
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
	found := make([]parquetColumn, len(columns))
	for i, name := range columns {
		c, err := p.column(name)
		if err != nil {
			return nil, err
		}
		found[i], fields[i] = c, arrow.Field{Name: c.name, Type: c.arrow, Nullable: c.optional}
	}
	order := p.largestFirst(group, found)
	together(len(order), func(k int) {
		i := order[k]
		made[i], errs[i] = p.readColumn(mem, found[i], group, int(rows))
	})
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%w (row group %d, column %q)", err, group, columns[i])
		}
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), made, rows), nil
}

// largestFirst returns the order to read columns in so that those who share the
// work end about together.
func (p *Parquet) largestFirst(group int, columns []parquetColumn) []int {
	order, size := make([]int, len(columns)), make([]int64, len(columns))
	for i, c := range columns {
		leaf := &c.parquetLeaf
		if c.nested != nil {
			leaf = c.nested.first()
		}
		order[i], size[i] = i, p.pq.Metadata().RowGroups[group].Columns[leaf.leaf].MetaData.TotalUncompressedSize
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	return order
}

// helpers are goroutines that help those who read: as many as there are threads
// besides one, in the whole process.
var helpers atomic.Int64

// together calls do for 0 … n-1, here and in goroutines as far as threads may be
// free, so that the last row groups of a file do not keep one thread alone busy.
func together(n int, do func(int)) {
	var next atomic.Int64
	work := func() {
		for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
			do(k)
		}
	}
	var all sync.WaitGroup
	for range n - 1 {
		if helpers.Add(1) >= int64(runtime.GOMAXPROCS(0)) {
			helpers.Add(-1)
			break
		}
		all.Go(func() {
			defer helpers.Add(-1)
			work()
		})
	}
	work()
	all.Wait()
}

func (p *Parquet) readColumn(mem memory.Allocator, c parquetColumn, group, rows int) (_ arrow.Array, err error) {
	defer guard(p.file.Path, &err)
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
