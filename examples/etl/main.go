// Etl reads a Parquet file of three million flights and a CSV file of airports
// on worker processes, joins and groups them, and writes a small file.
//
//	go run ./examples/etl
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/examples/data"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
)

// The files are embedded in the program, and so in every worker. Files on disk
// need no such line: their paths are read where they are.
func init() { frame.RegisterFS("data", data.FS) }

func main() {
	cluster.Init()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "etl:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	cl, err := cluster.Local(ctx, cluster.Processes(), cluster.Workers(2))
	if err != nil {
		return err
	}
	defer cl.Close()
	c, err := cl.Client(ctx)
	if err != nil {
		return err
	}
	defer c.Close()

	// A Frame is a plan: this reads a footer and a header, no rows.
	flights := frame.ReadParquet("data://" + data.Flights)
	airports := frame.ReadCSV("data://"+data.Airports, frame.CSVOptions{})
	fmt.Println(flights)

	// Mistakes are seen at once, and say what was meant.
	fmt.Println(flights.Select("delays").Err())

	// Departures in June: by state, those that left late.
	delay, date := frame.Col("delay"), frame.Col("date")
	june := time.Date(2001, 6, 1, 0, 0, 0, 0, time.UTC)
	late := flights.
		Filter(date.Ge(june).And(date.Lt(june.AddDate(0, 1, 0)))).
		With(frame.When(delay.Gt(15), 1.0, 0.0).As("late"), date.Hour().As("hour"))
	byState := late.
		Join(airports, frame.Inner, frame.On("origin", "iata")).
		GroupBy("state").Agg(frame.Rows().As("flights"), frame.Mean("late").As("share_late"), frame.Median("delay")).
		Filter(frame.Col("flights").Ge(5000)).
		With(frame.Col("share_late").Round(3)).
		TopK(5, frame.Desc("share_late"))

	// How it will be computed: only the columns that are needed are read, and
	// of the row groups only those that can hold a day of June.
	fmt.Println("\n" + byState.Explain())
	if err := show(ctx, c, byState); err != nil {
		return err
	}

	// What several questions ask of is worth keeping on the workers.
	kept, release, err := late.Select("hour", "late", "delay").Persist(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	n, err := kept.Count(ctx, c)
	if err != nil {
		return err
	}
	fmt.Println("\nflights in June:", n)
	byHour := kept.GroupBy("hour").Agg(frame.Rows().As("flights"), frame.Mean("late").As("share_late")).Sort(frame.Asc("hour"))
	if err := show(ctx, c, byHour.Filter(frame.Col("hour").IsIn(6, 12, 18, 22)).With(frame.Col("share_late").Round(3))); err != nil {
		return err
	}
	return writeAndRead(ctx, c, byHour)
}

func show(ctx context.Context, r graph.Runner, f *frame.Frame) error {
	t, err := f.Compute(ctx, r)
	if err != nil {
		return err
	}
	defer t.Release()
	fmt.Println(t)
	return nil
}

// writeAndRead has the workers write Parquet files, and reads them again.
func writeAndRead(ctx context.Context, r graph.Runner, f *frame.Frame) error {
	dir, err := os.MkdirTemp("", "etl")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	paths, err := f.WriteParquet(ctx, r, dir)
	if err != nil {
		return err
	}
	back := frame.ReadParquet(paths...)
	hours, err := back.Count(ctx, r)
	if err != nil {
		return err
	}
	fmt.Printf("\nwrote and read %d hours in %d file(s): %v\n", hours, len(paths), back.Columns())
	return nil
}
