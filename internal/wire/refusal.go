package wire

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// Why a scheduler does not do what a client asks.
var (
	ErrExists   = errors.New("exists already")
	ErrNotFound = errors.New("not found")
	ErrTooLarge = errors.New("too large")
	ErrBadAsk   = errors.New("refused")
)

// refusals is in the order of their numbers on the wire.
var refusals = [...]error{ErrBadAsk, ErrExists, ErrNotFound, ErrTooLarge}

// RefusalToPB returns err as a message; what wraps none of the reasons above
// counts as ErrBadAsk.
func RefusalToPB(err error) *pb.Refusal {
	p := &pb.Refusal{Text: validText(err.Error())}
	for k, s := range refusals {
		if errors.Is(err, s) {
			p.Kind = uint32(k)
		}
	}
	return p
}

// RefusalFromPB returns the error that p holds, with its reason.
func RefusalFromPB(p *pb.Refusal) error {
	reason := ErrBadAsk
	if int(p.GetKind()) < len(refusals) {
		reason = refusals[p.GetKind()]
	}
	return &refusal{p.GetText(), reason}
}

// A refusal says all in its text.
type refusal struct {
	text   string
	reason error
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return r.reason }

// Because returns err with its reason, which its text does not repeat.
func Because(reason, err error) error { return &refusal{err.Error(), reason} }

// NotFound returns the error that says that what is not there.
func NotFound(format string, args ...any) error {
	return &refusal{fmt.Sprintf(format, args...), ErrNotFound}
}
