"""Writes losses.json beside it: losses of numbers and their gradients, weighted, as PyTorch computes them in float64.

usage: python3 make_goldens.py OUTDIR      needs: torch
"""
import json, sys
import torch
import torch.nn.functional as F
from torch.distributions import Normal, NegativeBinomial, StudentT

torch.manual_seed(18)
torch.set_default_dtype(torch.float64)
N = 12
W = torch.tensor([1, 0, 1, 2, 0.5, 0, 0, 1, 1, 0.25, 3, 1.0])
LEVELS = torch.tensor([0.05, 0.5, 0.9])
cases = []


def case(name, loss, target, *operands):
    """A loss, element by element, of operands, each with the gradient of its weighted mean."""
    for w in (None, W):
        x = [o.clone().requires_grad_() for o in operands]
        each = loss(*x)
        value = each.mean() if w is None else (each * w).sum() / w.sum()
        grads = torch.autograd.grad(value, x)
        cases.append({"name": name, "weights": None if w is None else w.tolist(), "target": target.tolist(), "operands": [o.flatten().tolist() for o in operands],
                      "loss": value.item(), "gradients": [g.flatten().tolist() for g in grads]})


x, t, s, f = torch.randn(N), torch.randn(N), torch.randn(N) * 0.7, torch.randn(N) * 2
case("MSE", lambda x: F.mse_loss(x, t, reduction="none"), t, x)
case("MAE", lambda x: F.l1_loss(x, t, reduction="none"), t, x)
case("Huber", lambda x: F.huber_loss(x, t, reduction="none", delta=0.8), t, x)
p = torch.rand(N)
case("BCE", lambda x: F.binary_cross_entropy_with_logits(x, p, reduction="none"), p, x)
y = 20 + 5 * t
case("SMAPE", lambda x: 2 * (x - y).abs() / (x.abs() + y.abs()), y, y + 3 * x)
q = torch.randn(N, 3)
case("Pinball", lambda q: torch.maximum(LEVELS * (t[:, None] - q), (LEVELS - 1) * (t[:, None] - q)).mean(-1), t, q)
case("GaussianNLL", lambda x, s: -Normal(x, s.exp()).log_prob(t), t, x, s)
nu = 2 + F.softplus(f)
nu[:4] = torch.tensor([0.7, 60.0, 500.0, 5e3])
case("StudentTNLL", lambda x, s, nu: -StudentT(nu, x, s.exp()).log_prob(3 * t), 3 * t, x, s, nu)
k = torch.tensor([0, 0, 1, 2, 3, 5, 9, 14, 40, 120, 800, 7.0])
m = torch.log(torch.tensor([0.1, 3, 1, 2, 9, 4, 20, 3, 35, 100, 1000, 7.0]))
a = torch.tensor([-6, -3, -2, -1, -0.5, 0, 0.5, 1, 2, -4, -5, -2.5])
case("NegativeBinomialNLL", lambda m, a: -NegativeBinomial(torch.exp(-a), logits=m + a).log_prob(k), k, m, a)

with open(f"{sys.argv[1]}/losses.json", "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
