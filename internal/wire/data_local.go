package wire

import (
	"fmt"
	"net"
	"sync"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// locals are the data servers of this process by address. One that listens on
// all addresses of the machine stands under ":port".
var locals = struct {
	sync.RWMutex
	at map[string]*DataServer
}{at: map[string]*DataServer{}}

// register enters d and returns how to take it out.
func register(address string, d *DataServer) (remove func()) {
	if host, port, err := net.SplitHostPort(address); err == nil {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			address = ":" + port
		}
	}
	locals.Lock()
	locals.at[address] = d
	locals.Unlock()
	return func() {
		locals.Lock()
		defer locals.Unlock()
		if locals.at[address] == d {
			delete(locals.at, address)
		}
	}
}

// local returns the server of this process that listens at address, if there
// is one and it is to be used.
func (c *DataClient) local(address string) *DataServer {
	if c.o.Remote {
		return nil
	}
	locals.RLock()
	defer locals.RUnlock()
	if d := locals.at[address]; d != nil {
		return d
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil
	}
	if d := locals.at[":"+port]; d != nil && isThisMachine(host) {
		return d
	}
	return nil
}

// isThisMachine reports whether host is an IP address of this machine.
func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	if ip == nil {
		return host == "localhost"
	}
	if ip.IsLoopback() {
		return true
	}
	as, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range as {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(ip) {
			return true
		}
	}
	return false
}

// fetchLocal hands references over.
func (c *DataClient) fetchLocal(d *DataServer, items []Item, mem kernels.Allocator) []Answer {
	out := make([]Answer, len(items))
	for i, it := range items {
		v, err := d.h.Get(it)
		if err == nil && !c.o.Devices {
			v, err = bringHome(mem, v)
		}
		if err != nil {
			out[i].Err = err
			continue
		}
		out[i].Value = v
	}
	return out
}

// bringHome is toHost, but takes over the reference to v.
func bringHome(mem kernels.Allocator, v graph.Value) (graph.Value, error) {
	defer v.Release()
	host, err := toHost(mem, v)
	if err != nil {
		return nil, fmt.Errorf("wire: %w: %w", ErrTravel, err)
	}
	return host, nil
}
