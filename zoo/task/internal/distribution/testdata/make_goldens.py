"""Writes goldens.json beside it: densities, distribution functions, quantiles and CRPS of distributions, by scipy and mpmath.

usage: python3 make_goldens.py OUTDIR      needs: mpmath, numpy, scipy
"""
import json, sys
import numpy as np
from mpmath import mp, mpf, loggamma, log, pi
from scipy import stats
from scipy.integrate import quad

mp.dps = 40
P = [1e-6, 0.001, 0.025, 0.1, 0.25, 0.51, 0.77, 0.9, 0.975, 0.999, 1 - 1e-6]
out = []


def crps(d, y):
    if isinstance(d, Counts):
        return d.crps(y)
    s = d.std() if np.isfinite(d.std()) and d.std() > 0 else d.kwds.get("scale", 1)
    lower = quad(lambda u: d.cdf(y - s * u) ** 2, 0, np.inf, epsabs=0, epsrel=1e-12, limit=500)[0]
    upper = quad(lambda u: d.sf(y + s * u) ** 2, 0, np.inf, epsabs=0, epsrel=1e-12, limit=500)[0]
    return float(s * (lower + upper))


class Counts:
    """The negative binomial distribution of a mean and a dispersion, exactly: scipy's takes 1/(1 + alpha*mu), rounded."""

    def __init__(self, mu, alpha):
        self.mu, self.alpha, self.near = mpf(mu), mpf(alpha), stats.nbinom(1 / alpha, 1 / (1 + alpha * mu))
        last = int(self.near.ppf(1 - 1e-14)) + 5 * mu + 50
        F, self.F = mpf(0), []
        for k in range(int(last)):
            F += mp.exp(self.logpdf(k))
            self.F.append(F)

    def logpdf(self, k):
        R, a = 1 / self.alpha, self.alpha * self.mu
        return loggamma(k + R) - loggamma(R) - loggamma(k + 1) + k * log(a / (1 + a)) - R * log(1 + a)

    def mean(self): return float(self.mu)
    def var(self): return float(self.mu + self.alpha * self.mu**2)
    def cdf(self, y): return self.F[int(y)]
    def ppf(self, p): return next(k for k, F in enumerate(self.F) if F >= p)

    def crps(self, y):
        return float(sum(F**2 if k < y else (1 - F) ** 2 for k, F in enumerate(self.F)))


def add(name, parameters, d, ys, logpdf, has_crps=True):
    number = lambda x: None if not np.isfinite(x) else float(x)
    out.append({"name": name, "parameters": parameters, "mean": number(d.mean()), "variance": number(d.var()), "p": P, "quantiles": [float(d.ppf(p)) for p in P],
                "y": ys, "cdf": [float(d.cdf(y)) for y in ys], "logDensity": [float(logpdf(y)) for y in ys],
                "crps": [crps(d, y) for y in ys] if has_crps else None})


for mu, sigma in [(0, 1), (-3.5, 0.2), (1e6, 2e4)]:
    add("gaussian", [mu, sigma], stats.norm(mu, sigma), [mu + sigma * z for z in (-9, -2.5, -0.3, 0, 1, 4)], stats.norm(mu, sigma).logpdf)

for mu, sigma, nu in [(0, 1, 2.5), (1, 3, 5), (-2, 0.5, 1.2), (0, 1, 0.7), (4, 2, 30), (0, 1, 1e4), (0, 1, 1e6)]:
    d = stats.t(nu, loc=mu, scale=sigma)
    def logpdf(y):
        n, z = mpf(nu), (mpf(y) - mu) / mpf(sigma)
        return loggamma((n + 1) / 2) - loggamma(n / 2) - log(n * pi) / 2 - log(mpf(sigma)) - (n + 1) / 2 * log(1 + z * z / n)
    add("student-t", [mu, sigma, nu], d, [mu + sigma * z for z in (-50, -3, -0.4, 0, 0.01, 1, 6)], logpdf, nu > 1)

for mu, alpha in [(5, 0.5), (0.3, 2), (100, 0.01), (100, 3), (7, 1e-4), (20, 1e-6), (20, 1e-9), (300, 1e-8), (1000, 0.2), (0.05, 10)]:
    d = Counts(mu, alpha)
    add("negative binomial", [mu, alpha], d, [0, 1, 2, 7, int(mu), int(mu + 2 * d.var() ** 0.5), int(5 * mu + 20)], d.logpdf)

with open(f"{sys.argv[1]}/goldens.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in out) + "\n]\n")
