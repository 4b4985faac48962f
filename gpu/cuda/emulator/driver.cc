// A CUDA driver with one device, whose memory and processor are those of the
// host. It has the functions that package cuda calls, and does at once what it
// is asked to. The PTX is not looked at: the kernels are kernels.cu, compiled
// for the host. build.sh makes it.

#include "grid.h"

namespace {
#include "../kernels.cu"
}

#include <cuda.h>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace {

const size_t totalMemory = 1 << 30;

std::mutex mu; // guards all that follows, and runs one kernel at a time
std::map<uintptr_t, size_t> allocations;
std::set<void *> pinned;
size_t used;
CUresult failed = CUDA_SUCCESS; // sticky

// visible reports whether a device is to be seen, as CUDA_VISIBLE_DEVICES asks.
bool visible() {
	const char *v = getenv("CUDA_VISIBLE_DEVICES");
	return !v || !strcmp(v, "0");
}

// inside reports whether a range lies in one allocation.
bool inside(CUdeviceptr p, size_t n) {
	auto it = allocations.upper_bound(p);
	if (it == allocations.begin()) return false;
	--it;
	return p - it->first <= it->second && n <= it->second - (p - it->first);
}

template <typename F> CUresult call(F f) {
	std::lock_guard<std::mutex> lock(mu);
	if (failed == CUDA_SUCCESS) {
		CUresult r = f();
		if (r == CUDA_ERROR_ILLEGAL_ADDRESS) failed = r;
		if (r != CUDA_SUCCESS) return r;
	}
	return failed;
}

template <typename T> T arg(void **params, int i) {
	static_assert(sizeof(T) == 8, "a parameter is 64 bits wide");
	T v;
	memcpy(&v, params[i], sizeof v);
	return v;
}

// bind makes a call of a kernel of the parameters of a launch.
template <typename... P, size_t... I>
std::function<void()> binding(void (*f)(P...), void **params, std::index_sequence<I...>) {
	return [=] { f(arg<P>(params, I)...); };
}

typedef std::function<void()> (*Binder)(void **params);

template <typename... P> struct Kernel {
	template <void (*f)(P...)> static std::function<void()> binder(void **params) {
		return binding(f, params, std::index_sequence_for<P...>{});
	}
};

template <typename... P> Kernel<P...> kernelOf(void (*)(P...));

#define KERNEL(name) {#name, decltype(kernelOf(name))::binder<name>}

#define FOLDS(name) KERNEL(fold_rows_##name), KERNEL(fold_columns_##name), KERNEL(merge_##name)

const std::map<std::string, Binder> kernels = {
	KERNEL(fill), KERNEL(ramp), KERNEL(gather), KERNEL(scatter), KERNEL(elementwise), KERNEL(random_numbers), KERNEL(positions),
	KERNEL(gemm_f64), KERNEL(gemm_f32), KERNEL(trsm_f64), KERNEL(trsm_f32), KERNEL(potrf_f64), KERNEL(potrf_f32), KERNEL(lower_f64), KERNEL(lower_f32),
	FOLDS(sum), FOLDS(prod), FOLDS(extreme), FOLDS(moments), FOLDS(arg), FOLDS(logic),
};

int token; // what handles of contexts, streams, events and modules point to

template <typename T> CUresult give(T *to) {
	*to = (T)&token;
	return CUDA_SUCCESS;
}

} // namespace

extern "C" {

CUresult cuInit(unsigned) { return visible() ? CUDA_SUCCESS : CUDA_ERROR_NO_DEVICE; }
CUresult cuDriverGetVersion(int *v) { return *v = 12000, CUDA_SUCCESS; }
CUresult cuDeviceGetCount(int *n) { return *n = 1, CUDA_SUCCESS; }
CUresult cuDeviceGet(CUdevice *d, int) { return *d = 0, CUDA_SUCCESS; }
CUresult cuDeviceGetName(char *name, int n, CUdevice) { return strncpy(name, "emulator", n), CUDA_SUCCESS; }
CUresult cuDeviceTotalMem_v2(size_t *n, CUdevice) { return *n = totalMemory, CUDA_SUCCESS; }
CUresult cuDeviceGetUuid(CUuuid *id, CUdevice) { return memset(id, 0xe, sizeof *id), CUDA_SUCCESS; }
CUresult cuDeviceGetAttribute(int *v, CUdevice_attribute a, CUdevice) {
	return *v = a == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 7 : 0, CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *c, CUdevice) { return give(c); }
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice) { return CUDA_SUCCESS; }
CUresult cuCtxSetCurrent(CUcontext c) { return c ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT; }

CUresult cuMemGetInfo_v2(size_t *available, size_t *total) {
	return call([=] { return *available = totalMemory - used, *total = totalMemory, CUDA_SUCCESS; });
}

CUresult cuMemAlloc_v2(CUdeviceptr *p, size_t n) {
	return call([=] {
		if (n == 0) return CUDA_ERROR_INVALID_VALUE;
		void *m = n <= totalMemory - used ? aligned_alloc(256, (n + 255) / 256 * 256) : nullptr;
		if (!m) return CUDA_ERROR_OUT_OF_MEMORY;
		memset(m, 0xff, n);
		allocations[(uintptr_t)m] = n;
		used += n;
		*p = (CUdeviceptr)m;
		return CUDA_SUCCESS;
	});
}

CUresult cuMemFree_v2(CUdeviceptr p) {
	return call([=] {
		auto it = allocations.find(p);
		if (it == allocations.end()) return CUDA_ERROR_INVALID_VALUE;
		memset((void *)p, 0xff, it->second);
		used -= it->second;
		allocations.erase(it);
		free((void *)p);
		return CUDA_SUCCESS;
	});
}

CUresult cuMemAllocHost_v2(void **p, size_t n) {
	return call([=] {
		*p = n ? aligned_alloc(4096, (n + 4095) / 4096 * 4096) : nullptr;
		if (!*p) return n ? CUDA_ERROR_OUT_OF_MEMORY : CUDA_ERROR_INVALID_VALUE;
		pinned.insert(*p);
		return CUDA_SUCCESS;
	});
}

CUresult cuMemFreeHost(void *p) {
	return call([=] {
		if (!pinned.erase(p)) return CUDA_ERROR_INVALID_VALUE;
		free(p);
		return CUDA_SUCCESS;
	});
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr dst, const void *src, size_t n, CUstream) {
	return call([=] { return inside(dst, n) ? (memcpy((void *)dst, src, n), CUDA_SUCCESS) : CUDA_ERROR_ILLEGAL_ADDRESS; });
}

CUresult cuMemcpyDtoHAsync_v2(void *dst, CUdeviceptr src, size_t n, CUstream) {
	return call([=] { return inside(src, n) ? (memcpy(dst, (void *)src, n), CUDA_SUCCESS) : CUDA_ERROR_ILLEGAL_ADDRESS; });
}

CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr dst, CUdeviceptr src, size_t n, CUstream) {
	return call([=] {
		if (!inside(dst, n) || !inside(src, n)) return CUDA_ERROR_ILLEGAL_ADDRESS;
		return memcpy((void *)dst, (void *)src, n), CUDA_SUCCESS;
	});
}

CUresult cuStreamCreate(CUstream *s, unsigned) { return give(s); }
CUresult cuStreamDestroy_v2(CUstream) { return CUDA_SUCCESS; }
CUresult cuStreamSynchronize(CUstream) { return failed; }
CUresult cuStreamWaitEvent(CUstream, CUevent, unsigned) { return failed; }
CUresult cuEventCreate(CUevent *e, unsigned) { return give(e); }
CUresult cuEventRecord(CUevent, CUstream) { return failed; }
CUresult cuEventSynchronize(CUevent) { return failed; }
CUresult cuEventDestroy_v2(CUevent) { return CUDA_SUCCESS; }

CUresult cuModuleLoadData(CUmodule *m, const void *image) {
	return strstr((const char *)image, ".target sm_70") ? give(m) : CUDA_ERROR_INVALID_PTX;
}
CUresult cuModuleUnload(CUmodule) { return failed; }
CUresult cuModuleGetFunction(CUfunction *f, CUmodule, const char *name) {
	auto it = kernels.find(name);
	if (it == kernels.end()) return CUDA_ERROR_NOT_FOUND;
	*f = (CUfunction)&it->second;
	return CUDA_SUCCESS;
}

CUresult cuLaunchKernel(CUfunction f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                        unsigned, CUstream, void **params, void **) {
	return call([=] {
		if (!gx || !gy || !gz || gy > 65535 || gz > 65535 || !bx || !by || !bz || bx * by * bz > 1024)
			return CUDA_ERROR_INVALID_VALUE;
		grid::run({gx, gy, gz}, {bx, by, bz}, (*(const Binder *)f)(params));
		return CUDA_SUCCESS;
	});
}

} // extern "C"
