"""numpy: functions, arithmetic and reductions of long vectors on one thread.

args: type (f64, f32), op, x, y (files of raw values).
"""

import serve

try:
    import numpy
    import threadpoolctl
except ModuleNotFoundError as error:
    serve.missing(error)


def fused(x, y, out, spare):
    numpy.sqrt(x, out=out)
    numpy.multiply(out, 2, out=out)
    numpy.sin(x, out=spare)
    return numpy.add(out, spare, out=out)


def fma(x, y, out, spare):
    numpy.multiply(x, y, out=out)
    return numpy.add(out, y, out=out)


WIDTH = 1000  # of the vector as a matrix


def turned(x, y, out, spare):
    numpy.copyto(out.reshape(WIDTH, -1), x.reshape(-1, WIDTH).T)
    return out


# Results go to memory that is there already: numpy is slower without.
OPS = {
    "exp": lambda x, y, out, spare: numpy.exp(x, out=out),
    "log": lambda x, y, out, spare: numpy.log(x, out=out),
    "sin": lambda x, y, out, spare: numpy.sin(x, out=out),
    "cos": lambda x, y, out, spare: numpy.cos(x, out=out),
    "tanh": lambda x, y, out, spare: numpy.tanh(x, out=out),
    "sqrt": lambda x, y, out, spare: numpy.sqrt(x, out=out),
    "sqrt(x)*2+sin(x)": fused,
    "add": lambda x, y, out, spare: numpy.add(x, y, out=out),
    "x*y+y": fma,
    "sum": lambda x, y, out, spare: x.sum(),
    "mean": lambda x, y, out, spare: x.mean(),
    "var": lambda x, y, out, spare: x.var(),
    "min": lambda x, y, out, spare: x.min(),
    "dot": lambda x, y, out, spare: x @ y,
    "pow": lambda x, y, out, spare: numpy.power(x, y, out=out),
    "transpose": turned,
    "sum axis 0": lambda x, y, out, spare: x.reshape(-1, WIDTH).sum(axis=0),
    "var axis 0": lambda x, y, out, spare: x.reshape(-1, WIDTH).var(axis=0),
}


def figures(x):
    """The figures of our side's digestVector."""
    x = numpy.atleast_1d(x).astype(numpy.float64)
    weights = 1 + numpy.arange(x.size) % 11
    return {"weighted": weights @ x, "squares": (x * x).sum()}


def prepare(case, args):
    kind = {"f64": numpy.float64, "f32": numpy.float32}[args["type"]]
    x, y = numpy.fromfile(args["x"], kind), numpy.fromfile(args["y"], kind)
    out, spare = numpy.zeros_like(x), numpy.zeros_like(x)
    op = OPS[args["op"]]
    return lambda: op(x, y, out, spare), figures


serve.arguments("numpy")
threadpoolctl.threadpool_limits(1)
serve.serve(numpy.__version__, prepare)
