package server

import (
	"time"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/worker"
)

// linkFetch is how many bytes a fetch must bring to say something about the
// bandwidth: smaller ones measure the latency.
const linkFetch = 256 << 10

// measureLink notes how long a fetch took, for the next heartbeat.
func (l *loop) measureLink(got []worker.Arrival, took time.Duration) {
	var bytes int64
	for _, a := range got {
		bytes += a.Bytes
	}
	if bytes < linkFetch {
		return
	}
	if l.link == nil {
		l.link = &pb.LinkSample{}
	}
	l.link.Bytes += bytes
	l.link.Nanos += int64(took)
}
