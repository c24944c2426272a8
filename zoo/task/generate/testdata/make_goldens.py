"""Writes the golden files beside it: a language model as PyTorch computes it in float64, over windows that hand their states on,
from token numbers to the losses and the gradients of all weights in the last window.

usage: python3 make_goldens.py OUTDIR      needs: torch
Every file is in the safetensors format: 8 bytes little-endian header length, a JSON header, raw tensors.
"""
import json, struct, sys
import torch
import torch.nn.functional as F

torch.manual_seed(9)
torch.set_default_dtype(torch.float64)
V, E, H, WINDOW, B, N = 9, 3, 4, 5, 2, 60
END = 3


def save(name, tensors, meta):
    header, blobs, at = {"__metadata__": meta}, [], 0
    for k, t in tensors.items():
        t = t.detach().contiguous()
        raw = t.numpy().tobytes()
        header[k] = {"dtype": {torch.float64: "F64", torch.int64: "I64"}[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(raw)]}
        at += len(raw)
        blobs.append(raw)
    h = json.dumps(header).encode()
    h += b" " * (-len(h) % 8)
    with open(f"{sys.argv[1]}/{name}.safetensors", "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h + b"".join(blobs))


def case(name, kind, layers, tied, activation, temporal):
    table = torch.nn.Embedding(V, E)
    network = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](E, H, num_layers=layers)
    named = {"embedding.weight": table.weight, **dict(network.named_parameters())}
    if tied:
        projection, bias = torch.nn.Linear(H, E), torch.nn.Parameter(torch.randn(V))
        named.update({"projection.weight": projection.weight, "projection.bias": projection.bias, "output.bias": bias})
    else:
        output = torch.nn.Linear(H, V)
        named.update({"output.weight": output.weight, "output.bias": output.bias})
    tokens = torch.randint(END, V, (N,))
    told = tokens.view(B, N // B).t()                                              # [N/B, B]
    read = torch.cat([torch.tensor([END]), tokens[:-1]]).view(B, N // B).t()
    state, losses = None, []
    for at in range(0, N // B, WINDOW):
        y, state = network(table(read[at:at + WINDOW]), state)
        state = tuple(s.detach() for s in state) if kind == "lstm" else state.detach()
        logits = F.linear(projection(y), table.weight, bias) if tied else output(y)
        loss = F.cross_entropy(logits.flatten(0, 1), told[at:at + WINDOW].flatten())
        loss = loss + activation * y.pow(2).mean() + temporal * (y[1:] - y[:-1]).pow(2).mean()
        losses.append(loss)
    out = {"tokens": tokens, "losses": torch.stack(losses)}
    for (k, p), g in zip(named.items(), torch.autograd.grad(losses[-1], list(named.values()))):
        out["param." + k], out["grad." + k] = p, g
    save(name, out, {"model": kind, "layers": str(layers), "tied": str(tied).lower(), "activation": str(activation), "temporal": str(temporal)})


case("lstm", "lstm", 1, False, 0, 0)
case("lstm_tied", "lstm", 2, True, 2, 1)
case("gru_tied", "gru", 1, True, 0, 0)
case("rnn_activation", "rnn", 1, False, 0.5, 0)
case("gru_temporal", "gru", 2, False, 0, 3)
