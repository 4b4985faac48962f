package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// pagePad is how many bytes behind a page may be read.
const pagePad = 64

// expansion is how many times larger a codec can make a byte, as far as its
// format bounds that; and what of the others is believed without looking.
var expansion = map[format.CompressionCodec]int{
	format.Snappy: 64, format.Gzip: 1040, format.Lz4Raw: 256, format.Zstd: 256, format.Brotli: 256,
}

// believed is a size that a page may claim whatever it is packed in.
const believed = 1 << 20

var errPageSize = errors.New("a page does not have the size that its header says")

var zstdDecoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true), zstd.IgnoreChecksum(false))
	if err != nil {
		panic(err) // the options are constant
	}
	return d
})

// decompress returns size bytes in the memory of buf, if that is enough, with a
// pad behind them. What a page claims to be is believed as far as its codec can
// do it; beyond that, memory follows the bytes that come.
func decompress(codec format.CompressionCodec, packed []byte, size int, buf []byte) ([]byte, error) {
	if codec == format.Uncompressed {
		return nil, errors.New("source: a codec that does nothing") // such pages are used as they lie
	}
	most, known := expansion[codec]
	if !known {
		return nil, fmt.Errorf("pages compressed with %v cannot be read", codec)
	}
	if size > believed && size/most > len(packed) {
		if codec == format.Zstd || codec == format.Brotli {
			return inflate(codec, packed, size)
		}
		return nil, errPageSize
	}
	if cap(buf) < size+pagePad {
		buf = make([]byte, size+pagePad+size/4)
	}
	out, err := decompressInto(codec, packed, buf[:size])
	if err != nil {
		return nil, err
	}
	if len(out) != size || size > 0 && &out[0] != &buf[:1][0] {
		return nil, errPageSize
	}
	return buf[:size], nil
}

func decompressInto(codec format.CompressionCodec, packed, buf []byte) ([]byte, error) {
	switch codec {
	case format.Snappy:
		if n, err := s2.DecodedLen(packed); err != nil || n != len(buf) {
			return nil, errPageSize
		}
		return s2.Decode(buf, packed)
	case format.Zstd:
		return zstdDecoder().DecodeAll(packed, buf[:0:len(buf)])
	case format.Lz4Raw:
		n, err := lz4.UncompressBlock(packed, buf)
		if err != nil {
			return nil, err
		}
		return buf[:n], nil
	}
	in, err := inflater(codec, packed)
	if err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(in, buf); err != nil {
		return nil, err
	}
	if n, _ := in.Read(make([]byte, 1)); n != 0 {
		return nil, errPageSize
	}
	return buf, nil
}

func inflater(codec format.CompressionCodec, packed []byte) (io.Reader, error) {
	switch codec {
	case format.Gzip:
		return gzip.NewReader(bytes.NewReader(packed))
	case format.Zstd:
		d, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return brotli.NewReader(bytes.NewReader(packed)), nil
}

// inflate decompresses a page that claims to have grown beyond measure: memory
// is taken as bytes come.
func inflate(codec format.CompressionCodec, packed []byte, size int) ([]byte, error) {
	in, err := inflater(codec, packed)
	if err != nil {
		return nil, err
	}
	if c, ok := in.(io.Closer); ok {
		defer c.Close()
	}
	var b bytes.Buffer
	n, err := io.CopyN(&b, in, int64(size)+1)
	if err != io.EOF || n != int64(size) {
		return nil, errPageSize
	}
	b.Write(make([]byte, pagePad))
	return b.Bytes()[:size], nil
}
