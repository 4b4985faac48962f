//go:build !linux

package wire

import (
	"bufio"
	"context"
	"net"
)

// A dataSocket is a connection of the data service.
type dataSocket struct {
	net.Conn
	r *bufio.Reader
}

func newDataSocket(c net.Conn) net.Conn { return &dataSocket{c, bufio.NewReaderSize(c, 32<<10)} }

func (s *dataSocket) Read(p []byte) (int, error) { return s.r.Read(p) }

// dialData is how connections to holders are made.
func dialData(ctx context.Context, address string, _ *landings) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return newDataSocket(c), nil
}

// acceptedSocket makes a connection of a reader, of which head was read.
func acceptedSocket(c net.Conn, head []byte) (net.Conn, error) {
	return newDataSocket(&begun{c, head}), nil
}
