package wire

import "strings"

// maxText bounds a message or a stack on the wire: past it, nobody reads.
const maxText = 64 << 10

// validText makes s fit to travel: a user's error may hold any bytes, and a
// protobuf string may not.
func validText(s string) string {
	if len(s) > maxText {
		s = s[:maxText] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
