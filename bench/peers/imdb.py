"""An epoch of zoo run lstm|bilstm imdb in PyTorch: the same network, batches, truncation, dropout and optimizer.

usage: ZOO_DATA=FOLDER python3 imdb.py [--model bilstm] [--threads 2]      needs: torch
It prints the seconds of one epoch. Lengths are rounded up to 25 and every shape is run once before the clock starts,
since PyTorch takes up to a second for each new one. The backward direction reads each text from its own end, as a packed
sequence would; a packed one is slower on a processor.
"""

import argparse
import collections
import glob
import json
import os
import random
import re
import tarfile
import time

import torch
from torch import nn

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("--model", default="bilstm", choices=["lstm", "bilstm"])
p.add_argument("--threads", type=int, default=2)
args = p.parse_args()
torch.set_num_threads(args.threads)
torch.manual_seed(1)
random.seed(1)
VOCABULARY, EMBEDDING, HIDDEN, BATCH, LONGEST = 30000, 100, 64, 32, 400

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|\.+|-+|`+|'+|\S")


def training():
    """The texts, as words, with their labels; every tenth is left out, as for validation."""
    archive = glob.glob(os.path.join(os.environ["ZOO_DATA"], "imdb", "aclImdb*.tar.gz"))[0]
    texts = []
    with tarfile.open(archive) as tar:
        for member in tar:
            place = member.name.split("/")
            if member.isfile() and len(place) == 4 and place[1] == "train" and place[2] in ("pos", "neg"):
                text = tar.extractfile(member).read().decode().replace("<br />", "\n").lower()
                texts.append((member.name, WORD.findall(text), int(place[2] == "pos")))
    texts.sort()
    return [(words, label) for i, (_, words, label) in enumerate(texts) if i % 10]


def batches(texts):
    counts = collections.Counter(w for words, _ in texts for w in words)
    number = {w: i + 4 for i, (w, _) in enumerate(counts.most_common(VOCABULARY - 4))}
    encoded = [([number.get(w, 1) for w in words[-LONGEST:]], label) for words, label in texts]
    encoded.sort(key=lambda e: len(e[0]) * (1 + 0.05 * random.random()) + random.random())
    out = []
    for at in range(0, len(encoded) - BATCH + 1, BATCH):
        part = encoded[at:at + BATCH]
        steps = -(-max(len(ids) for ids, _ in part) // 25) * 25
        tokens = torch.zeros(BATCH, steps, dtype=torch.long)
        for row, (ids, _) in enumerate(part):
            tokens[row, :len(ids)] = torch.tensor(ids)
        out.append((tokens, torch.tensor([len(ids) for ids, _ in part]), torch.tensor([label for _, label in part])))
    random.shuffle(out)
    return out


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING, padding_idx=0)
        nn.init.normal_(self.embedding.weight, 0, 0.1)
        self.forwards = nn.LSTM(EMBEDDING, HIDDEN, batch_first=True)
        self.backwards = nn.LSTM(EMBEDDING, HIDDEN, batch_first=True) if args.model == "bilstm" else None
        self.head = nn.Linear(HIDDEN * (2 if self.backwards else 1), 2)
        self.embedding_dropout, self.output_dropout = nn.Dropout(0.5), nn.Dropout(0.5)

    def forward(self, tokens, lengths):
        tokens = torch.where((torch.rand(tokens.shape) < 0.1) & (tokens > 0), torch.ones_like(tokens), tokens)
        x = self.embedding_dropout(self.embedding(tokens))
        y = self.forwards(x)[0]
        steps = torch.arange(tokens.shape[1])[None]
        if self.backwards:
            reverse = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)[..., None]
            z = self.backwards(x.gather(1, reverse.expand_as(x)))[0]
            y = torch.cat([y, z.gather(1, reverse.expand_as(z))], -1)
        y = y.masked_fill((steps >= lengths[:, None])[..., None], -1e9).max(1).values
        return self.head(self.output_dropout(y))


network, loss = Network(), nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)


def step(tokens, lengths, labels):
    optimizer.zero_grad()
    loss(network(tokens, lengths), labels).backward()
    nn.utils.clip_grad_norm_(network.parameters(), 5.0)
    optimizer.step()


epoch = batches(training())
for tokens, lengths, labels in {t.shape[1]: (t, n, y) for t, n, y in epoch}.values():
    step(tokens, lengths, labels)
start = time.perf_counter()
for batch in epoch:
    step(*batch)
seconds = time.perf_counter() - start
print(json.dumps({"model": args.model, "seconds": seconds, "batches": len(epoch), "tokens": sum(int(n.sum()) for _, n, _ in epoch),
                  "steps": sum(t.numel() for t, _, _ in epoch), "threads": args.threads, "version": torch.__version__}))
