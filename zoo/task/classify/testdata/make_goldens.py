"""Writes the golden files beside it: the whole task of classifying texts as PyTorch computes it in float64, from token
numbers to the loss and the gradients of all weights.

usage: python3 make_goldens.py OUTDIR      needs: torch
Every file is in the safetensors format: 8 bytes little-endian header length, a JSON header, raw tensors.
"""
import json, struct, sys
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
V, E, H, C, T, B = 9, 3, 4, 3, 6, 4


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


def case(name, kind, bidirectional, layers, pooling, weights=None):
    embedding = torch.nn.Embedding(V, E, padding_idx=0)
    network = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](E, H, num_layers=layers, bidirectional=bidirectional)
    width = H * (1 + bidirectional)
    head = torch.nn.Linear(width, C)
    attention, score = torch.nn.Linear(width, width), torch.nn.Linear(width, 1, bias=False)
    lengths = torch.tensor([T, 1, 4, T - 1])
    tokens = torch.randint(1, V, (T, B)) * (torch.arange(T)[:, None] < lengths)
    target = torch.tensor([0, 2, 1, 2])
    packed, last = network(pack_padded_sequence(embedding(tokens), lengths, enforce_sorted=False))
    y, _ = pad_packed_sequence(packed, total_length=T)
    last = last[0] if kind == "lstm" else last
    mask = (torch.arange(T)[:, None] < lengths)[..., None]
    if pooling == "last":
        pooled = torch.cat([last[-2], last[-1]], -1) if bidirectional else last[-1]
    elif pooling == "mean":
        pooled = y.sum(0) / lengths[:, None]
    elif pooling == "max":
        pooled = y.masked_fill(~mask, -torch.inf).max(0).values
    else:
        a = score(torch.tanh(attention(y))).masked_fill(~mask, -torch.inf).softmax(0)
        pooled = (a * y).sum(0)
    logits = head(pooled)
    loss = torch.nn.functional.cross_entropy(logits, target, weight=None if weights is None else torch.tensor(weights))
    named = {"embedding.weight": embedding.weight, "head.weight": head.weight, "head.bias": head.bias, **dict(network.named_parameters())}
    if pooling == "attention":
        named.update({"attention.weight": attention.weight, "attention.bias": attention.bias, "attention.weight_score": score.weight})
    out = {"tokens": tokens, "lengths": lengths, "target": target, "logits": logits, "loss": loss.reshape(1)}
    for (k, p), g in zip(named.items(), torch.autograd.grad(loss, list(named.values()))):
        out["param." + k], out["grad." + k] = p, g
    save(name, out, {"model": ("bi" if bidirectional else "") + kind, "layers": str(layers), "pooling": pooling,
                     "class_weights": ",".join(map(str, weights or []))})


case("rnn_last", "rnn", False, 1, "last")
case("lstm_max", "lstm", False, 1, "max")
case("gru_mean", "gru", False, 2, "mean", [1.0, 0.25, 3.0])
case("bilstm_max", "lstm", True, 1, "max", [2.0, 1.0, 0.5])
case("bigru_attention", "gru", True, 1, "attention")
case("birnn_last", "rnn", True, 2, "last")
