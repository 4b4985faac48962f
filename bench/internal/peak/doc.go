// Package peak measures what this machine can do at most, so that a kernel's
// speed can be told as a share of it: fused multiply-adds with nothing loaded
// or stored, and bytes read and copied, on one core.
//
// On amd64 it uses the widest vectors that the processor has (AVX-512, else
// AVX2 with FMA), twelve independent chains of them, which is more than
// latency times ports of any such processor. Elsewhere, and with the tag
// noasm, math.FMA stands in: a scalar rate, and FMA says so.
package peak
