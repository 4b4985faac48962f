package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// shareGrace bounds the greeting.
const shareGrace = 5 * time.Second

// shareAddress is the name of the socket of the data service at address. Names
// are of the network namespace, as ports are.
func shareAddress(address string) *net.UnixAddr {
	return &net.UnixAddr{Name: "@ashlar-data/" + address, Net: "unix"}
}

func shareListen(address string) (*net.UnixListener, error) {
	if host, port, err := net.SplitHostPort(address); err == nil {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			address = ":" + port
		}
	}
	l, err := net.ListenUnix("unix", shareAddress(address))
	if err != nil {
		return nil, fmt.Errorf("wire: listening for readers of this host: %w", err)
	}
	return l, nil
}

// shareTrusts returns an error unless the other side runs as the same user.
func shareTrusts(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return err
	}
	if credErr != nil {
		return credErr
	}
	if int(cred.Uid) != os.Getuid() {
		return fmt.Errorf("wire: user %d asks for memory of user %d", cred.Uid, os.Getuid())
	}
	return nil
}

// shareGreet tells the reader the version and the size of the file, and passes
// the descriptor.
func shareGreet(c *net.UnixConn, mem Sharer) error {
	f, size := mem.File()
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	hello := binary.LittleEndian.AppendUint64([]byte{shareVersion}, uint64(size))
	var sent error
	if err := raw.Control(func(fd uintptr) {
		_, _, sent = c.WriteMsgUnix(hello, unix.UnixRights(int(fd)), nil)
	}); err != nil {
		return err
	}
	return sent
}

// shareConnect connects to the holder at address and maps its file. When ctx
// ends, it gives up.
func shareConnect(ctx context.Context, address string) (*net.UnixConn, []byte, error) {
	c, err := net.DialUnix("unix", nil, shareAddress(address))
	if err != nil {
		_, port, _ := net.SplitHostPort(address)
		if c, err = net.DialUnix("unix", nil, shareAddress(":"+port)); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errNoShare, err)
		}
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	memory, err := shareReceive(c)
	if !stop() && err == nil {
		shareUnmap(memory)
		err = context.Cause(ctx)
	}
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, memory, nil
}

func shareReceive(c *net.UnixConn) ([]byte, error) {
	if err := shareTrusts(c); err != nil {
		return nil, err
	}
	if err := c.SetDeadline(time.Now().Add(shareGrace)); err != nil {
		return nil, err
	}
	hello, rights := make([]byte, 9), make([]byte, unix.CmsgSpace(4))
	n, m, _, _, err := c.ReadMsgUnix(hello, rights)
	if err != nil {
		return nil, err
	}
	fd, err := descriptor(rights[:m])
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	if n < len(hello) || hello[0] != shareVersion {
		return nil, fmt.Errorf("wire: %w: a greeting of %d bytes, version %d", errNoShare, n, hello[0])
	}
	if err := c.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	return shareMap(fd, int64(binary.LittleEndian.Uint64(hello[1:])))
}

func descriptor(rights []byte) (int, error) {
	ms, err := unix.ParseSocketControlMessage(rights)
	if err != nil || len(ms) != 1 {
		return -1, errors.Join(errNoShare, err)
	}
	fds, err := unix.ParseUnixRights(&ms[0])
	if err != nil || len(fds) != 1 {
		return -1, errors.Join(errNoShare, err)
	}
	return fds[0], nil
}

// shareMap maps the file, if it can never become smaller: else a reader could
// fault.
func shareMap(fd int, size int64) ([]byte, error) {
	seals, err := unix.FcntlInt(uintptr(fd), unix.F_GET_SEALS, 0)
	if err != nil || seals&unix.F_SEAL_SHRINK == 0 {
		return nil, fmt.Errorf("wire: %w: the file is not sealed", errors.Join(errNoShare, err))
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Size != size || size <= 0 {
		return nil, fmt.Errorf("wire: %w: the file has %d bytes of %d", errors.Join(errNoShare, err), st.Size, size)
	}
	memory, err := unix.Mmap(fd, 0, int(size), unix.PROT_READ, unix.MAP_SHARED|unix.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("wire: mapping the memory of a holder: %w", err)
	}
	return memory, nil
}

// sharePage is what mappings are made of.
var sharePage = int64(os.Getpagesize())

// shareDrop takes a part of the mapping out of the page tables.
func shareDrop(pages []byte) { _ = unix.Madvise(pages, unix.MADV_DONTNEED) }

// sharePopulate puts a part of the mapping into the page tables, where the system
// can.
func sharePopulate(pages []byte) bool { return unix.Madvise(pages, unix.MADV_POPULATE_READ) == nil }

// shareTry writes as much of b as goes without waiting, and returns how much.
func shareTry(c *net.UnixConn, b []byte) (n int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Write(func(fd uintptr) bool { // whatever is wrong, the writer meets it too
		n, _ = unix.SendmsgN(int(fd), b, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		return true
	})
	return max(n, 0)
}

func shareUnmap(memory []byte) { _ = unix.Munmap(memory) }
