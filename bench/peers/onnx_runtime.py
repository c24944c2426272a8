"""ONNX Runtime: the operators LSTM and GRU, forward."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import measure

KINDS = {"lstm": ("LSTM", 4, ["h", "c"]), "gru": ("GRU", 3, ["h"])}  # operator, gates, states


def model(args):
    """A network x [T, B, I] → y [T, B, H]; in mode stream its states are inputs and outputs too. A language model has token [1, B]
    for an input, for outputs the scores y [1, B, V] and token_next [1, B], the best of them."""
    op, gates, states = KINDS[args.cell]
    directions = 2 if args.bidirectional else 1
    rng = np.random.default_rng(1)
    nodes, weights, outputs = [], [], []
    inputs = [value("token", 1, args.B, type=TensorProto.INT64) if args.vocabulary else value("x", args.T, args.B, args.I)]
    x, width = "x", args.I

    def weight(name, *shape):
        w = rng.uniform(-1, 1, shape).astype(np.float32) * args.H**-0.5
        weights.append(numpy_helper.from_array(w, name))
        return name

    if args.vocabulary:
        nodes.append(helper.make_node("Gather", [weight("embedding", args.vocabulary, args.I), "token"], ["x"]))
    for l in range(args.layers):
        last = l == args.layers - 1 and not args.vocabulary
        ins = [x, weight(f"w{l}", directions, gates * args.H, width), weight(f"r{l}", directions, gates * args.H, args.H),
               weight(f"b{l}", directions, 2 * gates * args.H), ""]
        outs = [f"all{l}"]
        if args.mode == "stream":
            for s in states:
                inputs.append(value(f"{s}{l}", directions, args.B, args.H))
                outputs.append(value(f"{s}{l}_next", directions, args.B, args.H))
                ins.append(f"{s}{l}")
                outs.append(f"{s}{l}_next")
        nodes.append(helper.make_node(op, ins, outs, hidden_size=args.H, **linear_before_reset(op),
                                      direction="bidirectional" if args.bidirectional else "forward"))
        # [T, directions, B, H] → [T, B, directions·H]
        x, width = "y" if last else f"y{l}", directions * args.H
        nodes.append(helper.make_node("Transpose", [f"all{l}"], [f"turned{l}"], perm=[0, 2, 1, 3]))
        weights.append(numpy_helper.from_array(np.array([args.T, args.B, width]), f"shape{l}"))
        nodes.append(helper.make_node("Reshape", [f"turned{l}", f"shape{l}"], [x]))
    if args.vocabulary:
        nodes.append(helper.make_node("MatMul", [x, weight("decoder", width, args.vocabulary)], ["products"]))
        nodes.append(helper.make_node("Add", ["products", weight("bias", args.vocabulary)], ["y"]))
        nodes.append(helper.make_node("ArgMax", ["y"], ["token_next"], axis=-1, keepdims=0))
        outputs.append(value("token_next", 1, args.B, type=TensorProto.INT64))
        width = args.vocabulary
    outputs.insert(0, value("y", args.T, args.B, width))
    graph = helper.make_graph(nodes, "network", inputs, outputs, weights)
    m = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(m)
    return m.SerializeToString()


def linear_before_reset(op):
    return {"linear_before_reset": 1} if op == "GRU" else {}  # as PyTorch and cuDNN do


def value(name, *shape, type=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, type, shape)


def session(args):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if args.wait == "active" else "0")
    return onnxruntime.InferenceSession(model(args), options, providers=["CPUExecutionProvider"])


def main():
    args = measure.arguments(__doc__)
    s = session(args)
    # With everything bound no value is copied between NumPy and the runtime; the states change places after each step, and so do
    # the token that is read and the one that is written.
    values = {v.name: ort_value(v) for v in s.get_inputs() + s.get_outputs()}
    bindings = []
    for turn in range(2):
        b = s.io_binding()
        for v in s.get_inputs():
            b.bind_ortvalue_input(v.name, values[v.name if v.name == "x" or turn == 0 else v.name + "_next"])
        for v in s.get_outputs():
            b.bind_ortvalue_output(v.name, values[v.name if v.name == "y" or turn == 0 else v.name.removesuffix("_next")])
        bindings.append(b)

    def run():
        s.run_with_iobinding(bindings[0])
        bindings.reverse()

    measure.report(args, onnxruntime.__version__, run)


def ort_value(v):
    if v.type == "tensor(int64)":
        return onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(v.shape, np.int64))
    x = np.random.default_rng(2).uniform(-1, 1, v.shape).astype(np.float32)
    return onnxruntime.OrtValue.ortvalue_from_numpy(x)


if __name__ == "__main__":
    main()
