package sched

import "time"

// A Link is what a worker measured of its larger fetches since the last time.
type Link struct {
	Bytes int64
	Took  time.Duration // sum over the fetches
}

// linkSample is how many bytes a measurement must have to count.
const linkSample = 1 << 20

// measureLink notes how fast w fetches: measurements gather until they count,
// then each is a part of the moving average.
func (w *worker) measureLink(l Link) {
	w.link.Bytes += max(l.Bytes, 0)
	w.link.Took += max(l.Took, 0)
	if w.link.Bytes < linkSample || w.link.Took <= 0 {
		return
	}
	rate := float64(w.link.Bytes) / w.link.Took.Seconds()
	w.link = Link{}
	if w.bandwidth == 0 {
		w.bandwidth = rate
		return
	}
	w.bandwidth += (rate - w.bandwidth) / weight
}

// transfer estimates how long w takes to fetch so many bytes, in ns.
func (m *Machine) transfer(bytes int64, w *worker) int64 {
	if bytes <= 0 {
		return 0
	}
	bandwidth := w.bandwidth
	if bandwidth == 0 {
		bandwidth = m.cfg.Bandwidth
	}
	return int64(m.cfg.Latency) + int64(float64(bytes)/bandwidth*1e9)
}
