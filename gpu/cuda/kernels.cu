// The kernels that every device has. What they compute is written in package
// device (launch.go, gather.go, fold.go, random.go,
// factor.go, opcode.go, elementwise.go); compile.py makes kernels.ptx of this file. All parameters are 64 bits wide.
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

// A view is the source or, back, the destination.
template <bool back, typename T>
__device__ static void moveAs(void* dst, const void* src, i64 n, const i64* table, i64 rank) {
	for (i64 i = first(); i < n; i += stride()) {
		i64 view = place(i, table, table + rank, rank);
		((T*)dst)[back ? view : i] = ((const T*)src)[back ? i : view];
	}
}

template <bool back>
__device__ static void move(void* dst, const void* src, i64 size, i64 n, const i64* table, i64 rank) {
	switch (size) {
	case 1: moveAs<back, unsigned char>(dst, src, n, table, rank); break;
	case 4: moveAs<back, unsigned int>(dst, src, n, table, rank); break;
	case 8: moveAs<back, u64>(dst, src, n, table, rank); break;
	case 16: moveAs<back, Pair>(dst, src, n, table, rank); break;
	}
}

extern "C" __global__ void gather(void* dst, const void* src, i64 size, i64 n, const i64* table, i64 rank) {
	move<false>(dst, src, size, n, table, rank);
}

extern "C" __global__ void scatter(void* dst, const void* src, i64 size, i64 n, const i64* table, i64 rank) {
	move<true>(dst, src, size, n, table, rank);
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

extern "C" __global__ void ramp(void* dst, i64 type, i64 n, double a, double b, i64 from) {
	for (i64 i = first(); i < n; i += stride()) store(dst, type, i, a + b * (double)(from + i));
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
                            const T* b, i64 bRow, i64 bCol, T beta, T* c, i64 cRow, i64 cCol) {
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
				T* to = c + y * cRow + x * cCol;
				*to = beta == 0 ? v : fma(beta, *to, v);
			}
	}
}

extern "C" __global__ void gemm_f64(i64 m, i64 n, i64 k, double alpha, const double* a, i64 aRow, i64 aCol,
                                    const double* b, i64 bRow, i64 bCol, double beta, double* c, i64 cRow, i64 cCol) {
	gemm<double>(m, n, k, alpha, a, aRow, aCol, b, bRow, bCol, beta, c, cRow, cCol);
}

extern "C" __global__ void gemm_f32(i64 m, i64 n, i64 k, double alpha, const float* a, i64 aRow, i64 aCol,
                                    const float* b, i64 bRow, i64 bCol, double beta, float* c, i64 cRow, i64 cCol) {
	gemm<float>(m, n, k, (float)alpha, a, aRow, aCol, b, bRow, bCol, (float)beta, c, cRow, cCol);
}

// ---- reductions

// Elements are taken as double or as i64, which hold every one of their types.
struct Real {
	typedef double Value;
	__device__ static double load(const void* p, i64 type, i64 i) {
		return type == Float32 ? ((const float*)p)[i] : ((const double*)p)[i];
	}
	__device__ static void store(void* p, i64 type, i64 i, double v) { ::store(p, type, i, v); }
	__device__ static double lesser(double a, double b) { return ::lesser(a, b); }
	__device__ static bool below(double a, double b) { return a < b || (a != a && b == b); }
	__device__ static double most(i64) { return __longlong_as_double(0x7ff0000000000000); }
	__device__ static double least(i64) { return -most(0); }
};

struct Whole {
	typedef i64 Value;
	__device__ static i64 load(const void* p, i64 type, i64 i) {
		switch (type) {
		case Int32: return ((const int*)p)[i];
		case Int64: return ((const i64*)p)[i];
		}
		return ((const unsigned char*)p)[i];
	}
	__device__ static void store(void* p, i64 type, i64 i, i64 v) {
		switch (type) {
		case Int32: ((int*)p)[i] = (int)v; break;
		case Int64: ((i64*)p)[i] = v; break;
		default: ((unsigned char*)p)[i] = (unsigned char)v;
		}
	}
	__device__ static i64 lesser(i64 a, i64 b) { return a < b ? a : b; }
	__device__ static bool below(i64 a, i64 b) { return a < b; }
	__device__ static i64 most(i64 type) {
		return type == Int64 ? 0x7fffffffffffffff : type == Int32 ? 0x7fffffff : 255;
	}
	__device__ static i64 least(i64 type) {
		return type == Int64 ? -0x7fffffffffffffff - 1 : type == Int32 ? -0x7fffffff - 1 : 0;
	}
};

// A fold has a State: none of no elements, with one element more, merged of two,
// read and written. How says of which type, and which fold of its family it is.
struct How {
	i64 type, fold;
};

template <typename E> struct Sum {
	typedef typename E::Value State;
	__device__ static State none(How) { return 0; }
	__device__ static State with(How h, State s, const void* p, i64 i, i64) { return plus(s, E::load(p, h.type, i)); }
	__device__ static State merge(How, State a, State b) { return plus(a, b); }
	__device__ static State read(How, const void* p, i64 i) { return ((const State*)p)[i]; }
	__device__ static void write(How, void* p, i64 i, State s) { ((State*)p)[i] = s; }
	__device__ static double plus(double a, double b) { return a + b; }
	__device__ static i64 plus(i64 a, i64 b) { return (i64)((u64)a + (u64)b); }
};

template <typename E> struct Prod {
	typedef typename E::Value State;
	__device__ static State none(How) { return 1; }
	__device__ static State with(How h, State s, const void* p, i64 i, i64) { return times(s, E::load(p, h.type, i)); }
	__device__ static State merge(How, State a, State b) { return times(a, b); }
	__device__ static State read(How, const void* p, i64 i) { return ((const State*)p)[i]; }
	__device__ static void write(How, void* p, i64 i, State s) { ((State*)p)[i] = s; }
	__device__ static double times(double a, double b) { return a * b; }
	__device__ static i64 times(i64 a, i64 b) { return (i64)((u64)a * (u64)b); }
};

template <typename E> struct Extreme {
	typedef typename E::Value State;
	__device__ static State none(How h) { return h.fold == FoldMax ? E::least(h.type) : E::most(h.type); }
	__device__ static State merge(How h, State a, State b) { return h.fold == FoldMax ? greater(a, b) : E::lesser(a, b); }
	__device__ static State with(How h, State s, const void* p, i64 i, i64) { return merge(h, s, E::load(p, h.type, i)); }
	__device__ static State read(How h, const void* p, i64 i) { return E::load(p, h.type, i); }
	__device__ static void write(How h, void* p, i64 i, State s) { E::store(p, h.type, i, s); }
	__device__ static double greater(double a, double b) { return -::lesser(-a, -b); }
	__device__ static i64 greater(i64 a, i64 b) { return a > b ? a : b; }
};

// Chan, Golub and LeVeque, as package kernels does it.
struct Moments {
	struct State {
		double n, mean, m2;
	};
	__device__ static State none(How) { return State{0, 0, 0}; }
	__device__ static State merge(How, State a, State b) {
		if (a.n == 0) return b;
		if (b.n == 0) return a;
		double n = a.n + b.n, delta = b.mean - a.mean, mean = a.mean + delta * (b.n / n);
		if (delta - delta != 0) mean = a.mean * (a.n / n) + b.mean * (b.n / n);
		return State{n, mean, a.m2 + b.m2 + delta * delta * (a.n * b.n / n)};
	}
	__device__ static State with(How h, State s, const void* p, i64 i, i64) {
		double x = load(p, h.type, i, false), d = x - s.mean;
		if (s.n == 0 || d - d != 0) return merge(h, s, State{1, x, x - x});
		s.n++;
		s.mean += d / s.n;
		s.m2 += d * (x - s.mean);
		return s;
	}
	__device__ static State read(How, const void* p, i64 i) { return ((const State*)p)[i]; }
	__device__ static void write(How, void* p, i64 i, State s) { ((State*)p)[i] = s; }
};

template <typename E> struct Arg {
	struct State {
		typename E::Value v;
		i64 at;
	};
	__device__ static State none(How) { return State{0, -1}; }
	__device__ static bool beats(How h, typename E::Value a, typename E::Value b) {
		return h.fold == FoldArgMax ? over(a, b) : E::below(a, b);
	}
	__device__ static bool over(double a, double b) { return a > b || (a != a && b == b); }
	__device__ static bool over(i64 a, i64 b) { return a > b; }
	__device__ static State merge(How h, State a, State b) {
		if (b.at < 0) return a;
		if (a.at < 0 || beats(h, b.v, a.v)) return b;
		return !beats(h, a.v, b.v) && b.at < a.at ? b : a;
	}
	__device__ static State with(How h, State s, const void* p, i64 i, i64 at) {
		return merge(h, s, State{E::load(p, h.type, i), at});
	}
	__device__ static State read(How, const void* p, i64 i) { return ((const State*)p)[i]; }
	__device__ static void write(How, void* p, i64 i, State s) { ((State*)p)[i] = s; }
};

struct Logic {
	typedef bool State;
	__device__ static State none(How h) { return h.fold == FoldAll; }
	__device__ static State merge(How h, State a, State b) { return h.fold == FoldAll ? a && b : a || b; }
	__device__ static State with(How h, State s, const void* p, i64 i, i64) { return merge(h, s, load(p, h.type, i, false) != 0); }
	__device__ static State read(How, const void* p, i64 i) { return ((const unsigned char*)p)[i] != 0; }
	__device__ static void write(How, void* p, i64 i, State s) { ((unsigned char*)p)[i] = s; }
};

// A block folds a slice: each thread every Threads-th element, then a tree.
template <typename F>
__device__ static void foldRows(void* dst, const void* src, How h, i64 outer, i64 n, i64 slices) {
	__shared__ unsigned char raw[Threads * sizeof(typename F::State)] __attribute__((aligned(16)));
	typename F::State* part = (typename F::State*)raw;
	const i64 length = (n + slices - 1) / slices;
	for (i64 o = blockIdx.x; o < outer * slices; o += gridDim.x) {
		i64 from = o % slices * length, to = from + length < n ? from + length : n;
		typename F::State s = F::none(h);
#pragma unroll 4
		for (i64 j = from + threadIdx.x; j < to; j += Threads) s = F::with(h, s, src, o / slices * n + j, j);
		part[threadIdx.x] = s;
		__syncthreads();
#pragma unroll 1
		for (int half = Threads / 2; half > 0; half /= 2) {
			if ((int)threadIdx.x < half) part[threadIdx.x] = F::merge(h, part[threadIdx.x], part[threadIdx.x + half]);
			__syncthreads();
		}
		if (threadIdx.x == 0) F::write(h, dst, o, part[0]); // which only this thread writes
	}
}

// A thread folds a column of a slice, in runs, which keeps the error of long
// columns low.
template <typename F>
__device__ static void foldColumns(void* dst, const void* src, How h, i64 outer, i64 n, i64 inner, i64 slices) {
	const i64 run = 128, length = (n + slices - 1) / slices;
	for (i64 e = first(); e < outer * slices * inner; e += stride()) {
		i64 i = e % inner, o = e / inner, from = o % slices * length, to = from + length < n ? from + length : n;
		typename F::State s = F::none(h);
		for (i64 j = from; j < to; j += run) {
			typename F::State part = F::none(h);
			for (i64 q = j; q < to && q < j + run; q++) part = F::with(h, part, src, (o / slices * n + q) * inner + i, q);
			s = F::merge(h, s, part);
		}
		F::write(h, dst, e, s);
	}
}

template <typename F>
__device__ static void mergeStates(void* dst, const void* src, How h, i64 outer, i64 n, i64 inner) {
	for (i64 e = first(); e < outer * inner; e += stride()) {
		i64 at = e / inner * n * inner + e % inner;
		typename F::State s = F::read(h, src, at);
#pragma unroll 1
		for (i64 j = 1; j < n; j++) s = F::merge(h, s, F::read(h, src, at + j * inner));
		F::write(h, dst, e, s);
	}
}

// FOLD makes the kernels of a family of folds.
#define FOLD(name, DO)                                                                                                \
	extern "C" __global__ void fold_rows_##name(void* dst, const void* src, i64 type, i64 fold, i64 outer, i64 n,      \
	                                            i64, i64 slices) {                                                     \
		DO(foldRows, (dst, src, How{type, fold}, outer, n, slices))                                                    \
	}                                                                                                                  \
	extern "C" __global__ void fold_columns_##name(void* dst, const void* src, i64 type, i64 fold, i64 outer, i64 n,   \
	                                               i64 inner, i64 slices) {                                            \
		DO(foldColumns, (dst, src, How{type, fold}, outer, n, inner, slices))                                          \
	}                                                                                                                  \
	extern "C" __global__ void merge_##name(void* dst, const void* src, i64 type, i64 fold, i64 outer, i64 n,          \
	                                        i64 inner) {                                                               \
		DO(mergeStates, (dst, src, How{type, fold}, outer, n, inner))                                                  \
	}

// How a family takes elements: all as double, or floats so and others as i64.
#define BOTH(f, F, args)                                                                                              \
	if (type >= Float32) f<F<Real>> args;                                                                              \
	else f<F<Whole>> args;
#define SUM(f, args) BOTH(f, Sum, args)
#define PROD(f, args) BOTH(f, Prod, args)
#define EXTREME(f, args) BOTH(f, Extreme, args)
#define ARG(f, args) BOTH(f, Arg, args)
#define MOMENTS(f, args) f<Moments> args;
#define LOGIC(f, args) f<Logic> args;

FOLD(sum, SUM)
FOLD(prod, PROD)
FOLD(extreme, EXTREME)
FOLD(moments, MOMENTS)
FOLD(arg, ARG)
FOLD(logic, LOGIC)

extern "C" __global__ void positions(void* states, i64 n, const i64* table, i64 axes) {
	for (i64 i = first(); i < n; i += stride()) {
		i64* state = (i64*)states + 2 * i;
		i64 rest = state[1], at = 0, step = 1;
		if (rest < 0) continue;
		for (i64 a = axes - 1; a >= 0; a--) {
			const i64* axis = table + 3 * a; // length, offset, whole
			at += (rest % axis[0] + axis[1]) * step;
			rest /= axis[0];
			step *= axis[2];
		}
		state[1] = at;
	}
}

// ---- blocks of factorisations

// A thread solves for a column of X.
template <typename T>
__device__ static void trsm(i64 n, i64 m, const T* t, i64 tRow, i64 tCol, T* x, i64 xRow, i64 xCol, bool upper, bool unit) {
	for (i64 c = first(); c < m; c += stride()) {
		T* column = x + c * xCol;
		for (i64 k = 0; k < n; k++) {
			i64 i = upper ? n - 1 - k : k, from = upper ? i + 1 : 0, to = upper ? n : i;
			T v = column[i * xRow];
			for (i64 j = from; j < to; j++) v = fma(-t[i * tRow + j * tCol], column[j * xRow], v);
			column[i * xRow] = unit ? v : v / t[i * tRow + i * tCol];
		}
	}
}

// One block factors column by column, and takes each from those to its right.
template <typename T> __device__ static void potrf(i64 n, T* a, i64 row, i64* minor, i64 base) {
	__shared__ i64 bad;
	if (threadIdx.x == 0) bad = *minor;
	__syncthreads();
	if (bad != 0) return;
	for (i64 j = 0; j < n; j++) {
		if (threadIdx.x == 0) {
			T pivot = a[j * row + j];
			if (pivot > 0 && pivot - pivot == 0) a[j * row + j] = sqrt(pivot);
			else *minor = bad = base + j + 1;
		}
		__syncthreads();
		if (bad != 0) return;
		for (i64 i = j + 1 + threadIdx.x; i < n; i += Threads) a[i * row + j] /= a[j * row + j];
		__syncthreads();
		i64 rest = n - j - 1;
		for (i64 e = threadIdx.x; e < rest * rest; e += Threads) {
			i64 i = j + 1 + e / rest, k = j + 1 + e % rest;
			if (k <= i) a[i * row + k] = fma(-a[i * row + j], a[k * row + j], a[i * row + k]);
		}
		__syncthreads();
	}
}

template <typename T> __device__ static void clearUpper(i64 n, T* a) {
	for (i64 e = first(); e < n * n; e += stride())
		if (e % n > e / n) a[e] = 0;
}

#define FACTOR(suffix, T)                                                                                            \
	extern "C" __global__ void trsm_##suffix(i64 n, i64 m, const T* t, i64 tRow, i64 tCol, T* x, i64 xRow, i64 xCol,  \
	                                         i64 upper, i64 unit) {                                                   \
		trsm<T>(n, m, t, tRow, tCol, x, xRow, xCol, upper, unit);                                                     \
	}                                                                                                                 \
	extern "C" __global__ void potrf_##suffix(i64 n, T* a, i64 row, i64* minor, i64 base) {                           \
		potrf<T>(n, a, row, minor, base);                                                                             \
	}                                                                                                                 \
	extern "C" __global__ void lower_##suffix(i64 n, T* a) { clearUpper<T>(n, a); }

FACTOR(f64, double)
FACTOR(f32, float)

// ---- random numbers

struct Bits {
	u64 even, odd;
};

// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
// easy as 1, 2, 3" (2011), counted by i and stream.
__device__ static Bits philox(u64 i, u64 stream, u64 seed) {
	unsigned c0 = (unsigned)i, c1 = (unsigned)(i >> 32), c2 = (unsigned)stream, c3 = (unsigned)(stream >> 32);
	unsigned k0 = (unsigned)seed, k1 = (unsigned)(seed >> 32);
	for (int round = 0; round < 10; round++) {
		u64 p = (u64)c0 * 0xD2511F53u, q = (u64)c2 * 0xCD9E8D57u;
		c0 = (unsigned)(q >> 32) ^ c1 ^ k0;
		c1 = (unsigned)q;
		c2 = (unsigned)(p >> 32) ^ c3 ^ k1;
		c3 = (unsigned)p;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
	return Bits{(u64)c1 << 32 | c0, (u64)c3 << 32 | c2};
}

__device__ static double unit(u64 x) { return (double)(x >> 11) * 1.1102230246251565e-16; } // 2^-53

// The logarithm of a number in [2^-53, 1], in the operations of package math of
// Go on amd64, so that the bits are the same. The method is that of FreeBSD's
// e_log.c.
__device__ static double logarithm(double x) {
	int k;
	double f = frexp(x, &k);
	if (f <= 7.07106781186547524401e-01) {
		f *= 2;
		k--;
	}
	f -= 1;
	double e = k, s = f / (2 + f), s2 = s * s, s4 = s2 * s2;
	double t1 = s2 * (6.666666666666735130e-01 + s4 * (2.857142874366239149e-01 + s4 * (1.818357216161805012e-01 + s4 * 1.479819860511658591e-01)));
	double t2 = s4 * (3.999999999940941908e-01 + s4 * (2.222219843214978396e-01 + s4 * 1.531383769920937332e-01));
	double half = 0.5 * f * f;
	return e * 6.93147180369123816490e-01 - ((half - (s * (half + (t1 + t2)) + e * 1.90821492927058770002e-10)) - f);
}

// The sine or cosine of a number in [0, 2π], likewise; the method is that of Cephes.
__device__ static double sincosOf(double x, bool cosine) {
	u64 j = (u64)(x * 1.2732395447351628);
	double y = (double)j;
	if (j & 1) {
		j++;
		y++;
	}
	j &= 7;
	double z = ((x - y * 7.85398125648498535156e-1) - y * 3.77489470793079817668e-8) - y * 2.69515142907905952645e-15;
	bool sineNegative = j > 3, cosineNegative = j > 3;
	if (j > 3) j -= 4;
	if (j > 1) cosineNegative = !cosineNegative;
	double zz = z * z;
	double c = 1.0 - 0.5 * zz + zz * zz * ((((((-1.13585365213876817300e-11 * zz) + 2.08757008419747316778e-9) * zz + -2.75573141792967388112e-7) * zz + 2.48015872888517045348e-5) * zz + -1.38888888888730564116e-3) * zz + 4.16666666666665929218e-2);
	double s = z + z * zz * ((((((1.58962301576546568060e-10 * zz) + -2.50507477628578072866e-8) * zz + 2.75573136213857245213e-6) * zz + -1.98412698295895385996e-4) * zz + 8.33333333332211858878e-3) * zz + -1.66666666666666307295e-1);
	if (j == 1 || j == 2) {
		double t = s;
		s = c;
		c = t;
	}
	if (cosine) return cosineNegative ? -c : c;
	return sineNegative ? -s : s;
}

enum { Uniform, Normal, Integers };

__device__ static void putRandom(void* dst, i64 type, i64 dist, i64 i, u64 index, Bits bits, double a, double b) {
	u64 own = index & 1 ? bits.odd : bits.even;
	if (dist == Integers) {
		i64 v = (i64)a + (i64)__umul64hi(own, (u64)((i64)b - (i64)a));
		if (type >= Float32) store(dst, type, i, (double)v);
		else Whole::store(dst, type, i, v);
	} else if (dist == Normal) {
		double r = b * sqrt(-2 * logarithm(1 - unit(bits.even)));
		store(dst, type, i, a + r * sincosOf(6.283185307179586 * unit(bits.odd), !(index & 1)));
	} else if (type == Float32) {
		float v = (float)a + (float)(own >> 40) * 5.9604644775390625e-08f * (float)(b - a); // 2^-24
		((float*)dst)[i] = v >= (float)b ? (float)a : v;
	} else {
		double v = a + unit(own) * (b - a);
		((double*)dst)[i] = v >= b ? a : v;
	}
}

extern "C" __global__ void random_numbers(void* dst, i64 type, i64 dist, i64 n, const i64* table, i64 rank, u64 seed, u64 stream,
                                          double a, double b) {
	for (i64 i = first(); i < n; i += stride()) {
		u64 index = 0, step = 1;
		i64 rest = i;
		for (i64 k = rank - 1; k >= 0; k--) {
			index += (u64)(rest % table[k] + table[rank + k]) * step;
			rest /= table[k];
			step *= (u64)table[2 * rank + k];
		}
		putRandom(dst, type, dist, i, index, philox(index / 2, stream, seed), a, b);
	}
}
