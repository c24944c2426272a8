"""Writes averages.json and accumulated.json beside it: averages of weights, and batches whose losses are divided by the tokens
of all of them, as PyTorch computes them in float64.

usage: python3 make_goldens.py OUTDIR      needs: torch
"""
import json, sys
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)


def save(name, **values):
    lists = {k: v.tolist() if isinstance(v, torch.Tensor) else v for k, v in values.items()}
    with open(f"{sys.argv[1]}/{name}.json", "w") as f:
        f.write("{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in lists.items()) + "\n}\n")


# Steps on f(w) = sum(a * (w - b)^2) + sum(tanh(w)); row k of the results is after step k, from 0.
class Model(torch.nn.Module):
    def __init__(self, w):
        super().__init__()
        self.w = torch.nn.Parameter(w.clone())


STEPS, DECAY, FIRST, LR, WEIGHT_DECAY = 12, 0.8, 7, 0.2, 0.01  # FIRST is the first step that is averaged, from 1
start, a, b = torch.randn(5), torch.rand(5), torch.randn(5)


def steps(optimizer, after):
    model = Model(start)
    o = optimizer(model.parameters())
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    rows = []
    for _ in range(STEPS):
        o.zero_grad()
        ((a * (model.w - b) ** 2).sum() + torch.tanh(model.w).sum()).backward()
        o.step()
        averaged.update_parameters(model)
        rows.append(after(o, model, averaged))
    return torch.stack(rows)


def weights(o, model, averaged): return model.w.detach().clone()
def ema(o, model, averaged): return averaged.module.w.detach().clone()
def mean(o, model, averaged): return o.state[model.w]["ax"].clone()


def adam(p): return torch.optim.Adam(p, lr=LR)
# At step k PyTorch's mean moves by 1/max(1, k - 1 - t0), from step 1 on: what is before FIRST is overwritten.
def asgd(p): return torch.optim.ASGD(p, lr=LR, lambd=0, t0=FIRST - 2, weight_decay=WEIGHT_DECAY)


save("averages", start=start, a=a, b=b, lr=LR, decay=DECAY, first=FIRST, weight_decay=WEIGHT_DECAY,
     adam=steps(adam, weights), ema=steps(adam, ema), asgd=steps(asgd, weights), mean=steps(asgd, mean))

# Six sequences of four tokens, of which the target 0 is padding; four of them make an update, and the two that are left.
x, lengths = torch.randn(6, 4, 2), torch.tensor([4, 1, 3, 2, 1, 4])
target = torch.randint(1, 3, (6, 4)) * (torch.arange(4) < lengths[:, None])
linear = torch.nn.Linear(2, 3)
begin = torch.cat([linear.weight.detach().flatten(), linear.bias.detach()])
o = torch.optim.SGD(linear.parameters(), lr=0.5)
rows, losses = [], []
for _ in range(3):
    for part in (slice(0, 4), slice(4, 6)):
        o.zero_grad()
        tokens = (target[part] != 0).sum()
        for i in range(part.start, part.stop):
            loss = torch.nn.functional.cross_entropy(linear(x[i]), target[i], ignore_index=0, reduction="sum") / tokens
            loss.backward()
            losses.append(loss.item())
        o.step()
        rows.append(torch.cat([linear.weight.detach().flatten(), linear.bias.detach()]))
sums = torch.tensor(losses).reshape(3, 6)
save("accumulated", x=x, target=target, start=begin, lr=0.5, weights=torch.stack(rows),
     losses=torch.stack([sums[:, :4].sum(1), sums[:, 4:].sum(1)], 1).flatten())
