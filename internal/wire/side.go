package wire

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// Large values come beside gRPC. What a stream of gRPC costs beyond TCP is two
// copies and the waking of several goroutines for every 16 KiB, which is what it
// puts into a frame and nobody can change: one on loopback never came above two
// thirds of what TCP does. So the holder announces a large value on the stream,
// as ever, with a number; the reader asks for its chunks by that number on a
// connection of its own (a side), where the holder writes them from where they
// lie, a mebibyte at once, and the reader reads them to where they are to be; and
// tells the holder on the stream that it has them, or, where no side could be
// connected, that the stream is to bring them.
//
// A side goes to the same address as gRPC, so that what leads there leads a side
// there too; its first bytes tell it from gRPC, which is not encrypted either.
// Requests, descriptions, chunks, checksums and packing are the same on both. A
// side that does not move for sideWait is given up, after as long as gRPC takes
// to find that nobody is there.
//
// A reader keeps sides for the next value. What it sends on one is sideHello,
// once, and for each value its number, 8 bytes, little-endian; what comes back is
// chunks and the 0 behind the last one.
const (
	sideHello = "ashlar\x00\x01"
	// sideFrom is the payload from which on a side is worth the two messages.
	sideFrom = 1 << 20
	// sideWait is for how long nothing may come, or go.
	sideWait = pingAfter + pingWait
)

// What a reader says of a value that was to come beside gRPC.
const (
	sideNone byte = iota // the stream is to bring it
	sideCame
)

// A chunkWriter takes chunks.
type chunkWriter interface {
	// Write copies p, which is small; lend does not copy it.
	io.Writer
	lend(p []byte) error
}

// A chunkReader brings chunks.
type chunkReader interface {
	io.Reader
	io.ByteReader
	// fill reads what comes next into ps.
	fill(ps ...[]byte) error
	// count returns how many bytes were read.
	count() int64
}

var (
	_ chunkWriter = (*frameWriter)(nil)
	_ chunkWriter = (*sideWriter)(nil)
	_ chunkReader = (*frameReader)(nil)
	_ chunkReader = (*sideConn)(nil)
)

// readNumber reads a number, which is at most most.
func readNumber(r io.ByteReader, most uint64) (uint64, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return 0, cutOff(err)
	}
	if n > most {
		return 0, fmt.Errorf("wire: %w: a length of %d", ErrEncoding, n)
	}
	return n, nil
}

// stuck is the error of a side that does not move.
func stuck(what string) error {
	return fmt.Errorf("wire: %w: nothing %s for %v", ErrPeer, what, sideWait.Round(time.Second))
}
