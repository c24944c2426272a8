"""Computes performance.json with numpy: what performance_test.go and bootstrap_test.go compare with.

    python3 make_goldens.py > performance.json
"""
import json
import numpy as np


class SplitMix:
    """Vigna's splitmix64, so that both sides draw the same numbers: Go's Float64 is the low 53 bits over 2^53."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        z ^= z >> 31
        return (z & ((1 << 53) - 1)) / (1 << 53)


def sharpe(r, per_year):
    return r.mean() / r.std(ddof=1) * np.sqrt(per_year)


def drawdown(r):
    wealth = np.cumprod(np.concatenate([[1.0], 1 + r]))
    return (1 - wealth / np.maximum.accumulate(wealth)).max()


def places(n, draw):
    """The stationary bootstrap of Politis and Romano (1994) with blocks of the mean length n^(1/3)."""
    p = n ** (-1 / 3)
    out = []
    for i in range(n):
        if i == 0 or draw.uniform() < p:
            out.append(int(draw.uniform() * n))
        else:
            out.append((out[-1] + 1) % n)
    return np.array(out)


rng = np.random.default_rng(7)
n, per_year, resamples = 300, 252, 2000
own = rng.normal(0.0006, 0.012, n).round(12)
held = (0.6 * own + rng.normal(0.0002, 0.008, n)).round(12)
draw, rows = SplitMix(42), []
for _ in range(resamples):
    at = places(n, draw)
    rows.append([sharpe(own[at], per_year), drawdown(own[at]), sharpe(own[at], per_year) - sharpe(held[at], per_year)])
low, high = np.percentile(np.array(rows), [2.5, 97.5], axis=0)
wealth = np.prod(1 + own)
json.dump({
    "own": own.tolist(), "holding": held.tolist(), "per_year": per_year,
    "sharpe": sharpe(own, per_year), "drawdown": drawdown(own),
    "return": wealth ** (per_year / n) - 1, "volatility": own.std(ddof=1) * np.sqrt(per_year),
    "low": low.tolist(), "high": high.tolist(),
}, __import__("sys").stdout)
print()
