// Package cluster starts clusters. Local starts one on this machine: a
// scheduler in this process, and workers either in this process too or as
// processes of their own.
//
// # Worker processes
//
// A program becomes its own worker: [Local] with [Processes] runs the
// executable again with a variable in its environment, and [Init], the first
// line of its main, sees that and runs a worker instead of going on. Workers
// and clients are therefore one and the same build, with the same functions.
//
//	func main() {
//		cluster.Init()
//		…
//	}
//
// # Invariants
//
//   - No orphans: a child ends when its standard input does, and the other end
//     of that is held by this process alone; on Linux the kernel kills it too
//     when this process dies.
//   - A worker process that dies without having been told to is started again,
//     with back-off, and the scheduler learns how it died: exit status, signal,
//     out of memory, and the first line of a panic or fatal error. So do the
//     errors of tasks that are blamed for it.
//   - A worker that is told to end (SIGTERM, its lifetime is over, or it is
//     retired) finishes what it runs and hands on what only it has, within its
//     grace. Who retired is not started again; who lived its time is.
//   - Close returns when every process and goroutine has ended.
package cluster
