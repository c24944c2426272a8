"""Writes goldens.json beside it: metrics of made-up forecasts, computed by numpy from their definitions, and CRPS by the
integral that defines it.

usage: python3 make_goldens.py OUTDIR      needs: numpy
"""
import json, sys
import numpy as np

rng = np.random.default_rng(4)
S, V, N = 3, 2, 40
LEVELS, INTERVALS = np.array([0.05, 0.1, 0.5, 0.9, 0.95]), [0.8, 0.95]
train = np.round(20 + 10 * rng.normal(size=(S, V, 60)) + 3 * np.sin(np.arange(60)), 3)
train[0, 1, 7:11] = np.nan
train[2, 1] = 5.0  # constant: no scale
y = np.round(20 + 8 * rng.normal(size=(S, V, N)), 3)
y[0, 0, 3], y[1, 1, 5:9] = 0.0, np.nan
f = np.round(y + 4 * rng.normal(size=y.shape), 3)
f = np.where(np.isnan(f), 1.5, f)
f[0, 0, 3] = 0.0  # 0 of 0
q = np.round(np.sort(f[..., None] + 6 * rng.normal(size=(S, V, N, len(LEVELS))), axis=-1), 3)
lower = np.round(f[..., None] - np.array([5, 9]), 3)
upper = np.round(f[..., None] + np.array([4, 8.5]), 3)
SEASON = 7


def scale(s, v):
    return np.nanmean(np.abs(train[s, v, SEASON:] - train[s, v, :-SEASON]))


scales = np.array([[scale(s, v) for v in range(V)] for s in range(S)])


def metrics(pairs):
    """The metrics of some (series, variable)."""
    a, b, k, c = [], [], [], []
    qs, lo, hi = [], [], []
    for s, v in pairs:
        ok = ~np.isnan(y[s, v])
        a.append(y[s, v][ok]); b.append(f[s, v][ok]); qs.append(q[s, v][ok]); lo.append(lower[s, v][ok]); hi.append(upper[s, v][ok])
        k.append(np.full(ok.sum(), scales[s, v] if scales[s, v] > 0 else np.nan))
    a, b, k, qs, lo, hi = (np.concatenate(x) for x in (a, b, k, qs, lo, hi))
    e = np.abs(a - b)
    m = {"n": len(a), "rmse": np.sqrt(np.mean(e**2)), "mae": e.mean(), "mape": np.mean(100 * e[a != 0] / np.abs(a[a != 0])),
         "smape": np.mean(np.where(np.abs(a) + np.abs(b) > 0, 200 * e / np.maximum(np.abs(a) + np.abs(b), 1e-300), 0))}
    if not np.isnan(k).all():
        m["mase"] = np.nanmean(e / k)
    losses = np.maximum(LEVELS * (a[:, None] - qs), (LEVELS - 1) * (a[:, None] - qs))
    edges = np.concatenate([[0], (LEVELS[1:] + LEVELS[:-1]) / 2, [1]])
    m["pinball"] = (losses.mean(0) * np.diff(edges)).sum()
    m["crps"] = 2 * m["pinball"]
    m["wql"] = np.mean(2 * losses.sum(0) / np.abs(a).sum())
    for i, l in enumerate(LEVELS):
        m[f"pinball{100 * l:g}"] = losses[:, i].mean()
    for i, c in enumerate(INTERVALS):
        m[f"coverage{100 * c:g}"] = np.mean((lo[:, i] <= a) & (a <= hi[:, i]))
        m[f"width{100 * c:g}"] = np.mean(hi[:, i] - lo[:, i])
        alpha = 1 - c
        score = hi[:, i] - lo[:, i] + 2 / alpha * (lo[:, i] - a) * (a < lo[:, i]) + 2 / alpha * (a - hi[:, i]) * (a > hi[:, i])
        if not np.isnan(k).all():
            m[f"msis{100 * c:g}"] = np.nanmean(score / k)
    return {n: float(x) for n, x in m.items()}


everything = [(s, v) for s in range(S) for v in range(V)]
out = {"levels": LEVELS.tolist(), "intervals": INTERVALS, "season": SEASON,
       "train": [[[None if np.isnan(x) else x for x in train[s, v]] for v in range(V)] for s in range(S)],
       "actual": [[[None if np.isnan(x) else x for x in y[s, v]] for v in range(V)] for s in range(S)],
       "forecast": f.tolist(), "quantiles": q.tolist(), "lower": lower.tolist(), "upper": upper.tolist(), "scales": scales.tolist(),
       "pooled": metrics(everything), "variables": [metrics([p for p in everything if p[1] == v]) for v in range(V)],
       "series": [metrics([p for p in everything if p[0] == s]) for s in range(S)], "each": [[metrics([(s, v)]) for v in range(V)] for s in range(S)]}

# CRPS is the integral of (F(x) - 1{x >= y})^2.
samples = []
for n in (1, 2, 7, 40):
    x = np.round(rng.normal(size=n) * 3, 2)
    for at in (-4.0, 0.3, float(x[0]), 20.0):
        F = lambda t: np.mean(x <= t)
        lo, hi = min(x.min(), at) - 1, max(x.max(), at) + 1
        cuts = np.unique(np.concatenate([x, [at, lo, hi]]))
        total = sum((F((a + b) / 2) - ((a + b) / 2 >= at)) ** 2 * (b - a) for a, b in zip(cuts, cuts[1:]))
        samples.append({"samples": x.tolist(), "y": at, "crps": float(total)})
out["samples"] = samples

# the order statistics of split conformal prediction
conformal = []
for n in (1, 4, 9, 19, 20, 99, 250):
    r = np.round(rng.normal(size=n), 4)
    for share in (0.5, 0.8, 0.9, 0.95):
        rank = int(np.ceil(round((n + 1) * share, 9)))
        conformal.append({"scores": r.tolist(), "share": share, "offset": float(np.sort(r)[min(rank, n) - 1]), "enough": rank <= n})
out["conformal"] = conformal
with open(f"{sys.argv[1]}/goldens.json", "w") as file:
    file.write("{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in out.items()) + "\n}\n")
