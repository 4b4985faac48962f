// What CUDA C has and C++ has not, for kernels that run on one host thread.
//
// The threads of a block are coroutines that take turns: each runs until its
// next __syncthreads, which is what the barrier means. Shared memory is static,
// as there is one block at a time.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <setjmp.h>
#include <ucontext.h>

struct dim3 {
	unsigned x, y, z;
};

static dim3 threadIdx, blockIdx, blockDim, gridDim;

#define __global__
#define __device__
#define __shared__ static

static inline double __longlong_as_double(long long bits) {
	double d;
	memcpy(&d, &bits, sizeof d);
	return d;
}

static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
	return (unsigned __int128)a * b >> 64;
}

using std::copysign;
using std::fma;
using std::signbit;

namespace grid {

// A Thread lives on from block to block, on a stack of its own.
struct Thread {
	jmp_buf here; // where it left off
	ucontext_t start;
	bool started, done;
	dim3 index;
};

static const size_t stackSize = 64 << 10, maxThreads = 1024;
static jmp_buf scheduler;
static Thread threads[maxThreads];
static size_t current;
static const std::function<void()> *kernel;

// yield goes back to the scheduler until the thread's next turn. Jumping makes
// no system call, as swapcontext would.
static void yield() {
	if (!_setjmp(threads[current].here)) _longjmp(scheduler, 1);
}

static void live() {
	for (;;) {
		(*kernel)();
		threads[current].done = true;
		yield();
	}
}

// turn lets a thread run until it yields.
__attribute__((noinline)) static void turn(Thread &t) {
	if (_setjmp(scheduler)) return;
	if (t.started) _longjmp(t.here, 1);
	t.started = true;
	getcontext(&t.start);
	t.start.uc_stack.ss_sp = malloc(stackSize); // for good
	t.start.uc_stack.ss_size = stackSize;
	t.start.uc_link = nullptr;
	makecontext(&t.start, live, 0);
	setcontext(&t.start);
}

// runBlock gives each of n threads its turn until all are done.
static void runBlock(size_t n) {
	for (size_t i = 0; i < n; i++) threads[i].done = false;
	for (size_t left = n; left > 0;) {
		left = 0;
		for (current = 0; current < n; current++) {
			Thread &t = threads[current];
			if (t.done) continue;
			threadIdx = t.index;
			turn(t);
			left += !t.done;
		}
	}
}

// run executes a kernel over a grid, the blocks in an order that no kernel
// should expect: from the last to the first.
static void run(dim3 blocks, dim3 size, const std::function<void()> &k) {
	kernel = &k;
	gridDim = blocks, blockDim = size;
	size_t n = (size_t)size.x * size.y * size.z;
	for (size_t i = 0; i < n; i++)
		threads[i].index = {(unsigned)(i % size.x), (unsigned)(i / size.x % size.y), (unsigned)(i / size.x / size.y)};
	for (size_t b = (size_t)blocks.x * blocks.y * blocks.z; b-- > 0;) {
		blockIdx = {(unsigned)(b % blocks.x), (unsigned)(b / blocks.x % blocks.y), (unsigned)(b / blocks.x / blocks.y)};
		runBlock(n);
	}
}

} // namespace grid

static void __syncthreads() { grid::yield(); }
