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
//   - gpu: lanes, blocks and where they are (tier.go), and the GPU kernels of the
//     ops of arrays (ops.go has their names), which only speak to a device by its
//     contract.
//
// # Decisions
//
//   - A call returns when the device has done its work, so that an error belongs
//     to the task that caused it and a value that exists is complete. Overlap of
//     one call's copies with another's kernels fits between inputs and the end
//     of a call without changing this, and is not built: what overlaps is copies
//     to the host with kernels, and, of each copy, what the host does with what the
//     device does.
//   - Copies go through pinned memory of the lane (stage.go), two chunks of 2 MiB for
//     each direction, of which the host has one while the device has the other. The
//     memory of a worker's store is not pinned itself. Traffic.Staged counts copies
//     that go otherwise: there are none.
//   - Nothing falls back silently, but what was placed by cost. An op without a GPU kernel, or with attributes
//     that its kernel is not for, runs on CPU threads of the worker that the task
//     was placed on: graph.WhyNoGPU says why before it runs, and Explain of an
//     array shows it. What a lane itself cannot do is [ErrNoGPU].
//   - Elementwise expressions are compiled to the instructions of a small
//     register machine, which one embedded kernel interprets; values are computed
//     as on the CPU, float32 rounded after each instruction. A kernel generated
//     per expression can take its place behind the same contract.
//   - States of reductions are those of package kernels, so that chunks reduced on
//     a device and on CPUs combine; the order of each is fixed by its shape.
//   - Random numbers have the bits of package kernels: the kernel does the
//     operations of Go's logarithm, sine and cosine on amd64.
//   - Factorisations cut their matrix into halves, down to blocks of 64 that one
//     kernel takes; the rest is products. Package array has no op of A·Aᵀ or LU.
//   - Blocks on a device are row-major and whole; reshaping shares their memory.
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
//
// # Choosing between CPU and GPU
//
// Whoever builds an array chooses, with array.OnGPU, or leaves it to cost, with
// array.ByCost. Each task has a graph.Cost of flops and bytes. A processor p has
// rates F(p) and M(p), which a worker measures when it opens its devices
// ([Lane.Rates]) and a client learns of (client.Processors), and takes
//
//	t(p) = max(flops/F(p), bytes/M(p)) + start(p)
//
// where start of a device is the launch of a kernel and the wait for its end. A
// task is placed on a device if it has a kernel for it, fits into its memory, and
//
//	t(GPU) + in/H + back/H < t(CPU) / threads
//
// where H is the rate of copies, in are the bytes of inputs that are not there,
// and back those of the result for each task on a CPU that needs it. Package graph
// decides that (graph.Choose) as the last pass over a graph, a pure function of it:
// the tasks are taken in their order, each with its inputs placed; then once more
// from the last to the first, moving a task if that with all copies to and from it
// is less. A chain of tasks that only gains as a whole is one by then, being fused;
// other groups of tasks that only gain together are not found. Explain shows what
// was chosen, with the estimates. Rates of products are those of float64, whatever
// the type.
//
// What is so placed yields: where no worker has a device, as when the last one is
// gone, the scheduler gives it to CPU threads.
//
// # What is not there
//
//   - Nothing here has run on hardware yet: what is tested is the lanes on the fake
//     device, and the kernels as C on the host.
//   - Tables: frames run on CPU threads.
//   - Copies of one call beside the kernels of another, but for those to the host;
//     copies straight from and to the memory of a worker's store.
//   - Rates of float32 apart from float64, and estimates that learn from what tasks
//     took.
package gpu
