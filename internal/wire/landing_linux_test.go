package wire

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"pgregory.net/rapid"
)

// frameOf is an HTTP/2 frame.
func frameOf(kind byte, stream uint32, data []byte) []byte {
	h := []byte{byte(len(data) >> 16), byte(len(data) >> 8), byte(len(data)), kind, 0}
	return append(binary.BigEndian.AppendUint32(h, stream), data...)
}

// TestLanding: however a stream is cut into messages and frames, and whatever is
// between, its bytes come to their place, and all else is handed on as it is.
func TestLanding(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	all := 0
	rapid.Check(t, func(rt *rapid.T) {
		far, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			rt.Fatal(err)
		}
		defer far.Close()
		c, err := l.Accept()
		if err != nil {
			rt.Fatal(err)
		}
		var lands landings
		land := lands.expect()
		near, err := newDataSocket(c.(*net.TCPConn), &lands)
		if err != nil {
			rt.Fatal(err)
		}
		defer near.Close()
		value := make([]byte, rapid.IntRange(1, 400_000).Draw(rt, "bytes"))
		for i := range value {
			value[i] = byte(i * 7 >> 3)
		}
		rest := append(binary.LittleEndian.AppendUint64(nil, land.token), value...)
		var sent []byte
		for len(rest) > 0 {
			n := min(len(rest), rapid.SampledFrom([]int{tokenSize + 50, 100_000, messageSize}).Draw(rt, "message"))
			m := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(n)), rest[:n]...)
			for rest = rest[n:]; len(m) > 0; {
				k := min(len(m), rapid.SampledFrom([]int{fullFrame, fullFrame, fullFrame, fullFrame, 5000, 40}).Draw(rt, "frame"))
				sent, m = append(sent, frameOf(frameData, 3, m[:k])...), m[k:]
				if rapid.IntRange(0, 9).Draw(rt, "between") == 0 {
					sent = append(sent, frameOf(6, 0, []byte("pingping"))...)
					sent = append(sent, frameOf(frameData, 5, bytes.Repeat([]byte{9}, 6000))...)
				}
			}
		}
		go far.Write(sent)
		got := make([]byte, len(value))
		land.place(tokenSize, [][]byte{got})
		landed := receiveAll(rt, near, land, sent, got)
		all += landed
		if !bytes.Equal(got, value) {
			rt.Fatalf("other bytes came, %d of %d to their place at once", landed, len(value))
		}
	})
	if all == 0 {
		t.Error("nothing came to its place at once")
	}
}

// receiveAll reads as gRPC and a frameReader do, and returns how much came to its
// place at once.
func receiveAll(t *rapid.T, near net.Conn, land *landing, sent, got []byte) (landed int) {
	prefix, left, at := 0, 0, int64(0)
	for len(sent) > 0 {
		var h [frameHeaderSize]byte
		if _, err := io.ReadFull(near, h[:]); err != nil || !bytes.Equal(h[:], sent[:len(h)]) {
			t.Fatalf("header %x, want %x (%v)", h, sent[:len(h)], err)
		}
		size := int(h[0])<<16 | int(h[1])<<8 | int(h[2])
		want := sent[frameHeaderSize : frameHeaderSize+size]
		sent = sent[frameHeaderSize+size:]
		p := make([]byte, size)
		if _, err := io.ReadFull(near, p); err != nil {
			t.Fatal(err)
		}
		if h[3] != frameData || h[8] != 3 {
			if !bytes.Equal(p, want) {
				t.Fatal("another stream's bytes are not what they were")
			}
			continue
		}
		for len(p) > 0 {
			if left == 0 {
				for ; prefix < messagePrefix && len(p) > 0; prefix++ {
					left, p = left<<8|int(p[0]), p[1:]
				}
				if prefix == messagePrefix {
					prefix = 0
				}
				continue
			}
			n, there := land.there(at, min(len(p), left))
			if !there && at >= tokenSize {
				copy(got[at-tokenSize:], p[:n])
			} else if there {
				landed += n
			} else {
				n = min(n, int(tokenSize-at))
			}
			at, left, p = at+int64(n), left-n, p[n:]
		}
	}
	return landed
}
