"""OpenBLAS under numpy, or MKL: operations of BLAS and LAPACK on matrices in
files.

args: op, type (f64, f32), m, n, k (a is m×k and b k×n of a product; all else is
n×n, or vectors of n), threads, a, b (files of raw row-major values).
"""

import time

import serve

options = serve.arguments("openblas", "mkl")

try:
    import ctypes

    import numpy

    import blas
    import native
    from native import LEFT, LOWER, NONUNIT, PLAIN, RIGHT, ROWS, TURNED, at
except ModuleNotFoundError as error:
    serve.missing(error)

SMALL = 1 << 18  # elements, or multiplications of a product / 8, beside which a call from Python counts
LINES = {"axpy": 1, "dot": 1, "gemv": 2, "gemv-turned": 2, "ger": 2}  # and their dimensions


class Operation:
    """One operation on given operands; c is what it writes."""

    def __init__(self, args):
        self.args, self.kind = args, {"f64": numpy.float64, "f32": numpy.float32}[args["type"]]
        self.letter = "d" if args["type"] == "f64" else "s"
        self.real = ctypes.c_double if args["type"] == "f64" else ctypes.c_float
        self.m, self.n, self.k = (library.whole(args[x]) for x in "mnk")
        self.fresh = None  # what c is before each call, if that matters

    def load(self, name, *shape):
        return numpy.fromfile(self.args[name], self.kind, count=numpy.prod(shape)).reshape(shape)

    def call(self, name, *args, result=None):
        """Returns what calls a routine of BLAS; whole numbers are lengths."""
        f = library.routine(f"cblas_{self.letter}{name}", result)
        real = [self.real(x) if isinstance(x, float) else at(x) if isinstance(x, numpy.ndarray) else x for x in args]
        return lambda alive=args: f(*real)

    def gemm(self):
        m, n, k = (self.args[x] for x in "mnk")
        self.a, self.b = self.load("a", m, k), self.load("b", k, n)
        self.c = numpy.empty((m, n), self.kind)
        return self.product(self.m)

    def product(self, m):
        return self.call("gemm", ROWS, PLAIN, PLAIN, m, self.n, self.k, 1.0, self.a, self.k, self.b, self.n, 0.0, self.c, self.n)

    def keep(self, x):
        self.kept = getattr(self, "kept", []) + [x]
        return x

    def squares(self):
        n = self.args["n"]
        self.a, self.b = self.load("a", n, n), self.load("b", n, n)
        self.c = numpy.zeros((n, n), self.kind)

    def syrk(self, turned=PLAIN):
        self.squares()
        return self.call("syrk", ROWS, LOWER, turned, self.n, self.n, 1.0, self.a, self.n, 0.0, self.c, self.n)

    def syrk_turned(self):
        return self.syrk(TURNED)

    def symm(self, side=LEFT):
        self.squares()
        return self.call("symm", ROWS, side, LOWER, self.n, self.n, 1.0, self.a, self.n, self.b, self.n, 0.0, self.c, self.n)

    def symm_right(self):
        return self.symm(RIGHT)

    def triangle(self, name, side):
        self.squares()
        self.fresh = self.b
        return self.call(name, ROWS, side, LOWER, PLAIN, NONUNIT, self.n, self.n, 1.0, self.a, self.n, self.c, self.n)

    def trmm(self):
        return self.triangle("trmm", LEFT)

    def trmm_right(self):
        return self.triangle("trmm", RIGHT)

    def trsm(self):
        return self.triangle("trsm", LEFT)

    def trsm_right(self):
        return self.triangle("trsm", RIGHT)

    def by_columns(self):
        """Factors are made of a copy, within the time, as on our side."""
        n = self.args["n"]
        self.a = numpy.asfortranarray(self.load("a", n, n))
        self.c = numpy.empty_like(self.a)

    def factored(self, name, *args):
        numpy.copyto(self.c, self.a)
        library.lapack(name, *args)

    def potrf(self):
        self.by_columns()
        self.result = lambda: numpy.tril(self.c)
        return lambda: self.factored("dpotrf", ctypes.c_char(b"L"), self.n, self.c, self.n)

    def getrf(self):
        self.by_columns()
        pivots = numpy.empty(self.args["n"], numpy.int64)
        return lambda: self.factored("dgetrf", self.n, self.n, self.c, self.n, pivots)

    def qr(self):
        """R, and Q in its place."""
        self.by_columns()
        n = self.args["n"]
        tau, r, work = numpy.empty(n), numpy.empty((n, n)), numpy.empty(64 * n)
        size = library.whole(work.size)

        def run():
            self.factored("dgeqrf", self.n, self.n, self.c, self.n, tau, work, size)
            numpy.copyto(r, self.c)
            library.lapack("dorgqr", self.n, self.n, self.n, self.c, self.n, tau, work, size)

        self.result = lambda: abs(numpy.triu(r))
        return run

    def gemv(self, turned=PLAIN):
        self.squares()
        self.c = numpy.zeros(self.args["n"], self.kind)
        one = library.whole(1)
        return self.call("gemv", ROWS, turned, self.n, self.n, 1.0, self.a, self.n, self.b, one, 0.0, self.c, one)

    def gemv_turned(self):
        return self.gemv(TURNED)

    def ger(self):
        n, one = self.args["n"], library.whole(1)
        self.squares()
        self.c = self.a
        x, y = self.keep(self.b[0].copy()), self.keep(self.b[1].copy())
        return self.call("ger", ROWS, self.n, self.n, 1.0, x, one, y, one, self.c, self.n)

    def vectors(self):
        n = self.args["n"]
        self.a, self.c = self.load("a", n), self.load("b", n)
        return library.whole(1)

    def axpy(self):
        one = self.vectors()
        return self.call("axpy", self.n, 1.0, self.a, one, self.c, one)

    def dot(self):
        one = self.vectors()
        product = self.call("dot", self.n, self.a, one, self.c, one, result=self.real)

        def run():
            self.product = product()

        self.result = lambda: numpy.array([self.product])
        return run

    def nothing(self):
        """Returns what calls a routine of BLAS that has nothing to do."""
        one = library.whole(1)
        return self.call("dot", library.whole(0), self.c, one, self.c, one, result=self.real)

    def result(self):
        return self.c


def prepare(case, args):
    library.limit(args["threads"])
    o = Operation(args)
    run = getattr(o, args["op"].replace("-", "_"))()
    work = args["n"] ** LINES.get(args["op"], 0)
    if args["op"] not in LINES:
        work = args["m"] * args["n"] * args["k"] / 8

    def once():
        if o.fresh is not None:
            numpy.copyto(o.c, o.fresh)
        start = time.perf_counter()
        run()
        return time.perf_counter() - start, None

    nothing = o.product(library.whole(0)) if args["op"] == "gemm" else o.nothing()
    return serve.Net(run, nothing) if work <= SMALL else serve.Timed(once), lambda _: blas.figures(o.result())


if options.peer == "mkl":
    try:
        library = native.mkl()
    except FileNotFoundError:
        serve.missing(ModuleNotFoundError(name="mkl"))
else:
    blas.insist_on_best()
    library = native.openblas()
serve.serve(library.version, prepare)
