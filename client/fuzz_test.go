package client

import (
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// FuzzToClient: whatever the scheduler says is an error or changes what the
// client knows, without a panic.
func FuzzToClient(f *testing.F) {
	k := graph.NewKey("k")
	for _, m := range []*pb.ToClient{
		{ReadyHash: k.Hash[:], ReadyTask: []uint64{1 << 32}, ReadyBytes: []int64{5}, ReadyHolderEnd: []uint32{1}, ReadyHolder: []uint32{7}},
		{Lost: wire.KeysToPB([]graph.Key{k})},
		{ErredKey: wire.KeysToPB([]graph.Key{k}), Erred: []*pb.TaskError{{Message: "no"}}},
		{Goodbye: "it ends"},
	} {
		b, err := wire.EncodeMessage(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m pb.ToClient
		if wire.DecodeMessage(data, &m) != nil {
			return
		}
		c := &Client{
			out: newOutgoing(), kept: map[[16]byte]*persisted{}, peers: map[uint32]peer{},
			asked: map[uint32]chan *pb.ToClient{}, claims: map[uint32]*claim{},
		}
		w := &want{c: c, key: k, refs: 1}
		c.wants.add(w)
		m.Seq = 1
		_ = c.hear(&m)
	})
}
