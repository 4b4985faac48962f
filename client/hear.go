package client

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// hear acts on one message of the scheduler, in the order of its fields.
func (c *Client) hear(m *pb.ToClient) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.acted(m.Ack)
	if m.Seq == 0 {
		return nil // a heartbeat
	}
	if m.Seq <= c.received {
		return nil // said again after a reconnection, needlessly
	}
	if m.Seq != c.received+1 {
		return fmt.Errorf("client: %w: message %d of the scheduler at %s follows %d", ErrDisconnected, m.Seq, c.address, c.received)
	}
	c.received = m.Seq
	for _, p := range m.Peers {
		c.peers[p.Worker] = peer{p.Name, p.Host, p.Address}
	}
	if ch := c.asked[m.Request]; ch != nil {
		delete(c.asked, m.Request)
		ch <- m // holds one
	}
	c.hearCoordinated(m.Coordinated)
	if err := c.hearReady(m); err != nil {
		return err
	}
	for _, k := range m.Lost {
		if w := c.about(k.GetHash(), m.Ack); w != nil {
			w.setPending()
		}
	}
	if len(m.Erred) != len(m.ErredKey) {
		return fmt.Errorf("client: the scheduler at %s names %d errors for %d keys", c.address, len(m.Erred), len(m.ErredKey))
	}
	for i, k := range m.ErredKey {
		if w := c.about(k.GetHash(), m.Ack); w != nil {
			w.settle(failed, wire.TaskErrorFromPB(m.Erred[i]))
		}
	}
	if m.Goodbye != "" {
		return fmt.Errorf("client: %w (%s): %w: %s", ErrDisconnected, c.address, errGoodbye, m.Goodbye)
	}
	return nil
}

func (c *Client) hearReady(m *pb.ToClient) error {
	const size = len(graph.Key{}.Hash)
	n := len(m.ReadyTask)
	if len(m.ReadyHash) != n*size || len(m.ReadyBytes) != n || len(m.ReadyHolderEnd) != n {
		return fmt.Errorf("client: the scheduler at %s names %d ready keys in columns of other lengths", c.address, n)
	}
	inline, err := wire.CutInline(m.ReadyInline, m.ReadyInlineEnd, n)
	if err != nil {
		return fmt.Errorf("client: the scheduler at %s: %w", c.address, err)
	}
	last := uint32(0)
	for i := range n {
		end := m.ReadyHolderEnd[i]
		if end < last || int(end) > len(m.ReadyHolder) {
			return fmt.Errorf("client: the scheduler at %s names holders %d to %d of %d", c.address, last, end, len(m.ReadyHolder))
		}
		holders := m.ReadyHolder[last:end:end]
		last = end
		w := c.about(m.ReadyHash[i*size:(i+1)*size], m.Ack)
		if w == nil {
			continue
		}
		w.task, w.bytes, w.holders = graph.TaskID(m.ReadyTask[i]), m.ReadyBytes[i], holders
		w.inline = nil
		if inline != nil {
			w.inline = slices.Clone(inline[i]) // the others may be released long before
		}
		w.settle(ready, nil)
	}
	return nil
}

// about returns the want of the key with that hash, if what was decided when
// the scheduler had acted on message ack still counts for it.
func (c *Client) about(hash []byte, ack uint64) *want {
	var h [16]byte
	if len(hash) != len(h) {
		return nil
	}
	copy(h[:], hash)
	w := c.wants.get(h)
	if w == nil || ack < w.since {
		return nil
	}
	return w
}
