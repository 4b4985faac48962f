//go:build !linux

package wire

import (
	"context"
	"errors"
	"net"
)

func shareListen(string) (*net.UnixListener, error) { return nil, errors.ErrUnsupported }
func shareTrusts(*net.UnixConn) error               { return errors.ErrUnsupported }
func shareGreet(*net.UnixConn, Sharer) error        { return errors.ErrUnsupported }
func shareConnect(context.Context, string) (*net.UnixConn, []byte, error) {
	return nil, nil, errNoShare
}
func shareDrop([]byte)                   {}
func sharePopulate([]byte) bool          { return false }
func shareTry(*net.UnixConn, []byte) int { return 0 }
func shareUnmap([]byte)                  {}

const sharePage = int64(4096)
