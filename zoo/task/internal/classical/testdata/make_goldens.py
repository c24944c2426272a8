"""Writes goldens.json beside it: forecasts of made-up series by the methods of the package, computed by numpy, statsmodels and
scipy, after a history and after further values.

usage: python3 make_goldens.py OUTDIR      needs: numpy, scipy, statsmodels
"""
import json, sys, warnings
import numpy as np
from scipy.optimize import minimize, minimize_scalar
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

warnings.simplefilter("ignore")
H = 30


def is_seasonal(y, m):
    if m < 2 or len(y) < 3 * m:
        return False
    r = acf(y, nlags=m, fft=False)[1:]
    limit = 1.645 / np.sqrt(len(y)) * np.sqrt(np.cumsum(np.concatenate([[1], 2 * r**2])))
    return bool(abs(r[m - 1]) > limit[m - 1])


def indices(y, m, kind):
    d = seasonal_decompose(y, model=kind, period=m, two_sided=True)
    return d.seasonal[:m]


def adjuster(y, m):
    """Returns functions (value, time) that take a season out and put it back, and whether there is one."""
    if not is_seasonal(y, m):
        return (lambda v, t: v), (lambda v, t: v), False
    if (y > 0).all():
        s = indices(y, m, "multiplicative")
        return (lambda v, t: v / s[t % m]), (lambda v, t: v * s[t % m]), True
    s = indices(y, m, "additive")
    return (lambda v, t: v - s[t % m]), (lambda v, t: v + s[t % m]), True


def smooth(y):
    """Returns alpha, first level and sum of squares of simple exponential smoothing, by L-BFGS-B from many starts."""
    def sse(p):
        a, l = p
        s = 0.0
        for v in y:
            e = v - l
            s += e * e
            l += a * e
        return s
    scale = sse((0.5, y[0])) or 1.0
    best = None
    for a in (0.001, 0.02, 0.1, 0.3, 0.6, 0.9, 0.99):
        for l in (y[0], y[:10].mean()):
            # alternately over the level and over alpha, then both
            r = minimize(lambda p: sse(p) / scale, (a, l), method="Nelder-Mead", bounds=[(1e-4, 0.9999), (None, None)],
                         options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 4000, "maxfev": 4000})
            if best is None or r.fun < best.fun:
                best = r
    return best.x[0], best.x[1], best.fun * scale


def naive2(y, m, more):
    out, back, _ = adjuster(y, m)
    def after(k):
        z = np.concatenate([y, more[:k]])
        n = len(z)
        return [back(out(z[-1], n - 1), n + i) for i in range(H)]
    return after


def theta(y, m, more):
    out, back, _ = adjuster(y, m)
    adjusted = np.array([out(v, t) for t, v in enumerate(y)])
    slope, intercept = np.polyfit(np.arange(len(y)), adjusted, 1)
    line = lambda t: intercept + slope * t
    second = 2 * adjusted - line(np.arange(len(y)))
    alpha, first, _ = smooth(second)
    def after(k):
        z = np.concatenate([y, more[:k]])
        l = first
        for t, v in enumerate(z):
            l += alpha * (2 * out(v, t) - line(t) - l)
        f = [back((l + line(len(z) + i)) / 2, len(z) + i) for i in range(H)]
        return [max(v, 0.0) for v in f] if (y >= 0).all() else f
    return after


def holt_winters(y, m, more):
    seasonal = m > 1 and len(y) >= 3 * m
    s0 = indices(y, m, "additive") if seasonal else np.zeros(1)
    def run(z, a, b, p, g, l, t, s):
        s = list(s)
        k = len(s)
        sse = 0.0
        for i, v in enumerate(z):
            f = l + p * t
            e = v - f - s[i % k]
            l, t = f + a * e, p * t + b * e
            s[i % k] += g * e
            sse += e * e
        return sse, l, t, s
    def split(q):
        a = q[0]
        return a, a * q[1], q[2], (1 - a) * q[3] if seasonal else 0.0
    scale = np.var(y) * len(y) or 1.0
    best = None
    bounds = [(1e-5, 1 - 1e-5), (1e-5, 1 - 1e-5), (0.8, 0.98), (1e-5, 1 - 1e-5), (None, None), (None, None)]
    for a in (0.05, 0.3, 0.9):
        for b in (0.02, 0.3):
            for g in (0.05, 0.4):
                start = [a, b, 0.9, g, y[0] - s0[0], 0.0]
                r = minimize(lambda q: run(y, *split(q), q[4], q[5], s0)[0] / scale, start, method="L-BFGS-B", bounds=bounds,
                             options={"maxiter": 3000, "maxfun": 30000, "ftol": 1e-15, "gtol": 1e-10})
                if best is None or r.fun < best.fun:
                    best = r
    q = best.x
    a, b, p, g = split(q)
    sse = run(y, a, b, p, g, q[4], q[5], s0)[0]

    # statsmodels with the same parameters has the same errors
    kwargs = {"seasonal": "add", "seasonal_periods": m} if seasonal else {}
    model = ETSModel(y, error="add", trend="add", damped_trend=True, initialization_method="known", initial_level=q[4],
                     initial_trend=q[5], **({"initial_seasonal": s0} if seasonal else {}), **kwargs)
    names = {"smoothing_level": a, "smoothing_trend": b, "smoothing_seasonal": g, "damping_trend": p}
    fit = model.smooth([names.get(n, 0.0) for n in model.param_names]
                       if not any(n.startswith("initial") for n in model.param_names) else
                       [names[n] if n in names else q[4] if n == "initial_level" else q[5] if n == "initial_trend" else
                        s0[int(n.split(".")[1])] for n in model.param_names])
    assert abs(fit.sse - sse) < 1e-6 * scale, (fit.sse, sse)
    forecast = fit.forecast(H)
    return {"parameters": [a, b, g, p], "level": q[4], "trend": q[5], "sse": sse, "forecast": list(map(float, forecast))}


def simple(y, m, more):
    def after(k):
        z = list(np.concatenate([y, more[:k]]))
        n = len(z)
        f = {"persistence": [z[-1]] * H, "drift": [z[-1] + (i + 1) * (z[-1] - z[0]) / (n - 1) for i in range(H)]}
        if m > 1:
            f["seasonal"] = [z[n - m + i % m] for i in range(H)]
            if min(y) > 0:
                for _ in range(H):
                    z.append(z[-1] * z[-m] / z[-m - 1])
                f["growth"] = z[n:]
        return f
    return after


rng = np.random.default_rng(18)
t = np.arange(230)
noise = np.zeros(230)
for i in range(1, 230):
    noise[i] = 0.7 * noise[i - 1] + rng.normal()
series = {
    "months": (12, 120 * np.exp(0.008 * t) * (1 + 0.25 * np.sin(2 * np.pi * t / 12) + 0.1 * np.cos(4 * np.pi * t / 12)) * np.exp(0.02 * noise)),
    "days": (7, 40 + 6 * np.cos(2 * np.pi * t / 7) + 1.5 * noise),
    "below zero": (24, 5 * np.sin(2 * np.pi * t / 24) + noise),
    "no season": (0, 300 + np.cumsum(rng.normal(0.3, 1, 230))),
    "weak season": (6, 30 + noise + 0.01 * np.sin(2 * np.pi * t / 6)),
    "short": (12, (10 + 0.5 * t + rng.normal(size=230))[:44]),
    "falling": (4, np.maximum(0, 50 - 0.25 * t + 0.5 * noise)),
}
cases = []
for name, (m, y) in series.items():
    y = np.round(y, 3)
    cut = len(y) * 9 // 10 if name != "short" else 20
    history, more = y[:cut], y[cut:]
    case = {"name": name, "season": m, "history": list(history), "more": list(more), "seasonal": is_seasonal(history, m), "forecasts": {}}
    n2, th, si = naive2(history, m, more), theta(history, m, more), simple(history, m, more)
    for k in (0, 1, len(more)):
        f = si(k)
        f["naive2"], f["theta"] = n2(k), th(k)
        case["forecasts"][str(k)] = {a: list(map(float, b)) for a, b in f.items()}
    case["holt-winters"] = holt_winters(history, m, more)
    cases.append(case)
    print(name, case["seasonal"], case["holt-winters"]["parameters"], file=sys.stderr)
with open(f"{sys.argv[1]}/goldens.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
