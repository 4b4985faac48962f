//go:build !linux

package wire

import "net"

// A vector reads into several pieces of memory, one after the other.
type vector struct{}

func (v *vector) init(*net.TCPConn) error { return nil }

// read reads into the first piece, or, if there is none, into room. It waits for
// something.
func (v *vector) read(c *net.TCPConn, ps [][]byte, room []byte) (n, ahead int, err error) {
	if len(ps) == 0 {
		ahead, err = c.Read(room)
		return 0, ahead, err
	}
	n, err = c.Read(ps[0])
	return n, 0, err
}

// quicken does what it does on Linux by other means, or not.
func quicken(*net.TCPConn) {}
