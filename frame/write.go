package frame

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

const opWrite = "frame.write"

const (
	formatParquet byte = iota
	formatCSV
)

// WriteParquet writes each partition as dir/part-00000.parquet and so on, with
// statistics and zstd compression, and returns the paths. Partitions without rows
// but the first, which has the schema, are left out. The workers write, so
// dir must mean the same place to all of them; it is made if it is not there.
// Parts of an earlier writing are not mixed with new ones: they are an error. A
// file appears when it is whole.
func (f *Frame) WriteParquet(ctx context.Context, r graph.Runner, dir string) ([]string, error) {
	return f.write(ctx, r, formatParquet, dir, "parquet")
}

// WriteCSV writes each partition as dir/part-00000.csv and so on, with a
// header, in the way of [Frame.WriteParquet].
func (f *Frame) WriteCSV(ctx context.Context, r graph.Runner, dir string) ([]string, error) {
	return f.write(ctx, r, formatCSV, dir, "csv")
}

func (f *Frame) write(ctx context.Context, r graph.Runner, format byte, dir, ext string) ([]string, error) {
	if f.err != nil {
		return nil, f.err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("frame: write: %w", err)
	}
	if old, _ := filepath.Glob(filepath.Join(dir, "part-*."+ext)); len(old) > 0 {
		return nil, fmt.Errorf("frame: write: %s is there already (%d such parts); remove them or choose another directory", old[0], len(old))
	}
	n := f.node.narrow(nil)
	l := newLowering(f.spec, n)
	paths := make([]string, n.info().partitions)
	for i := range paths {
		paths[i] = filepath.Join(dir, fmt.Sprintf("part-%05d.%s", i, ext))
		attr := appendString([]byte{format, orEmpty(i == 0)}, paths[i])
		ref := l.b.Add(graph.Class{Op: opWrite, Spec: l.spec}, attr, l.partition(n, i))
		l.b.Output(ref, graph.RandomKey("write"))
	}
	g := l.b.Graph()
	defer releaseLiterals(g)
	vs, err := r.Run(ctx, graph.Optimize(g))
	if err != nil {
		return nil, err
	}
	defer graph.List(vs).Release()
	written := paths[:0]
	for i, v := range vs {
		if raw, ok := v.(graph.Raw); ok && len(raw) > 0 {
			written = append(written, paths[i])
		}
	}
	return written, nil
}

// orEmpty is whether a partition is written if it has no rows.
func orEmpty(yes bool) byte {
	if yes {
		return 1
	}
	return 0
}

func init() {
	graph.Register(opWrite, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		tables, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		if len(tables) != 1 || len(c.Attr) < 2 {
			return nil, errMalformed
		}
		r := &reader{b: c.Attr[2:]}
		path := r.string()
		if err := r.err(); err != nil {
			return nil, err
		}
		if tables[0].NumRows() == 0 && c.Attr[1] == 0 {
			return graph.Raw{}, nil
		}
		return graph.Raw("written"), writeFile(kernels.AllocatorFrom(ctx), c.Attr[0], path, tables[0])
	})
}

// writeFile writes beside path and renames, so that nobody sees half a file.
func writeFile(mem kernels.Allocator, format byte, path string, t *kernels.Table) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("frame: write: %w", err)
	}
	// Not os.CreateTemp, whose files only their owner may read.
	tmp, err := os.OpenFile(fmt.Sprintf("%s.%s.tmp", path, rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("frame: write: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	err = writeTable(mem, format, tmp, path, t)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func writeTable(mem kernels.Allocator, format byte, f *os.File, name string, t *kernels.Table) error {
	switch format {
	case formatParquet:
		w, err := source.NewParquetWriter(mem, f, name, t.Schema(), source.ParquetWriteOptions{})
		if err != nil {
			return err
		}
		if err := w.Write(t.Record()); err != nil {
			return err
		}
		return w.Close()
	case formatCSV:
		w, err := source.NewCSVWriter(f, name, t.Schema(), source.CSVWriteOptions{})
		if err != nil {
			return err
		}
		if err := w.Write(t.Record()); err != nil {
			return err
		}
		return w.Close()
	}
	return fmt.Errorf("%w: format %d", errMalformed, format)
}
