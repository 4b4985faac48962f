package client

// Moved says how results came to this process.
type Moved struct {
	Copied int64 // bytes that came over the network
	Mapped int64 // bytes of workers of this host, read where they lie
}

// Moved returns how results have come so far. Those of workers in this process
// are in neither.
func (c *Client) Moved() Moved { return Moved{Copied: c.data.Fetched(), Mapped: c.data.Mapped()} }
