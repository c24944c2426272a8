"""JAX: cells in plain jax.numpy under lax.scan, jitted."""

import functools

import jax
import jax.numpy as jnp

import measure


def lstm_step(p, state, from_input):
    h, c = state
    i, f, g, o = jnp.split(from_input + h @ p["weight_hh"] + p["bias_hh"], 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


def gru_step(p, state, from_input):
    (h,) = state
    xr, xz, xn = jnp.split(from_input, 3, axis=-1)
    hr, hz, hn = jnp.split(h @ p["weight_hh"] + p["bias_hh"], 3, axis=-1)
    z = jax.nn.sigmoid(xz + hz)
    n = jnp.tanh(xn + jax.nn.sigmoid(xr + hr) * hn)
    h = (1 - z) * n + z * h
    return (h,), h


def layer_norm(p, x):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * p["weight"] + p["bias"]


def custom_step(p, state, from_input):
    """The cell of bench/customcell.go; from_input is LN(W_ih·x)."""
    h, c = state
    zi, zf, zg, zo = jnp.split(from_input + layer_norm(p["ln_hh"], h @ p["weight_hh"]), 4, axis=-1)
    i = jax.nn.sigmoid(zi + p["peephole_i"] * c)
    f = jax.nn.sigmoid(zf + p["peephole_f"] * c)
    c = f * c + i * jnp.tanh(zg)
    o = jax.nn.sigmoid(zo + p["peephole_o"] * c)
    h = o * jnp.tanh(layer_norm(p["ln_c"], c))
    return (h, c), h


STEPS = {"lstm": (lstm_step, 4, 2), "gru": (gru_step, 3, 1), "custom": (custom_step, 4, 2)}  # gates, states


def from_input(cell, p, x):
    """What the input gives to the gates: of all steps in one product."""
    z = x @ p["weight_ih"]
    return layer_norm(p["ln_ih"], z) if cell == "custom" else z + p["bias_ih"]


def layer(cell, p, x, reverse=False):
    step, _, states = STEPS[cell]
    zeros = jnp.zeros((x.shape[1], p["weight_hh"].shape[0]))
    _, y = jax.lax.scan(functools.partial(step, p), (zeros,) * states, from_input(cell, p, x), reverse=reverse)
    return y


def network(args, params, x):
    for directions in params:
        x = jnp.concatenate([layer(args.cell, p, x, reverse=i == 1) for i, p in enumerate(directions)], axis=-1)
    return x


def uniform(key, *shape):
    return jax.random.uniform(key, shape, minval=-1, maxval=1)


def init(args, keys):
    """For each layer the parameters of each direction."""
    gates, hidden, inputs = STEPS[args.cell][1], args.H, args.I
    params = []
    for _ in range(args.layers):
        directions = []
        for _ in range(1 + args.bidirectional):
            p = {"weight_ih": uniform(next(keys), inputs, gates * hidden) * hidden**-0.5,
                 "weight_hh": uniform(next(keys), hidden, gates * hidden) * hidden**-0.5}
            if args.cell == "custom":
                for name, width in (("ln_ih", 4 * hidden), ("ln_hh", 4 * hidden), ("ln_c", hidden)):
                    p[name] = {"weight": jnp.ones(width), "bias": jnp.zeros(width)}
                for gate in "ifo":
                    p["peephole_" + gate] = uniform(next(keys), hidden) * 0.1
            else:
                p["bias_ih"], p["bias_hh"] = jnp.zeros(gates * hidden), jnp.zeros(gates * hidden)
            directions.append(p)
        params.append(directions)
        inputs = hidden * len(directions)
    return params


def train(args, params, keys):
    x = uniform(next(keys), args.T, args.B, args.I)
    step = jax.jit(jax.value_and_grad(lambda params, x: network(args, params, x).sum(), argnums=(0, 1)))
    return lambda: jax.block_until_ready(step(params, x))


def train_language_model(args, params, keys):
    params = {"network": params, "embedding": uniform(next(keys), args.vocabulary, args.I),
              "weight": uniform(next(keys), args.H, args.vocabulary) * args.H**-0.5, "bias": jnp.zeros(args.vocabulary)}
    words = jax.random.randint(next(keys), (args.T, args.B), 0, args.vocabulary)
    target = jax.random.randint(next(keys), (args.T, args.B), 0, args.vocabulary)

    def loss(params):
        logits = network(args, params["network"], params["embedding"][words]) @ params["weight"] + params["bias"]
        picked = jnp.take_along_axis(logits, target[..., None], axis=-1)[..., 0]
        return (jax.nn.logsumexp(logits, axis=-1) - picked).mean()

    @functools.partial(jax.jit, donate_argnums=(0, 1, 2, 3))
    def step(params, m, v, t):
        """A step of Adam (Kingma and Ba 2015)."""
        grads = jax.grad(loss)(params)
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        rate = 1e-3 / (1 - 0.9**t)
        params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), params, m, v)
        return params, m, v, t

    state = (params, jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.zeros(()))

    def run():
        nonlocal state
        state = jax.block_until_ready(step(*state))

    return run


def forward(args, params, keys):
    x = uniform(next(keys), args.T, args.B, args.I)
    net = jax.jit(functools.partial(network, args))
    return lambda: net(params, x).block_until_ready()


def stream(args, params, keys):
    x = uniform(next(keys), args.B, args.I)
    cell, _, states = STEPS[args.cell]

    @jax.jit
    def step(params, states, x):
        out = []
        for (p,), state in zip(params, states):
            state, x = cell(p, state, from_input(args.cell, p, x))
            out.append(state)
        return out, x

    state = [(jnp.zeros((args.B, args.H)),) * states] * args.layers

    def run():
        nonlocal state
        state, y = step(params, state, x)
        return y.block_until_ready()

    return run


def main():
    args = measure.arguments(__doc__)
    keys = iter(jax.random.split(jax.random.key(1), 100))
    params = init(args, keys)
    if args.vocabulary:
        run = train_language_model(args, params, keys)
    else:
        run = {"train": train, "forward": forward, "stream": stream}[args.mode](args, params, keys)
    measure.report(args, jax.__version__, run)


if __name__ == "__main__":
    main()
