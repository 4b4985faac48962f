package sim

import "time"

// lease is how long the scheduler waits for a client that lost its connection.
const lease = 500 * time.Millisecond

// goAway cuts the connection of a client for a while. What it says meanwhile,
// and what is said to it, is said when it is back: once and in order. If that
// is after its lease, its session is over, and it comes as another client.
func (c *client) goAway() {
	d := time.Duration(c.rng.IntN(800)) * time.Millisecond
	c.link.back = c.w.now + d
	if d <= lease {
		c.w.res.Away++
		return
	}
	c.w.res.Expired++
	c.w.after(lease, c.expire)
	c.w.after(d, func() {
		if !c.gone {
			c.gone, c.wants = true, nil
			c.w.connect()
		}
	})
}

// arrive does f when the link is there.
func (l *link) arrive(f func()) {
	if l.w.now < l.back {
		l.w.at(l.back, func() { l.arrive(f) })
		return
	}
	f()
}
