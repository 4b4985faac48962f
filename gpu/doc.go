// Package gpu runs the GPU kernels of ops on devices and keeps their results
// there.
//
// A [Lane] owns one device and runs one op call at a time on it. A lane is a
// graph.Lane: a worker that has one offers the resource GPU, and passes the
// lane in graph.Call to the op's GPU kernel. Inputs in host memory are copied
// to the device for the call; a result is a [Block], a graph.Value that stays
// on the device until the last reference goes, so that the next task there
// takes it as it is. Whoever needs it elsewhere asks [Block.ToHost]; that copy
// runs beside the kernels.
//
// # Layers
//
//   - gpu/device: the contract of a device, and what each kernel computes.
//   - gpu/cuda: real devices, behind the build tag cuda; needs no CUDA to start
//     and none but the driver to run.
//   - gpu/fake: a device in host memory with an address space, limits, lazy
//     streams and planted faults.
//   - gpu/devicetest: the suite that both pass.
//   - gpu: lanes, blocks and where they are (tier.go), and the GPU kernels of the ops of arrays (ops.go has
//     their names), which only speak to a device by its contract.
//
// # Decisions
//
//   - A call returns when the device has done its work, so that an error belongs
//     to the task that caused it and a value that exists is complete. Overlap of
//     one call's copies with another's kernels fits between inputs and the end
//     of a call without changing this.
//
//   - Nothing falls back. An op, type or operation without a GPU kernel is
//     [ErrNoGPU], and names what is missing; whoever placed the task decides.
//
//   - Elementwise expressions are compiled to the instructions of a small
//     register machine, which one embedded kernel interprets; values are computed
//     as on the CPU, float32 rounded after each instruction. A kernel generated
//     per expression can take its place behind the same contract.
//
//   - States of reductions are those of package kernels, so that chunks reduced on a
//     device and on CPUs combine, and the order of each is fixed by its shape.
//
//   - Blocks on a device are row-major and whole; reshaping shares their memory.
//
//   - Device memory is a tier above host memory. A call that finds no room there
//     evicts blocks that it does not need to the host, the least recently needed
//     first; a call that needs one brings it back. The host's copy stays until
//     that call has ended well, so that a device which fails takes with it only
//     what was nowhere else. A call that cannot fit evicts nothing. Evicted blocks
//     have a limit of their own ([Lane.LimitHost]); [Lane.Residency] counts them.
//
// Blocks count for nothing in the memory of a worker's store: [Block.Bytes] is
// what a block keeps on its device, and the device's account says how much is in
// use. What is evicted is in Go's memory.
package gpu
