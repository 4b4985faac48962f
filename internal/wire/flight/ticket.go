package flight

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/flight"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
)

// A ticket names what DoGet is to send. What does not begin with a brace is the
// name of a dataset, all of which is meant.
type ticket struct {
	Dataset string `json:"dataset"`
	// Endpoint is one of the flight's; nil is all of them in order.
	Endpoint *int `json:"endpoint,omitempty"`
	// Version is that of the flight info that the ticket comes from: a dataset
	// that has been replaced since is not sent in pieces of both.
	Version string `json:"version,omitempty"`
}

func (t ticket) encode() *flight.Ticket {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // strings and a number
	}
	return &flight.Ticket{Ticket: b}
}

func parseTicket(t *flight.Ticket) (ticket, error) {
	raw := t.GetTicket()
	if len(raw) == 0 {
		return ticket{}, status.Error(codes.InvalidArgument, "the ticket is empty: take one from the flight info, or the name of a dataset")
	}
	if raw[0] != '{' {
		return ticket{Dataset: string(raw)}, nil
	}
	var out ticket
	if err := json.Unmarshal(raw, &out); err != nil || out.Dataset == "" {
		return ticket{}, status.Errorf(codes.InvalidArgument, "malformed ticket %s: take one from the flight info, or the name of a dataset", quoted(raw))
	}
	return out, nil
}

// quoted shows bytes of a client, shortened.
func quoted(raw []byte) string {
	if len(raw) > 60 {
		return fmt.Sprintf("%q… (%d bytes)", raw[:60], len(raw))
	}
	return fmt.Sprintf("%q", raw)
}

// version names the values that a name stands for.
func version(keys []graph.Key) string {
	h := sha256.New()
	for _, k := range keys {
		h.Write(k.Hash[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// pathOf returns the name that a descriptor stands for.
func pathOf(d *flight.FlightDescriptor) (string, error) {
	if d == nil {
		return "", status.Error(codes.InvalidArgument, "a flight descriptor is wanted: the path of a dataset")
	}
	if d.Type != flight.DescriptorPATH {
		return "", status.Errorf(codes.InvalidArgument, "the flight descriptor is a %v: datasets have paths (FlightDescriptor.for_path(NAME))", d.Type)
	}
	name := strings.Join(d.Path, "/")
	if name == "" {
		return "", status.Error(codes.InvalidArgument, "the path of the flight descriptor is empty: it is the name of a dataset")
	}
	return name, nil
}

func descriptorOf(name string) *flight.FlightDescriptor {
	return &flight.FlightDescriptor{Type: flight.DescriptorPATH, Path: []string{name}}
}
