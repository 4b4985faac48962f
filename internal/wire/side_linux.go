package wire

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// vectorMost is how many pieces are read into at once.
const vectorMost = 64

// A vector reads into several pieces of memory with one system call.
type vector struct {
	raw  syscall.RawConn
	into [][]byte
	n    int
	err  error
	try  func(fd uintptr) bool
}

func (v *vector) init(c *net.TCPConn) (err error) {
	v.raw, err = c.SyscallConn()
	v.try = func(fd uintptr) bool {
		for {
			if v.n, v.err = unix.Readv(int(fd), v.into); v.err != unix.EINTR {
				orderReads(fd)
				return v.err != unix.EAGAIN
			}
		}
	}
	return err
}

// read reads into ps, and what follows that into room. It waits for something.
func (v *vector) read(_ *net.TCPConn, ps [][]byte, room []byte) (n, ahead int, err error) {
	v.into = append(v.into[:0], ps[:min(len(ps), vectorMost)]...)
	if len(ps) <= vectorMost {
		v.into = append(v.into, room)
	}
	defer clear(v.into)
	if err := v.raw.Read(v.try); err != nil {
		return 0, 0, err
	}
	if v.err != nil {
		return 0, 0, v.err
	}
	want := total(ps[:min(len(ps), vectorMost)])
	return min(v.n, want), max(0, v.n-want), nil
}

// quicken has the system give up a connection that does not move.
func quicken(c *net.TCPConn) {
	raw, err := c.SyscallConn()
	if err != nil {
		return // who reads or writes hears of it
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(pingWait.Milliseconds()))
	})
}
