package wire

import (
	"fmt"

	"google.golang.org/protobuf/proto"
)

// A Message is a message of package pb.
type Message = proto.Message

// EncodeMessage returns m as it travels.
func EncodeMessage(m Message) ([]byte, error) {
	b, err := proto.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("wire: encoding a %T: %w", m, err)
	}
	return b, nil
}

// DecodeMessage makes m what b encodes, as the transport does with what comes.
func DecodeMessage(b []byte, m Message) error {
	if err := proto.Unmarshal(b, m); err != nil {
		return fmt.Errorf("wire: these %d bytes are no %T: %w", len(b), m, err)
	}
	return nil
}
