package wire

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// refuser turns everybody away.
type refuser struct{ pb.UnimplementedControlServer }

func (refuser) Client(pb.Control_ClientServer) error { return Refuse("not today") }

func TestDialRefusedAndUnreachable(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if _, err := Listen(address); err == nil || !strings.Contains(err.Error(), address) || !strings.Contains(err.Error(), "another port") {
		t.Errorf("listening twice: %v; want the address and advice", err)
	}
	s := NewControlServer(refuser{})
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, err := DialControl(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := c.Client(ctx)
	if err == nil {
		_, err = stream.Recv()
		err = c.Explain(err)
	}
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "not today") {
		t.Errorf("refused stream: %v", err)
	}
	c.Close()
	s.Stop(time.Second)
	if err := <-served; err != nil {
		t.Error(err)
	}

	_, err = DialControl(ctx, address)
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), address) || !strings.Contains(err.Error(), "ashlar scheduler") {
		t.Errorf("dialling where nobody listens: %v; want the address and what to start", err)
	}
	if _, err := DialControl(ctx, "no-port"); err == nil || !strings.Contains(err.Error(), "HOST:PORT") {
		t.Errorf("dialling an address without port: %v", err)
	}
}

func TestIdentityNamesBothSides(t *testing.T) {
	self, err := Self()
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := Self(); again != self || len(self.Build) != 16 {
		t.Errorf("identities %+v and %+v", self, again)
	}
	other := self
	other.Build = "ffff"
	if err := self.SameProgram("worker a", other); err == nil ||
		!strings.Contains(err.Error(), self.Build) || !strings.Contains(err.Error(), "ffff") || !strings.Contains(err.Error(), "worker a") {
		t.Errorf("another build: %v", err)
	}
	other = self
	other.Registry = "eeee"
	if err := self.SameProgram("worker a", other); err == nil || !strings.Contains(err.Error(), "ops") {
		t.Errorf("another registry: %v", err)
	}
	other.Protocol, other.Version = 99, "9.9"
	if err := self.Speaks(other); err == nil || !strings.Contains(err.Error(), "9.9") || !strings.Contains(err.Error(), Version) {
		t.Errorf("another protocol: %v", err)
	}
}
