"""The lines between ./bench and a peer's program.

A program says hello with one JSON line, {"version": …}, or {"missing": NAME}
when a module that it needs is not installed. Then it answers each request
line {"case", "args", "check", "repeat"} with one line {"seconds", "answer"}
or {"error"}, and ends when its input does. seconds is the mean of the
repetitions, timed here; answer is a digest of the result, only when check is
set, and never timed.
"""

import argparse
import json
import os
import sys
import time
import traceback

# Only answers go to what was standard output; what libraries print goes to
# standard error.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def arguments(*peers, **options):
    """The command line: --peer, one of peers, and --threads."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", choices=peers, required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    for name, default in options.items():
        parser.add_argument("--" + name, type=type(default), default=default)
    return parser.parse_args()


def _say(line):
    answers.write(json.dumps(line) + "\n")


def missing(error):
    """Says which module is missing, and ends."""
    _say({"missing": error.name})
    sys.exit(0)


class Scaled:
    """A run that stands for scale times as much work."""

    def __init__(self, run, scale):
        self.run, self.scale = run, scale


class Timed:
    """A run that measures itself: run() gives seconds and the result."""

    def __init__(self, run):
        self.run = run


class Net:
    """A run so short that calling it from Python counts: what as many calls of
    nothing take is taken off."""

    def __init__(self, run, nothing):
        self.run, self.nothing = run, nothing


def timed(run, repeat):
    """Runs it repeat times; returns the mean seconds and the last result."""
    if isinstance(run, Timed):
        samples = [run.run() for _ in range(repeat)]
        return sum(seconds for seconds, _ in samples) / repeat, samples[-1][1]
    if isinstance(run, Net):
        seconds, result = timed(run.run, repeat)
        return max(seconds - timed(run.nothing, repeat)[0], 1e-9), result
    if isinstance(run, Scaled):
        seconds, result = timed(run.run, repeat)
        return seconds * run.scale, result
    result = None
    start = time.perf_counter()
    for _ in range(repeat):
        result = None  # freed here, within the time, as a loop of a user would
        result = run()
    return (time.perf_counter() - start) / repeat, result


def serve(version, prepare):
    """Answers requests until the input ends.

    prepare(case, args) returns (run, digest): run() does the case once,
    digest(result) its figures by name. It is called again only when the case
    changes, so that data is loaded once a case.
    """
    _say({"version": version})
    current, run, digest = None, None, None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            case = (request["case"], request["args"])
            if case != current:
                current, run, digest = None, None, None  # before the next is loaded
                run, digest = prepare(*case)
                current = case
            result = None  # what is kept of the run before could be the answer to this one
            seconds, result = timed(run, request["repeat"])
            reply = {"seconds": seconds}
            if request["check"]:
                reply["answer"] = {name: float(v) for name, v in digest(result).items()}
        except Exception as error:
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        _say(reply)
