"""Writes goldens.json beside it: ln|Γ|, digamma and trigamma, and their differences, by mpmath with 50 digits.

usage: python3 make_goldens.py OUTDIR      needs: mpmath
"""
import json, sys
from mpmath import mp, mpf, loggamma, digamma, psi

mp.dps = 50
f = [lambda x: loggamma(x).real, digamma, lambda x: psi(1, x)]
points = [1e-300, 1e-8, 0.001, 0.25, 0.5, 1, 1.4616321449683623, 2, 2.5, 3.75, 7, 11.99, 12, 12.01, 20, 100.5, 1e3, 1e6, 1e10, 1e100, 1e300,
          -0.5, -1.25, -3.999, -20.5]
rises = [(x, n) for x in [1e-8, 0.1, 0.5, 1, 3, 11.5, 12, 50, 1e3, 1e6, 1e9, 1e15] for n in [0, 1e-6, 0.5, 1, 2, 17, 300, 1e5]]
number = lambda v: str(float(v))
with open(f"{sys.argv[1]}/goldens.json", "w") as out:
    json.dump({"points": [[number(x)] + [number(g(mpf(x))) for g in f] for x in points],
               "rises": [[number(x), number(n)] + [number(g(mpf(x) + mpf(n)) - g(mpf(x))) for g in f] for x, n in rises]}, out, indent=1)
    out.write("\n")
