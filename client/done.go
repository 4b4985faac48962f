package client

// Done returns a channel that is closed when the session is over: closed, or lost
// for longer than [Reconnect].
func (c *Client) Done() <-chan struct{} { return c.down }

// Err returns why the session is over, nil while it is not.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.down:
		return c.err
	default:
		return nil
	}
}
