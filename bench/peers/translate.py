"""A training step and a beam search of zoo run bigru multi30k-de-en in PyTorch: the same network, batch and optimizer.

usage: python3 translate.py [--threads 2]      needs: torch
Beside it: go test -run '^$' -bench Translate ./zoo/task

The network is a bidirectional GRU of 256 that encodes and a GRU of 256 that decodes, with scaled dot attention whose last
view is fed to the next step, embeddings of 256 of which the target's is the output's weight too, 5,110 tokens a side,
dropout 0.4 and label smoothing 0.1. A batch is 64 pairs of 16 tokens a side; a search is 250 sentences in batches of 51
with a beam of 5, over 26 steps. Every shape is run before the clock starts.
"""

import argparse
import time

import torch
from torch import nn
from torch.nn import functional as F

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("--threads", type=int, default=2)
args = p.parse_args()
torch.set_num_threads(args.threads)
torch.manual_seed(1)
TOKENS, WIDTH, BATCH, STEPS, BEAM, SENTENCES, LONGEST = 5110, 256, 64, 16, 5, 250, 26


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(TOKENS, WIDTH, 0), nn.Embedding(TOKENS, WIDTH, 0)
        nn.init.normal_(self.source.weight, 0, WIDTH**-0.5)
        nn.init.normal_(self.target.weight, 0, WIDTH**-0.5)
        self.encoder = nn.GRU(WIDTH, WIDTH, bidirectional=True, batch_first=True)
        self.bridge = nn.Linear(2 * WIDTH, WIDTH)
        self.decoder = nn.GRUCell(3 * WIDTH, WIDTH)
        self.key = nn.Linear(2 * WIDTH, WIDTH, bias=False)
        self.readout = nn.Linear(4 * WIDTH, WIDTH)
        self.bias = nn.Parameter(torch.zeros(TOKENS))
        self.drop = nn.Dropout(0.4)

    def encode(self, x):
        values, last = self.encoder(self.drop(self.source(x)))
        values = self.drop(values)
        return values, self.key(values), torch.tanh(self.bridge(torch.cat([last[0], last[1]], -1)))

    def step(self, values, keys, e, context, h):
        h = self.decoder(torch.cat([e, context], -1), h)
        weights = torch.softmax(torch.bmm(keys, h[:, :, None]).squeeze(-1) * WIDTH**-0.5, -1)
        return torch.bmm(weights[:, None], values).squeeze(1), h

    def logits(self, h, context, e):
        o = torch.tanh(self.readout(torch.cat([self.drop(h), context, e], -1)))
        return F.linear(self.drop(o), self.target.weight, self.bias)

    def forward(self, x, y):
        values, keys, h = self.encode(x)
        e = self.drop(self.target(y))
        context, hs, cs = torch.zeros(len(x), 2 * WIDTH), [], []
        for t in range(y.size(1)):
            context, h = self.step(values, keys, e[:, t], context, h)
            hs.append(h)
            cs.append(context)
        return self.logits(torch.stack(hs, 1), torch.stack(cs, 1), e)


net = Translator()
adam = torch.optim.Adam(net.parameters())
x = torch.randint(4, TOKENS, (BATCH, STEPS))


def train():
    adam.zero_grad()
    F.cross_entropy(net(x, x).flatten(0, 1), x.flatten(), label_smoothing=0.1, ignore_index=0).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1)
    adam.step()


@torch.no_grad()
def search(x):
    n = len(x)
    rows = torch.arange(n)[:, None] * BEAM
    values, keys, h = (t.repeat_interleave(BEAM, 0) for t in net.encode(x))
    context, last = torch.zeros(n * BEAM, 2 * WIDTH), torch.full((n * BEAM,), 2)
    scores = torch.full((n, BEAM), -1e9)
    scores[:, 0] = 0
    for _ in range(LONGEST):
        e = net.target(last)
        context, h = net.step(values, keys, e, context, h)
        logp = F.log_softmax(net.logits(h, context, e), -1)
        scores, at = (scores[:, :, None] + logp.view(n, BEAM, -1)).view(n, -1).topk(BEAM, 1)
        parent = (rows + at // TOKENS).view(-1)
        last, h, context = (at % TOKENS).view(-1), h[parent], context[parent]


for _ in range(5):
    train()
times = []
for _ in range(15):
    start = time.time()
    train()
    times.append(time.time() - start)
step = sorted(times)[len(times) // 2]
print(f"train: {1000 * step:.1f} ms a step, {2 * BATCH * STEPS / step:.0f} tokens/s")

net.eval()
batches = torch.randint(4, TOKENS, (SENTENCES, STEPS)).split(256 // BEAM)
for batch in batches[:1] + batches[-1:]:
    search(batch)
start = time.time()
for batch in batches:
    search(batch)
seconds = time.time() - start
print(f"beam: {seconds:.2f} s, {SENTENCES / seconds:.1f} sentences/s")
