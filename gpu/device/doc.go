// Package device is the contract between the lanes of [gpu] and what they
// drive: a CUDA device, or the fake one.
//
// A [Device] owns memory that the host cannot reach: a [Ptr] is a number, and
// bytes get to it and back only through the copies of a [Stream]. Work put on a
// stream runs in order and later; an [Event] marks a point in a stream, for the
// host to wait for or for another stream to wait on. What goes wrong in queued
// work is reported by whatever waits for it, and by every call after that.
//
// Kernels are named. What a name means, and what arguments it takes, is written
// once, beside the function that launches it, and holds for every device; package
// devicetest has the suite that each must pass.
//
// # Rules of a device
//
//   - All methods may be called from any goroutine.
//   - A host slice given to a copy belongs to the device until the copy is
//     waited for.
//   - Free is ordered: memory freed after a stream is not handed out again
//     before the work that is in that stream at the call is done.
//   - Fresh memory holds anything.
//
// [gpu]: https://pkg.go.dev/github.com/ashlar-go/ashlar/gpu
package device
