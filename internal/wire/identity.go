package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// Protocol is the number of the language spoken here. It changes whenever an
// old peer would misunderstand a new one.
const Protocol = 2

// Version is the version of Ashlar, for people.
const Version = "0.1.0"

// Identity says who a process is: what it speaks and which program it runs.
type Identity struct {
	Protocol uint32
	Version  string
	Build    string // hash of the executable
	Registry string // hash of the names of its ops
}

// Self returns the identity of this process.
func Self() (Identity, error) {
	build, err := buildHash()
	if err != nil {
		return Identity{}, fmt.Errorf("wire: cannot read this program to identify it: %w", err)
	}
	return Identity{Protocol, Version, build, graph.RegistryHash()}, nil
}

// buildHash is the content hash of the executable: unlike Go's build id it
// cannot be stripped, and unlike the path it means the same on every machine.
var buildHash = sync.OnceValues(func() (string, error) {
	f, err := openExecutable()
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
})

// openExecutable opens the running program, by preference the file that was
// started even if another has taken its name since.
func openExecutable() (*os.File, error) {
	if f, err := os.Open("/proc/self/exe"); err == nil {
		return f, nil
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Speaks returns an error if a process of identity other cannot be understood
// by one of identity id.
func (id Identity) Speaks(other Identity) error {
	if id.Protocol == other.Protocol {
		return nil
	}
	return fmt.Errorf("wire: this scheduler is Ashlar %s (protocol %d) and the other side is Ashlar %s (protocol %d): "+
		"run the same version of Ashlar on both", id.Version, id.Protocol, other.Version, other.Protocol)
}

// SameProgram returns an error if a process of identity other does not run the
// program that id, a member of the cluster called name, runs.
func (id Identity) SameProgram(name string, other Identity) error {
	const cure = "run one and the same executable as client and as workers (a program can be its own worker), or end the old ones first"
	switch {
	case id.Registry != other.Registry:
		return fmt.Errorf("wire: %s has registered other ops (version %s, build %s, registry %s) than this program "+
			"(version %s, build %s, registry %s): %s",
			name, id.Version, id.Build, id.Registry, other.Version, other.Build, other.Registry, cure)
	case id.Build != other.Build:
		return fmt.Errorf("wire: %s runs another build (version %s, build %s) than this program (version %s, build %s): %s",
			name, id.Version, id.Build, other.Version, other.Build, cure)
	}
	return nil
}

// IdentityToPB returns id as a message.
func IdentityToPB(id Identity) *pb.Identity {
	return &pb.Identity{Protocol: id.Protocol, Version: id.Version, Build: id.Build, Registry: id.Registry}
}

// IdentityFromPB returns the identity that p holds; of a nil p, one that
// nobody speaks to.
func IdentityFromPB(p *pb.Identity) Identity {
	return Identity{p.GetProtocol(), p.GetVersion(), p.GetBuild(), p.GetRegistry()}
}
