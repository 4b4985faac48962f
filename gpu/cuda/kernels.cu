// The kernels that every device has. What they compute is written in package
// device (launch.go, gather.go, opcode.go, elementwise.go); compile.py makes kernels.ptx
// of this file. All parameters are 64 bits wide.
//
// Compiled without contraction of a*b+c: elementwise results are those of the
// CPU, but for the last bits of the transcendental functions.

#include "opcode.h"

typedef long long i64;
typedef unsigned long long u64;

__device__ static i64 first() { return (i64)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ static i64 stride() { return (i64)gridDim.x * blockDim.x; }

// ---- fill

template <typename T> __device__ static void fillWith(T* dst, i64 n, T v) {
	for (i64 i = first(); i < n; i += stride()) dst[i] = v;
}

extern "C" __global__ void fill(void* dst, i64 n, i64 size, u64 bits) {
	switch (size) {
	case 1: fillWith((unsigned char*)dst, n, (unsigned char)bits); break;
	case 4: fillWith((unsigned int*)dst, n, (unsigned int)bits); break;
	case 8: fillWith((u64*)dst, n, bits); break;
	}
}

// ---- gather

// place returns where element number i of the result is in an operand.
__device__ static i64 place(i64 i, const i64* shape, const i64* strides, i64 rank) {
	i64 at = 0;
	for (i64 d = rank - 1; d > 0; d--) {
		i64 n = shape[d];
		at += i % n * strides[d];
		i /= n;
	}
	return rank > 0 ? at + i * strides[0] : 0;
}

struct Pair {
	u64 a, b;
};

template <typename T>
__device__ static void gatherAs(void* dst, const void* src, i64 n, const i64* table, i64 rank) {
	for (i64 i = first(); i < n; i += stride())
		((T*)dst)[i] = ((const T*)src)[place(i, table, table + rank, rank)];
}

extern "C" __global__ void gather(void* dst, const void* src, i64 size, i64 n, const i64* table, i64 rank) {
	switch (size) {
	case 1: gatherAs<unsigned char>(dst, src, n, table, rank); break;
	case 4: gatherAs<unsigned int>(dst, src, n, table, rank); break;
	case 8: gatherAs<u64>(dst, src, n, table, rank); break;
	case 16: gatherAs<Pair>(dst, src, n, table, rank); break;
	}
}

// ---- elementwise

// Operands are at most 2^53 in magnitude where int64 meets float64, or rounded
// once; with `round`, once to float32.
__device__ static double load(const void* p, i64 type, i64 i, bool round) {
	switch (type) {
	case Bool:
	case Uint8: return ((const unsigned char*)p)[i];
	case Int32: return ((const int*)p)[i];
	case Int64: return round ? (double)(float)((const i64*)p)[i] : (double)((const i64*)p)[i];
	case Float32: return ((const float*)p)[i];
	}
	return ((const double*)p)[i];
}

__device__ static void store(void* p, i64 type, i64 i, double v) {
	switch (type) {
	case Bool: ((unsigned char*)p)[i] = v != 0; break;
	case Float32: ((float*)p)[i] = (float)v; break;
	default: ((double*)p)[i] = v;
	}
}

// The remainder has the sign of b; the quotient belongs to it.
__device__ static double floorMod(double a, double b) {
	if (b == 0) return nan("");
	double r = fmod(a, b);
	if (r == 0) return copysign(0.0, b);
	return (b < 0) != (r < 0) ? r + b : r;
}

__device__ static double floorDiv(double a, double b) {
	if (b == 0) return a / b;
	double r = fmod(a, b), q = (a - r) / b;
	if (r != 0 && (b < 0) != (r < 0)) q--;
	if (q == 0) return copysign(0.0, a / b);
	double whole = floor(q);
	return q - whole > 0.5 ? whole + 1 : whole;
}

// NaN wins, and -0 is below 0.
__device__ static double lesser(double a, double b) {
	if (a != a || b != b) return nan("");
	if (a == b) return signbit(a) ? a : b;
	return a < b ? a : b;
}

__device__ static double sign(double a) { return a > 0 ? 1 : a < 0 ? -1 : a; }

__device__ static double apply(int op, double a, double b, double c) {
	switch (op) {
	case OpMove: return a;
	case OpTruth: return a != 0;
	case OpAdd: return a + b;
	case OpSub: return a - b;
	case OpMul: return a * b;
	case OpDiv: return a / b;
	case OpFloorDiv: return floorDiv(a, b);
	case OpMod: return floorMod(a, b);
	case OpMin: return lesser(a, b);
	case OpMax: return -lesser(-a, -b);
	case OpPow: return pow(a, b);
	case OpNeg: return -a;
	case OpAbs: return fabs(a);
	case OpSign: return sign(a);
	case OpSqrt: return sqrt(a);
	case OpExp: return exp(a);
	case OpExpm1: return expm1(a);
	case OpLog: return log(a);
	case OpLog1p: return log1p(a);
	case OpSin: return sin(a);
	case OpCos: return cos(a);
	case OpTan: return tan(a);
	case OpTanh: return tanh(a);
	case OpFloor: return floor(a);
	case OpCeil: return ceil(a);
	case OpRound: return rint(a);
	case OpFMA: return fma(a, b, c);
	case OpIsNaN: return a != a;
	case OpEq: return a == b;
	case OpNe: return a != b;
	case OpLt: return a < b;
	case OpLe: return a <= b;
	case OpGt: return a > b;
	case OpGe: return a >= b;
	case OpAnd: return a != 0 && b != 0;
	case OpOr: return a != 0 || b != 0;
	case OpXor: return (a != 0) != (b != 0);
	case OpNot: return a == 0;
	case OpWhere: return a != 0 ? b : c;
	}
	return nan("");
}

extern "C" __global__ void elementwise(void* dst, i64 type, i64 n, const i64* table,
                                       i64 rank, i64 operands, i64 instrs, i64 result) {
	const i64* shape = table;
	const i64* inputs = shape + rank;
	const i64* code = inputs + operands * (2 + rank);
	double r[MaxRegisters];
	for (i64 i = first(); i < n; i += stride()) {
		for (i64 pc = 0; pc < instrs; pc++) {
			u64 w = (u64)code[2 * pc];
			i64 imm = code[2 * pc + 1];
			int op = w & 255;
			bool round = w >> 40 & 1;
			double v;
			if (op == OpLoad) {
				const i64* in = inputs + imm * (2 + rank);
				v = load((const void*)in[0], in[1], place(i, shape, in + 2, rank), round);
			} else if (op == OpConst) {
				v = __longlong_as_double(imm);
			} else {
				v = apply(op, r[w >> 16 & 255], r[w >> 24 & 255], r[w >> 32 & 255]);
			}
			r[w >> 8 & 255] = round ? (double)(float)v : v;
		}
		store(dst, type, i, r[result]);
	}
}

// ---- gemm

enum { Depth = 16, Sub = 4, Side = GemmTile / Sub }; // Side² == Threads

// stage copies a GemmTile×Depth tile of a matrix to shared memory, zero where
// there is no element. Neighbouring threads read along the short stride.
template <typename T>
__device__ static void stage(T (*to)[GemmTile + 1], const T* m, i64 row, i64 rows, i64 rowStride,
                             i64 k, i64 depth, i64 kStride) {
	for (int e = threadIdx.x; e < GemmTile * Depth; e += Threads) {
		int i = kStride == 1 ? e / Depth : e % GemmTile;
		int d = kStride == 1 ? e % Depth : e / GemmTile;
		bool inside = row + i < rows && k + d < depth;
		to[d][i] = inside ? m[(row + i) * rowStride + (k + d) * kStride] : (T)0;
	}
}

// Each block computes tiles of GemmTile², each thread Sub² elements of one.
template <typename T>
__device__ static void gemm(i64 m, i64 n, i64 k, T alpha, const T* a, i64 aRow, i64 aCol,
                            const T* b, i64 bRow, i64 bCol, T beta, T* c) {
	__shared__ T as[Depth][GemmTile + 1], bs[Depth][GemmTile + 1];
	const int ti = threadIdx.x / Side, tj = threadIdx.x % Side;
	const i64 row = (i64)blockIdx.x * GemmTile;
	for (i64 col = (i64)blockIdx.y * GemmTile; col < n; col += (i64)gridDim.y * GemmTile) {
		T sum[Sub][Sub] = {};
		for (i64 p = 0; p < k; p += Depth) {
			stage(as, a, row, m, aRow, p, k, aCol);
			stage(bs, b, col, n, bCol, p, k, bRow);
			__syncthreads();
			for (int d = 0; d < Depth; d++)
				for (int i = 0; i < Sub; i++)
					for (int j = 0; j < Sub; j++)
						sum[i][j] = fma(as[d][ti + i * Side], bs[d][tj + j * Side], sum[i][j]);
			__syncthreads();
		}
		for (int i = 0; i < Sub; i++)
			for (int j = 0; j < Sub; j++) {
				i64 y = row + ti + i * Side, x = col + tj + j * Side;
				if (y >= m || x >= n) continue;
				T v = alpha * sum[i][j];
				c[y * n + x] = beta == 0 ? v : fma(beta, c[y * n + x], v);
			}
	}
}

extern "C" __global__ void gemm_f64(i64 m, i64 n, i64 k, double alpha, const double* a, i64 aRow, i64 aCol,
                                    const double* b, i64 bRow, i64 bCol, double beta, double* c) {
	gemm<double>(m, n, k, alpha, a, aRow, aCol, b, bRow, bCol, beta, c);
}

extern "C" __global__ void gemm_f32(i64 m, i64 n, i64 k, double alpha, const float* a, i64 aRow, i64 aCol,
                                    const float* b, i64 bRow, i64 bCol, double beta, float* c) {
	gemm<float>(m, n, k, (float)alpha, a, aRow, aCol, b, bRow, bCol, (float)beta, c);
}

// ---- sums

// A block adds up a row: each thread every Threads-th element, then a tree.
template <typename T> __device__ static void sumRows(double* dst, const T* src, i64 outer, i64 n) {
	__shared__ double part[Threads];
	for (i64 o = blockIdx.x; o < outer; o += gridDim.x) {
		double s = 0;
		for (i64 j = threadIdx.x; j < n; j += Threads) s += src[o * n + j];
		part[threadIdx.x] = s;
		__syncthreads();
		for (int half = Threads / 2; half > 0; half /= 2) {
			if ((int)threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
			__syncthreads();
		}
		if (threadIdx.x == 0) dst[o] = part[0]; // which only this thread writes
	}
}

// A thread adds up a column, in runs, which keeps the error of long columns low.
template <typename T> __device__ static void sumColumns(double* dst, const T* src, i64 outer, i64 n, i64 inner) {
	const i64 run = 128;
	for (i64 e = first(); e < outer * inner; e += stride()) {
		const T* from = src + e / inner * n * inner + e % inner;
		double s = 0;
		for (i64 j = 0; j < n; j += run) {
			double part = 0;
			i64 end = j + run < n ? j + run : n;
			for (i64 q = j; q < end; q++) part += from[q * inner];
			s += part;
		}
		dst[e] = s;
	}
}

extern "C" __global__ void sum_rows_f64(double* dst, const double* src, i64 outer, i64 n, i64 inner) {
	sumRows(dst, src, outer, n);
}

extern "C" __global__ void sum_rows_f32(double* dst, const float* src, i64 outer, i64 n, i64 inner) {
	sumRows(dst, src, outer, n);
}

extern "C" __global__ void sum_columns_f64(double* dst, const double* src, i64 outer, i64 n, i64 inner) {
	sumColumns(dst, src, outer, n, inner);
}

extern "C" __global__ void sum_columns_f32(double* dst, const float* src, i64 outer, i64 n, i64 inner) {
	sumColumns(dst, src, outer, n, inner);
}
