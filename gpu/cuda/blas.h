// What blas.c offers to Go.
#pragma once

#include <stdint.h>

typedef struct ashlar_blas ashlar_blas;

// ashlar_gemm is c = alpha·op(a)·op(b) + beta·c in columns, as BLAS has it, with
// addresses of the device.
typedef struct {
	int wide; // float64, else float32
	int trans_a, trans_b;
	int m, n, k;
	int lda, ldb, ldc;
	double alpha, beta;
	uintptr_t a, b, c;
} ashlar_gemm;

// ashlar_blas_open returns NULL, and why, if path is no cuBLAS.
ashlar_blas *ashlar_blas_open(const char *path, char *why, int room);
void ashlar_blas_close(ashlar_blas *b);
int ashlar_blas_create(ashlar_blas *b, void **handle);
int ashlar_blas_destroy(ashlar_blas *b, void *handle);
int ashlar_blas_version(ashlar_blas *b, void *handle, int *version);
// ashlar_blas_prepare sets the mode of arithmetic of a handle, and its stream.
int ashlar_blas_prepare(ashlar_blas *b, void *handle, void *stream, int math);
int ashlar_blas_gemm(ashlar_blas *b, void *handle, const ashlar_gemm *g);
