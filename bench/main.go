// Command bench runs Ashlar's workloads as a user would, beside gonum and the
// Python peers, and prints a table:
//
//	go run ./bench -suite gemm -quick
//	go run ./bench -suite gemm,groupby -json rows.json
//
// bench/peers/setup.sh installs the peers; those that are missing are shown
// as missing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strings"
	"syscall"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/suite"
	"github.com/ashlar-go/ashlar/cluster"
)

func main() {
	cluster.Init() // the tasks suite's workers are this program
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// errUsage is wrapped by errors of the command line.
var errUsage = errors.New("run `go run ./bench -h` for help")

// options are the parsed command line.
type options struct {
	suites  []harness.Suite
	wanted  *regexp.Regexp
	quick   bool
	runs    int
	json    string
	noPeers bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(stderr)
	names := fs.String("suite", "", "suites to run, separated by commas, or `all`")
	wanted := fs.String("case", "", "only the cases whose name matches this `regexp`")
	peers := fs.String("peers", "auto", "auto: beside every peer that is installed; none: ours alone")
	fs.BoolVar(&o.quick, "quick", false, "smaller sizes")
	fs.IntVar(&o.runs, "runs", harness.MinRuns, "timed runs of each side")
	fs.StringVar(&o.json, "json", "", "also write one JSON object a row to this `file`")
	fs.Usage = func() {
		fmt.Fprintln(stderr, "Usage: go run ./bench -suite NAME[,NAME…] [flags], from the root of the repository\n\nSuites:")
		for _, s := range suite.All() {
			fmt.Fprintf(stderr, "  %-10s %s\n", s.Name, s.About)
		}
		fmt.Fprintln(stderr, "\nFlags:")
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, fmt.Errorf("bench: %w; %w", err, errUsage)
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("bench: unexpected argument %q; %w", fs.Arg(0), errUsage)
	}
	return o, errors.Join(o.pick(*names), o.match(*wanted), o.choosePeers(*peers), o.checkRuns())
}

// pick finds the suites by name.
func (o *options) pick(names string) error {
	byName := map[string]harness.Suite{}
	var known []string
	for _, s := range suite.All() {
		byName[s.Name] = s
		known = append(known, s.Name)
	}
	switch names {
	case "":
		return fmt.Errorf("bench: -suite is missing; there are %s; %w", strings.Join(known, ", "), errUsage)
	case "all":
		o.suites = suite.All()
		return nil
	}
	for name := range strings.SplitSeq(names, ",") {
		s, ok := byName[name]
		if !ok {
			return fmt.Errorf("bench: there is no suite %q; there are %s; %w", name, strings.Join(known, ", "), errUsage)
		}
		o.suites = append(o.suites, s)
	}
	return nil
}

func (o *options) match(wanted string) (err error) {
	if o.wanted, err = regexp.Compile(wanted); err != nil {
		return fmt.Errorf("bench: -case: %w; %w", err, errUsage)
	}
	return nil
}

func (o *options) choosePeers(peers string) error {
	if peers != "auto" && peers != "none" {
		return fmt.Errorf("bench: -peers is %q, but it is auto or none; %w", peers, errUsage)
	}
	o.noPeers = peers == "none"
	if _, err := os.Stat(harness.PeersDir); err != nil && !o.noPeers {
		return fmt.Errorf("bench: no folder %s here: run it from the root of the repository, or with -peers=none", harness.PeersDir)
	}
	return nil
}

func (o *options) checkRuns() error {
	if o.runs < harness.MinRuns {
		return fmt.Errorf("bench: -runs is %d, but a row is the median of at least %d; %w", o.runs, harness.MinRuns, errUsage)
	}
	return nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "ashlar-bench-")
	if err != nil {
		return fmt.Errorf("bench: a folder for the data: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	emit, closeRows, err := o.rows(stdout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeRows()) }()
	runner := harness.Runner{
		Config:  harness.Config{Quick: o.quick, Runs: o.runs, Threads: runtime.NumCPU(), Dir: dir},
		Env:     harness.ThisMachine(),
		Emit:    emit,
		Wanted:  o.wanted.MatchString,
		NoPeers: o.noPeers,
	}
	for _, s := range o.suites {
		if err := runner.Run(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// rows returns what takes each row: the table, and the JSON file if one is
// wanted.
func (o *options) rows(stdout io.Writer) (emit func(harness.Row) error, closeRows func() error, err error) {
	table := harness.NewTable(stdout)
	if o.json == "" {
		return table.Add, func() error { return nil }, nil
	}
	file, err := os.Create(o.json)
	if err != nil {
		return nil, nil, fmt.Errorf("bench: -json: %w", err)
	}
	return func(r harness.Row) error { return errors.Join(table.Add(r), r.JSON(file)) }, file.Close, nil
}
