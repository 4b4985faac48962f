//go:build cuda && cgo && linux && (amd64 || arm64)

// gorgonia.org/cu links against libcuda, and its init ends the process when
// cuInit fails. A program that may meet a machine without a driver can bear
// neither. So the functions that it calls are defined here, and jump through a
// table that cuInit fills from libcuda.so.1 when that can be opened. When it
// cannot, cuInit reports success, and every other function that there is no
// device; ashlar_driver_error says why.
//
// The symbols are hidden: libraries that open libcuda themselves, as cuBLAS
// does, never meet them.

#include <dlfcn.h>
#include <stdio.h>

enum { SUCCESS = 0, NO_DEVICE = 100, NOT_FOUND = 500 };

static int missing_status = NO_DEVICE;

// missing stands for every function that the driver does not have. Its callers
// pass arguments in registers or on a stack that they clear themselves.
static int missing(void) { return missing_status; }

#if defined(__x86_64__)
#define JUMP(name) "\tjmp *ashlar_" #name "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(name) "\tadrp x16, ashlar_" #name "\n\tldr x16, [x16, :lo12:ashlar_" #name "]\n\tbr x16\n"
#endif

#define DRIVER(name)                                                           \
	__attribute__((visibility("hidden"), used)) void *ashlar_##name = missing; \
	__asm__(".text\n.globl " #name "\n.hidden " #name "\n.type " #name         \
	        ", %function\n.p2align 4\n" #name ":\n" JUMP(name) ".size " #name ", .-" #name "\n");
#include "driver.h"
#undef DRIVER

static const struct {
	const char *name;
	void **slot;
} table[] = {
#define DRIVER(name) {#name, &ashlar_##name},
#include "driver.h"
#undef DRIVER
};

static char driver_error[256];

// ashlar_driver_error returns why there is no driver, or the empty string.
__attribute__((visibility("hidden"))) const char *ashlar_driver_error(void) { return driver_error; }

// cuInit is called by the init of package cu, before anything else is.
__attribute__((visibility("hidden"))) int cuInit(unsigned int flags) {
	void *lib = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		const char *why = dlerror();
		snprintf(driver_error, sizeof driver_error, "%s", why ? why : "libcuda.so.1 cannot be opened");
		return SUCCESS;
	}
	int (*init)(unsigned int) = (int (*)(unsigned int))dlsym(lib, "cuInit");
	int status = init ? init(flags) : NOT_FOUND;
	if (status != SUCCESS) {
		snprintf(driver_error, sizeof driver_error, "the CUDA driver does not start: cuInit returned %d%s", status,
		         status == NO_DEVICE ? " (no device)" : "");
		return SUCCESS;
	}
	missing_status = NOT_FOUND;
	for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
		void *f = dlsym(lib, table[i].name);
		if (f) *table[i].slot = f;
	}
	return SUCCESS;
}
