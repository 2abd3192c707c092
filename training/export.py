"""Export a trained run as a model pack, and check it against PyTorch.

    python -m training.export --run RUN --out resources/models/longtake-embedded --version 1.0.0

Writes encode, denoise, decode and refine as ONNX graphs with their weights beside them (float16, cast to float32 once when the session
is made), manifest.json, and a parity report. Fails if any output differs from PyTorch on the same (float16-rounded) weights by 1e-3 or
more, at two different window sizes.
"""

import argparse
import hashlib
import json
import os

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper

from training.model.compression import Compression
from training.model.dit import CHANNELS, DiT, token_positions
from training.model.refiner import INPUTS, Refiner

OPSET = 17


def round_to_half(module: torch.nn.Module) -> None:
    for p in list(module.parameters()) + list(module.buffers()):
        if p.is_floating_point() and p.numel() > 256:
            p.data.copy_(p.data.half().float())


def shrink(path: str) -> dict:
    """Move every float32 initialiser of more than 256 elements into one float16 file beside the graph, behind a Cast.
    Returns the manifest's description of that file."""
    model = onnx.load(path)
    graph = model.graph
    weights = os.path.splitext(path)[0] + ".weights"
    tensors, blob, casts, kept = [], bytearray(), [], []
    for init in graph.initializer:
        array = numpy_helper.to_array(init)
        if array.dtype != np.float32 or array.size <= 256:
            kept.append(init)
            continue
        while len(blob) % 64:
            blob.append(0)
        data = array.astype("<f2").tobytes()
        name = init.name + "_half"
        t = TensorProto(name=name, data_type=TensorProto.FLOAT16, dims=array.shape, data_location=TensorProto.EXTERNAL)
        for k, v in (("location", os.path.basename(weights)), ("offset", str(len(blob))), ("length", str(len(data)))):
            t.external_data.add(key=k, value=v)
        tensors.append({"name": name, "offset": len(blob), "bytes": len(data), "dtype": "float16"})
        blob += data
        kept.append(t)
        casts.append(helper.make_node("Cast", [name], [init.name], to=TensorProto.FLOAT))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    if not any(o.domain == "com.microsoft" for o in model.opset_import):
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    with open(weights, "wb") as f:
        f.write(blob)
    onnx.save_model(model, path)
    return describe(weights) | {"tensors": tensors}


def describe(path: str) -> dict:
    with open(path, "rb") as f:
        data = f.read()
    return {"file": os.path.basename(path), "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def to_onnx(module, args, path, inputs, outputs, axes) -> None:
    torch.onnx.export(module, args, path, input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=OPSET,
                      dynamo=False, custom_opsets={"com.microsoft": 1})


def denoise_example(t: int, h: int, w: int):
    g = torch.Generator().manual_seed(t)
    r = lambda *s: torch.randn(*s, generator=g)
    mask = (r(1, 1, t, h, w) > 0).float()
    return (r(1, CHANNELS, t, h, w), r(1, CHANNELS, t, h, w) * mask, mask, r(1, CHANNELS, t, h, w), r(1, 3, t, h, w), r(1, 4, t).abs(),
            token_positions(torch.arange(t) / 24, h, w), torch.tensor([0.5]), torch.tensor([0.1]))


def parity(path: str, module, examples, inputs) -> float:
    session = ort.InferenceSession(path)
    worst = 0.0
    for args in examples:
        with torch.no_grad():
            wanted = module(*args)
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        got = session.run(None, {k: v.numpy() for k, v in zip(inputs, args)})
        worst = max(worst, *(float(np.abs(a.numpy() - b).max()) for a, b in zip(wanted, got)))
    return worst


def load_run(run: str) -> tuple[Compression, DiT, Refiner | None]:
    compression = Compression()
    compression.load_state_dict(torch.load(os.path.join(run, "compression.pt"))["net"])
    state = torch.load(os.path.join(run, "dit.pt"))
    dit = DiT(**state["config"]["model"])
    dit.load_state_dict(state["ema"])
    refiner = Refiner()
    path = os.path.join(run, "refiner.pt")
    if os.path.exists(path):
        refiner.load_state_dict(torch.load(path)["ema"])
    return compression.eval(), dit.eval(), refiner.eval()


def read_pack_weights(pack: str, net: DiT) -> dict[str, torch.Tensor]:
    """The transformer's weights out of a shipped pack, as a state dict for `net` (float16-rounded), to go on training from.
    Raises ValueError where the pack's denoiser is of another shape."""
    graph = onnx.load(os.path.join(pack, "denoise.onnx")).graph  # external data is read beside it
    arrays = {i.name.removesuffix("_half"): torch.from_numpy(numpy_helper.to_array(i).astype(np.float32)) for i in graph.initializer}
    state = net.state_dict()
    # The exporter renames the weights of 3-D linear layers to numbers, transposed, in the order in which the network uses them.
    numbered = iter(sorted((k for k in arrays if k.startswith("onnx::MatMul_")), key=lambda k: int(k.split("_")[1])))
    for name in ["embed.weight", *(f"blocks.{i}.{part}.weight" for i in range(len(net.blocks)) for part in ("qkv", "out", "up", "down")), "head.weight", *(f"trust.{part}.weight" for part in ("evidence", "token", "mix", "out"))]:
        if name not in arrays:
            arrays[name] = arrays[next(numbered)].T
    for name, value in state.items():
        if name in arrays:
            if arrays[name].shape != value.shape:
                raise ValueError(f"{name} is {tuple(arrays[name].shape)} in the pack, {tuple(value.shape)} here")
            state[name] = arrays[name].clone()
        elif name not in ("freq", "noise_freq"):  # fixed by the configuration
            raise ValueError(f"the pack's denoiser has no {name}")
    return state


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--run", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--version", required=True)
    ap.add_argument("--id", default="longtake-embedded")
    o = ap.parse_args()
    os.makedirs(o.out, exist_ok=True)
    compression, dit, refiner = load_run(o.run)
    rand = lambda *s: torch.rand(*s, generator=torch.Generator().manual_seed(sum(s)))
    hw = lambda n: {0: "n", 2: f"{n}h", 3: f"{n}w"}
    video = {2: "t", 3: "h", 4: "w"}
    frames = lambda n, h, w: (*(rand(n, 3, h, w) * (1 - 0.1 * k) for k in range(5)), rand(n, 10, h, w))
    roles = {
        "encode": (compression.encoder, [(rand(1, 3, 48, 64),), (rand(3, 3, 64, 80),)], ["frames"], ["latents"], {"frames": hw("f"), "latents": hw("l")}),
        "decode": (compression.decoder, [(torch.randn(1, 16, 6, 8),), (torch.randn(3, 16, 8, 10),)], ["latents"], ["frames"], {"latents": hw("l"), "frames": hw("f")}),
        "denoise": (dit, [denoise_example(4, 6, 8), denoise_example(16, 10, 12)],
                    ["noisy", "known", "mask", "prior", "hints", "info", "positions", "tau", "sigma"], ["clean"],
                    {k: video for k in ("noisy", "known", "mask", "prior", "hints", "clean")} | {"info": {2: "t"}, "positions": {0: "tokens"}}),
        "refine": (refiner, [frames(1, 48, 64), frames(3, 64, 80)], list(INPUTS), ["flow", "weights", "residual"],
                   {k: hw("f") for k in (*INPUTS, "flow", "weights", "residual")}),
    }
    graphs, worst = {}, {}
    for role, (module, examples, inputs, outputs, axes) in roles.items():
        round_to_half(module)
        path = os.path.join(o.out, role + ".onnx")
        to_onnx(module, examples[0], path, inputs, outputs, axes)
        weights = shrink(path)
        graphs[role] = describe(path) | {"weights": weights}
        worst[role] = parity(path, module, examples, inputs)
    print("largest difference between PyTorch and onnxruntime:", worst)
    if max(worst.values()) >= 1e-3:
        raise SystemExit("parity failed")
    with open(os.path.join(os.path.dirname(__file__), "configs", "manifest.json")) as f:
        manifest = json.load(f)
    manifest |= {"id": o.id, "version": o.version, "graphs": graphs, "parity": {k: float(f"{v:.2e}") for k, v in worst.items()}}
    with open(os.path.join(o.out, "manifest.json"), "w") as f:
        json.dump(manifest, f, indent=2)
        f.write("\n")


if __name__ == "__main__":
    main()
