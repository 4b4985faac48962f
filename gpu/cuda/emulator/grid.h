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
#include <ucontext.h>
#include <vector>

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

using std::copysign;
using std::fma;
using std::signbit;

namespace grid {

struct Thread {
	ucontext_t context;
	dim3 index;
	bool done;
};

static const size_t stackSize = 64 << 10;
static ucontext_t scheduler;
static std::vector<Thread> block;
static std::vector<char> stacks;
static size_t current;
static const std::function<void()> *kernel;

static void enter() {
	(*kernel)();
	block[current].done = true;
	swapcontext(&block[current].context, &scheduler);
}

// runBlock gives every thread of a block its turn until all are done.
static void runBlock() {
	for (auto &t : block) {
		t.done = false;
		getcontext(&t.context);
		t.context.uc_stack.ss_sp = &stacks[(&t - &block[0]) * stackSize];
		t.context.uc_stack.ss_size = stackSize;
		t.context.uc_link = nullptr;
		makecontext(&t.context, enter, 0);
	}
	for (size_t left = block.size(); left > 0;) {
		left = 0;
		for (current = 0; current < block.size(); current++) {
			if (block[current].done) continue;
			threadIdx = block[current].index;
			swapcontext(&scheduler, &block[current].context);
			left += !block[current].done;
		}
	}
}

// run executes a kernel over a grid, the blocks in an order that no kernel
// should expect: from the last to the first.
static void run(dim3 blocks, dim3 threads, const std::function<void()> &k) {
	kernel = &k;
	gridDim = blocks, blockDim = threads;
	size_t n = (size_t)threads.x * threads.y * threads.z;
	block.resize(n);
	stacks.resize(n * stackSize);
	for (size_t i = 0; i < n; i++)
		block[i].index = {(unsigned)(i % threads.x), (unsigned)(i / threads.x % threads.y), (unsigned)(i / threads.x / threads.y)};
	for (size_t b = (size_t)blocks.x * blocks.y * blocks.z; b-- > 0;) {
		blockIdx = {(unsigned)(b % blocks.x), (unsigned)(b / blocks.x % blocks.y), (unsigned)(b / blocks.x / blocks.y)};
		runBlock();
	}
}

} // namespace grid

static void __syncthreads() {
	dim3 index = threadIdx;
	size_t self = grid::current;
	swapcontext(&grid::block[self].context, &grid::scheduler);
	threadIdx = index;
}
