// Package devicetest is the suite that every implementation of device.Device
// passes: memory, copies, order, and each kernel against gonum or the
// definition. A device fails it with a message that names the shape.
package devicetest
