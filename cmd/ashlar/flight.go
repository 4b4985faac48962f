package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/client/flight"
	"github.com/peterbourgon/ff/v3/ffcli"
)

func flightCommand() *ffcli.Command {
	fs := flag.NewFlagSet("ashlar flight", flag.ContinueOnError)
	listen := fs.String("listen", flight.DefaultAddress, "address to listen on, `host:port`; port 0 takes any free one; whoever reaches it can read, put and drop")
	partition := sizeFlag(fs, "partition", 64<<20, "about how large the partitions are that a put is cut into")
	cert := fs.String("tls-cert", "", "`file` of the service's certificate (PEM), to encrypt what clients say and hear")
	key := fs.String("tls-key", "", "`file` of its key")
	authorities := fs.String("tls-clients", "", "`file` of the authorities (PEM) that sign the certificates of clients; others are refused")
	quiet := fs.Bool("quiet", false, "log nothing but errors")
	return &ffcli.Command{
		Name:       "flight",
		ShortUsage: "ashlar flight HOST:PORT [flags]",
		ShortHelp:  "Serve what is published on the cluster of the scheduler at HOST:PORT to Arrow Flight clients, until interrupted.",
		FlagSet:    fs,
		Exec: func(ctx context.Context, args []string) error {
			if len(args) > 1 { // flags may follow the address
				if err := fs.Parse(args[1:]); err != nil {
					return err
				}
			}
			if len(args) == 0 || len(args) > 1 && fs.NArg() > 0 {
				return errors.New("flight wants the address of one scheduler, HOST:PORT")
			}
			tls, err := flight.LoadTLS(*cert, *key, *authorities)
			if err != nil {
				return err
			}
			return serveFlight(ctx, args[0], flight.Options{Listen: *listen, Partition: *partition, Log: logger(*quiet), TLS: tls})
		},
	}
}

func serveFlight(ctx context.Context, scheduler string, o flight.Options) error {
	c, err := client.Connect(ctx, scheduler, client.Name("flight"), client.Log(o.Log))
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := flight.Listen(c, o)
	if err != nil {
		return err
	}
	scheme := "grpc"
	if o.TLS != nil {
		scheme = "grpc+tls"
	}
	fmt.Printf("flight at %s\nread with: pyarrow.flight.connect(\"%s://%s\")\n", s.Addr(), scheme, s.Addr())
	return s.Serve(ctx)
}
