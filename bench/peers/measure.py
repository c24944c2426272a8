"""What the peers in Python share: the command line, how a run is timed, and the line that says the result."""

import argparse
import gc
import json
import math
import resource
import sys
import time


def arguments(description):
    """Reads the workload and the setting from the command line; main.go's peers give the flags."""
    p = argparse.ArgumentParser(description=description)
    p.add_argument("--cell", required=True, choices=["lstm", "gru", "custom"])
    for size in ("T", "B", "I", "H", "layers"):
        p.add_argument("--" + size, type=int, required=True)
    p.add_argument("--bidirectional", action="store_true")
    p.add_argument("--vocabulary", type=int, default=0, help="makes it a language model")
    p.add_argument("--carried", action="store_true", help="each run begins with the states that the one before has ended with")
    p.add_argument("--dropout", type=float, default=0, help="rate of that on the language model's outputs")
    p.add_argument("--classes", type=int, default=0, help="makes it a classifier by the last state")
    p.add_argument("--mode", required=True, choices=["train", "forward", "stream"])
    p.add_argument("--threads", type=int, required=True)
    p.add_argument("--wait", default="active", choices=["active", "passive"], help="what threads without work do")
    p.add_argument("--seconds", type=float, default=0.5, help="how long to measure")
    p.add_argument("--compile", action="store_true", help="torch.compile the network")
    args = p.parse_args()
    args.imported = _megabytes()
    return args


def report(args, version, *candidates):
    """Measures each candidate, a function that does the workload once, and prints the fastest one's median."""
    best = min(_median(run, args.seconds / len(candidates)) for run in candidates)
    print(json.dumps({"milliseconds": 1e3 * best, "version": version, "imported_megabytes": args.imported}))


def _median(run, seconds):
    """The median time of a run in seconds, after a warm-up, in the same way as zoo bench."""
    once = math.inf
    start, n = time.perf_counter(), 0
    while n < 3 or time.perf_counter() - start < seconds / 5:
        began = time.perf_counter()
        run()
        once = min(once, time.perf_counter() - began)
        n += 1
    repeat = max(1, math.ceil(20e-6 / once))
    gc.collect()
    gc.disable()
    samples, start = [], time.perf_counter()
    while len(samples) < 5 or time.perf_counter() - start < seconds:
        began = time.perf_counter()
        for _ in range(repeat):
            run()
        samples.append((time.perf_counter() - began) / repeat)
    gc.enable()
    samples.sort()
    return samples[len(samples) // 2]


def _megabytes():
    """The largest resident memory so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
