package wire

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// pieces returns what a stream yields that brings data in messages of size.
func pieces(data []byte, size int) func(any) error {
	return func(m any) error {
		if len(data) == 0 {
			return io.EOF
		}
		n := min(len(data), size)
		m.(*message).data = mem.BufferSlice{mem.SliceBuffer(data[:n])}
		data = data[n:]
		return nil
	}
}

// chunkedAnswers writes answers with values in chunks, with and without checksums,
// packed and as they are.
func chunkedAnswers(f *testing.F, w *frameWriter) {
	d := &DataServer{}
	for _, want := range []wants{{sums: true}, {sums: true, pack: LZ4, link: 1}, {pack: Zstd, link: 1}} {
		e, err := encode(kernels.DefaultAllocator(), graph.List{graph.Raw(bytes.Repeat([]byte("chunk"), 90)), graph.Raw("b")})
		if err != nil {
			f.Fatal(err)
		}
		o, number := d.outgoing.begin(e, want)
		if err := errors.Join(d.chunks(w, o, number, nil), w.flush()); err != nil {
			f.Fatal(err)
		}
		o.release()
	}
}

// FuzzAnswer: however the stream of a fetch is cut into messages, it yields
// answers and then an error, and nothing leaks.
func FuzzAnswer(f *testing.F) {
	var stream bytes.Buffer
	w := &frameWriter{loan: &loan{}, send: func(m any) error {
		for _, b := range m.(*message).data {
			stream.Write(b.ReadOnlyData())
		}
		return nil
	}}
	for _, v := range []graph.Value{graph.Raw("raw"), graph.List{graph.Raw("a"), graph.Raw{}}} {
		e, err := encode(kernels.DefaultAllocator(), v)
		if err != nil {
			f.Fatal(err)
		}
		if err := errors.Join(w.answer(e, nil), w.answer(nil, ErrAbsent), w.answer(nil, ErrBusy), w.answer(nil, ErrTravel), w.flush()); err != nil {
			f.Fatal(err)
		}
		e.release()
	}
	chunkedAnswers(f, w)
	for _, size := range []byte{0, 1, 3, 254, 255} {
		f.Add(size, bytes.Clone(stream.Bytes()))
	}
	f.Fuzz(func(t *testing.T, size byte, data []byte) {
		mem := kerneltest.Alloc(t)
		r := &frameReader{recv: pieces(data, 1+int(size))}
		defer r.close()
		for {
			a, err := r.answer(&taker{limit: 1 << 16, mem: mem, sums: size%2 == 0})
			if a.Value != nil {
				a.Value.Release()
			}
			if err != nil {
				return
			}
			if (a.Value == nil) == (a.Err == nil) {
				t.Fatalf("an answer with %v and %v", a.Value, a.Err)
			}
		}
	})
}

// askStream is a stream that brings one message.
type askStream struct {
	grpc.ServerStream
	recv func(any) error
}

func (s askStream) RecvMsg(m any) error { return s.recv(m) }

// FuzzItems: whatever asks for items asks for some, or is refused.
func FuzzItems(f *testing.F) {
	head := appendNumber(wants{sides: true, sums: true, pack: LZ4, link: 1e6}.append(nil), 2)
	for _, n := range []uint64{7, 0, 1<<63 + 5, 4} {
		head = appendNumber(head, n)
	}
	f.Add(head)
	f.Fuzz(func(t *testing.T, data []byte) {
		_, items, err := recvItems(askStream{recv: pieces(data, len(data)+1)})
		if err == nil && len(items) > len(data) {
			t.Fatalf("%d items in %d bytes", len(items), len(data))
		}
		for _, it := range items {
			if err == nil && it.Part < -1 {
				t.Fatalf("part %d", it.Part)
			}
		}
	})
}

// FuzzMessages: what stands in messages beside graphs and assignments is read
// without a panic, and what is read can be said again.
func FuzzMessages(f *testing.F) {
	seed, err := proto.Marshal(&pb.FromClient{
		Release: KeysToPB([]graph.Key{graph.NewKey("a"), graph.NewKey("b")}),
		Submit:  &pb.Graph{Classes: []*pb.Class{ClassToPB(&graph.Class{Op: "op", Spec: graph.Spec{Resources: graph.Resources{{Name: "GPU", Milli: 1}}}})}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		var p pb.FromClient
		if proto.Unmarshal(data, &p) != nil {
			return
		}
		if ks, err := KeysFromPB(p.Release); err == nil {
			again, err := KeysFromPB(KeysToPB(ks))
			if err != nil || len(again) != len(ks) {
				t.Fatalf("%v are read as %v, %v", ks, again, err)
			}
		}
		for _, c := range p.GetSubmit().GetClasses() {
			if class, err := ClassFromPB(c); err == nil {
				if again, err := ClassFromPB(ClassToPB(&class)); err != nil || again.Name() != class.Name() || !again.Spec.Equal(class.Spec) {
					t.Fatalf("%+v is read as %+v, %v", class, again, err)
				}
			}
		}
		var te pb.TaskError
		if proto.Unmarshal(data, &te) == nil {
			e := TaskErrorFromPB(&te)
			if again := TaskErrorFromPB(TaskErrorToPB(e)); again.Kind != e.Kind {
				t.Fatalf("kind %v is read as %v", e.Kind, again.Kind)
			}
		}
		var id pb.Identity
		if proto.Unmarshal(data, &id) == nil {
			IdentityFromPB(&id)
		}
		var no pb.Refusal
		if proto.Unmarshal(data, &no) == nil {
			_ = RefusalFromPB(&no)
		}
	})
}
