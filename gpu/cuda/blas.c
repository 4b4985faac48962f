//go:build cuda && cgo && linux && (amd64 || arm64)

// cuBLAS, opened at run time by name, so that programs neither link against it
// nor need it. Only functions whose form is the same in versions 11 to 13 are
// called. Statuses are those of cublasStatus_t, where 0 is success.

#include "blas.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

struct ashlar_blas {
	void *lib;
	int (*create)(void **handle);
	int (*destroy)(void *handle);
	int (*version)(void *handle, int *version);
	int (*set_stream)(void *handle, void *stream);
	int (*set_math)(void *handle, int mode);
	int (*dgemm)(void *, int, int, int, int, int, const double *, const void *, int, const void *, int, const double *, void *, int);
	int (*sgemm)(void *, int, int, int, int, int, const float *, const void *, int, const void *, int, const float *, void *, int);
};

static void *find(void *lib, const char *name, const char **missing) {
	void *f = dlsym(lib, name);
	if (!f) *missing = name;
	return f;
}

ashlar_blas *ashlar_blas_open(const char *path, char *why, int room) {
	void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		const char *e = dlerror();
		snprintf(why, room, "%s", e ? e : "it cannot be opened");
		return NULL;
	}
	const char *missing = NULL;
	ashlar_blas *b = calloc(1, sizeof *b);
	if (b) {
		b->lib = lib;
		*(void **)&b->create = find(lib, "cublasCreate_v2", &missing);
		*(void **)&b->destroy = find(lib, "cublasDestroy_v2", &missing);
		*(void **)&b->version = find(lib, "cublasGetVersion_v2", &missing);
		*(void **)&b->set_stream = find(lib, "cublasSetStream_v2", &missing);
		*(void **)&b->set_math = find(lib, "cublasSetMathMode", &missing);
		*(void **)&b->dgemm = find(lib, "cublasDgemm_v2", &missing);
		*(void **)&b->sgemm = find(lib, "cublasSgemm_v2", &missing);
		if (!missing) return b;
		snprintf(why, room, "it has no function %s", missing);
	} else {
		snprintf(why, room, "out of memory");
	}
	free(b);
	dlclose(lib);
	return NULL;
}

void ashlar_blas_close(ashlar_blas *b) {
	dlclose(b->lib);
	free(b);
}

int ashlar_blas_create(ashlar_blas *b, void **handle) { return b->create(handle); }
int ashlar_blas_destroy(ashlar_blas *b, void *handle) { return b->destroy(handle); }
int ashlar_blas_version(ashlar_blas *b, void *handle, int *version) { return b->version(handle, version); }

int ashlar_blas_prepare(ashlar_blas *b, void *handle, void *stream, int math) {
	int status = b->set_math(handle, math);
	return status ? status : b->set_stream(handle, stream);
}

int ashlar_blas_gemm(ashlar_blas *b, void *handle, const ashlar_gemm *g) {
	if (g->wide)
		return b->dgemm(handle, g->trans_a, g->trans_b, g->m, g->n, g->k, &g->alpha, (const void *)g->a, g->lda,
		                (const void *)g->b, g->ldb, &g->beta, (void *)g->c, g->ldc);
	float alpha = g->alpha, beta = g->beta;
	return b->sgemm(handle, g->trans_a, g->trans_b, g->m, g->n, g->k, &alpha, (const void *)g->a, g->lda,
	                (const void *)g->b, g->ldb, &beta, (void *)g->c, g->ldc);
}
