"""PyTorch: nn.LSTM and nn.GRU, which run on oneDNN, and the custom cell as a user writes it."""

import torch
from torch import nn

import measure


class CustomCell(nn.Module):
    """The cell of bench/customcell.go."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.ih = nn.Linear(inputs, 4 * hidden, bias=False)
        self.hh = nn.Linear(hidden, 4 * hidden, bias=False)
        self.ln_ih, self.ln_hh = nn.LayerNorm(4 * hidden), nn.LayerNorm(4 * hidden)
        self.ln_c = nn.LayerNorm(hidden)
        self.peephole_i, self.peephole_f, self.peephole_o = (
            nn.Parameter(torch.empty(hidden).uniform_(-0.1, 0.1)) for _ in range(3))

    def forward(self, from_input, h, c):
        """One step; from_input is LN(W_ih·x)."""
        zi, zf, zg, zo = (from_input + self.ln_hh(self.hh(h))).chunk(4, 1)
        i = torch.sigmoid(zi + self.peephole_i * c)
        f = torch.sigmoid(zf + self.peephole_f * c)
        c = f * c + i * torch.tanh(zg)
        o = torch.sigmoid(zo + self.peephole_o * c)
        return o * torch.tanh(self.ln_c(c)), c


class Custom(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.cell = CustomCell(inputs, hidden)

    def forward(self, x):
        h = c = x.new_zeros(x.shape[1], self.cell.hidden)
        ys = []
        for from_input in self.cell.ln_ih(self.cell.ih(x)):  # of all steps at once
            h, c = self.cell(from_input, h, c)
            ys.append(h)
        return torch.stack(ys), (h, c)


class LanguageModel(nn.Module):
    def __init__(self, args, network):
        super().__init__()
        self.embedding = nn.Embedding(args.vocabulary, args.I)
        self.network = network
        self.dropout = nn.Dropout(args.dropout)
        self.decoder = nn.Linear(args.H, args.vocabulary)

    def forward(self, words, state=None):
        y, state = self.network(self.embedding(words), state)
        return self.decoder(self.dropout(y)), state


class Classifier(nn.Module):
    def __init__(self, args, network):
        super().__init__()
        self.network = network
        self.decoder = nn.Linear(args.H, args.classes)
        # The memories of 1 to T steps of bench/build.go, without which gradients become denormal numbers.
        u = torch.log((args.T ** ((torch.arange(args.H) + 0.5) / args.H)).clamp(min=1.5) - 0.5)
        with torch.no_grad():
            for l in range(args.layers):
                bias = getattr(network, f"bias_ih_l{l}")
                bias[args.H:2 * args.H] = u
                if args.cell == "lstm":
                    bias[:args.H] = -u

    def forward(self, x):
        return self.decoder(self.network(x)[0][-1])


def network(args):
    if args.cell == "custom":
        return Custom(args.I, args.H)
    kind = {"lstm": nn.LSTM, "gru": nn.GRU}[args.cell]
    return kind(args.I, args.H, num_layers=args.layers, bidirectional=args.bidirectional)


def train(args, net):
    x = torch.rand(args.T, args.B, args.I).mul_(2).sub_(1).requires_grad_()
    wrt = [x, *net.parameters()]

    def run():
        return torch.autograd.grad(net(x)[0].sum(), wrt)

    return run


def train_language_model(args, net):
    model = LanguageModel(args, net)
    words = torch.randint(args.vocabulary, (args.T, args.B))
    target = torch.randint(args.vocabulary, (args.T * args.B,))
    adam = torch.optim.Adam(model.parameters(), fused=True)
    state = None

    def run():
        nonlocal state
        adam.zero_grad()
        logits, final = model(words, state)
        if args.carried:
            state = tuple(s.detach() for s in final) if isinstance(final, tuple) else final.detach()
        nn.functional.cross_entropy(logits.flatten(0, 1), target).backward()
        adam.step()

    return run


def train_classifier(args, net):
    model = Classifier(args, net)
    x = torch.rand(args.T, args.B, args.I).mul_(2).sub_(1)
    target = torch.randint(args.classes, (args.B,))
    adam = torch.optim.Adam(model.parameters(), fused=True)

    def run():
        adam.zero_grad()
        nn.functional.cross_entropy(model(x), target).backward()
        adam.step()

    return run


def forward(args, net):
    x = torch.rand(args.T, args.B, args.I)

    @torch.inference_mode()
    def run():
        return net(x)[0]

    return run


def stream(args, net):
    x = torch.rand(1, args.B, args.I)
    state = None

    @torch.inference_mode()
    def run():
        nonlocal state
        y, state = net(x, state)
        return y

    return run


def stream_cell(args):
    """The same with nn.LSTMCell, which has less around it."""
    cell = nn.LSTMCell(args.I, args.H)
    x = torch.rand(args.B, args.I)
    state = None

    @torch.inference_mode()
    def run():
        nonlocal state
        state = cell(x, state)
        return state[0]

    return run


def write(args, net):
    """Each step reads the token that had the highest score in the step before."""
    model = LanguageModel(args, net).eval()
    token = torch.zeros(1, args.B, dtype=torch.long)
    state = None

    @torch.inference_mode()
    def run():
        nonlocal token, state
        logits, state = model(token, state)
        token = logits.argmax(-1)

    return run


def write_cells(args):
    """The same with a cell for each layer, which has less around it."""
    embedding, decoder = nn.Embedding(args.vocabulary, args.I), nn.Linear(args.H, args.vocabulary)
    kind = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}[args.cell]
    cells = [kind(args.I if l == 0 else args.H, args.H) for l in range(args.layers)]
    states = [None] * args.layers
    token = torch.zeros(args.B, dtype=torch.long)

    @torch.inference_mode()
    def run():
        nonlocal token
        x = embedding(token)
        for l, cell in enumerate(cells):
            states[l] = cell(x, states[l])
            x = states[l][0] if args.cell == "lstm" else states[l]
        token = decoder(x).argmax(-1)

    return run


def main():
    args = measure.arguments(__doc__)
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    net = network(args)
    if args.vocabulary and args.mode == "stream":
        candidates = [write(args, net), write_cells(args)]
    elif args.vocabulary:
        candidates = [train_language_model(args, net)]
    elif args.classes:
        candidates = [train_classifier(args, net)]
    elif args.compile:
        # The steps of the network at once, or each by itself, which compiles ten times sooner.
        step = network(args)
        step.cell.forward = torch.compile(step.cell.forward)
        candidates = [train(args, torch.compile(net)), train(args, step)]
    elif args.mode == "train":
        candidates = [train(args, net)]
    elif args.mode == "forward":
        candidates = [forward(args, net)]
    else:
        candidates = [stream(args, net), stream_cell(args)]
    measure.report(args, torch.__version__.split("+")[0], *candidates)


if __name__ == "__main__":
    main()
