package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/peterbourgon/ff/v3/ffcli"
)

func versionCommand() *ffcli.Command {
	return &ffcli.Command{
		Name:       "version",
		ShortUsage: "ashlar version",
		ShortHelp:  "Print the version, the protocol, and what identifies this program to a cluster.",
		FlagSet:    flag.NewFlagSet("ashlar version", flag.ContinueOnError),
		Exec: func(_ context.Context, args []string) error {
			if err := noArgs(args); err != nil {
				return err
			}
			id, err := wire.Self()
			if err != nil {
				return err
			}
			fmt.Printf("ashlar %s (protocol %d, build %s, ops %s, %s %s/%s)\n",
				id.Version, id.Protocol, id.Build, id.Registry, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
