// A cuBLAS on the host, for tests on the emulated driver: products as BLAS has
// them, in columns, of the functions that package cuda calls. VERSION is what it
// says it is; FAIL_CREATE is a status of cublasCreate; WITHOUT_SGEMM leaves that
// function out.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, TF32 = 3 };

typedef struct {
	void *stream;
	int math;
} Handle;

static int live; // handles

// Whoever closes the library has to have destroyed its handles.
__attribute__((destructor)) static void closing(void) {
	if (live) abort();
}

int cublasCreate_v2(Handle **h) {
#ifdef FAIL_CREATE
	return FAIL_CREATE;
#endif
	*h = calloc(1, sizeof **h);
	live++;
	return SUCCESS;
}

int cublasDestroy_v2(Handle *h) {
	live--;
	free(h);
	return SUCCESS;
}

int cublasGetVersion_v2(Handle *h, int *version) { return h ? (*version = VERSION, SUCCESS) : NOT_INITIALIZED; }
int cublasSetStream_v2(Handle *h, void *stream) { return h->stream = stream, SUCCESS; }
int cublasSetMathMode(Handle *h, int mode) { return h->math = mode, SUCCESS; }

// rounded has 10 bits of fraction, as TF32 has, the nearest ones.
static float rounded(float x, int math) {
	if (math != TF32) return x;
	uint32_t bits;
	memcpy(&bits, &x, sizeof bits);
	bits = (bits + 0xfff + (bits >> 13 & 1)) & ~0x1fffu;
	memcpy(&x, &bits, sizeof bits);
	return x;
}

static double exact(double x, int math) { return (void)math, x; }

#define GEMM(name, T, factor)                                                                                       \
	int name(Handle *h, int transA, int transB, int m, int n, int k, const T *alpha, const T *a, int lda,            \
	         const T *b, int ldb, const T *beta, T *c, int ldc) {                                                    \
		if (!h || !h->stream) return NOT_INITIALIZED;                                                                \
		if (m < 0 || n < 0 || k < 0 || lda < (transA ? k : m) || ldb < (transB ? n : k) || ldc < m)                   \
			return INVALID_VALUE;                                                                                    \
		for (long j = 0; j < n; j++)                                                                                 \
			for (long i = 0; i < m; i++) {                                                                           \
				T sum = 0;                                                                                           \
				for (long p = 0; p < k; p++)                                                                         \
					sum += factor(transA ? a[p + i * lda] : a[i + p * lda], h->math) *                               \
					       factor(transB ? b[j + p * ldb] : b[p + j * ldb], h->math);                                \
				c[i + j * ldc] = *alpha * sum + (*beta == 0 ? 0 : *beta * c[i + j * ldc]);                           \
			}                                                                                                        \
		return SUCCESS;                                                                                              \
	}

GEMM(cublasDgemm_v2, double, exact)
#ifndef WITHOUT_SGEMM
GEMM(cublasSgemm_v2, float, rounded)
#endif
