"""A shipped pack back to a run folder, to go on training where only the repository is at hand.

    python -m training.unpack --config training/configs/embedded.json --pack resources/models/longtake-embedded --out RUN

Writes RUN/compression.pt, RUN/dit.pt and RUN/refiner.pt with the pack's weights (rounded to float16, without an optimiser's memory).
"""

import argparse
import json
import os

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.export import read_pack_weights
from training.model.compression import Compression
from training.model.dit import DiT
from training.model.refiner import Refiner


def fill(module: torch.nn.Module, graph: str) -> None:
    """Load a module's parameters from the initialisers of the same names. Raises KeyError where one is missing."""
    arrays = {i.name.removesuffix("_half"): numpy_helper.to_array(i) for i in onnx.load(graph).graph.initializer}
    module.load_state_dict({k: torch.from_numpy(arrays[k].astype(np.float32)) for k in module.state_dict()})


def main() -> None:
    ap = argparse.ArgumentParser()
    for name in ("config", "pack", "out"):
        ap.add_argument("--" + name, required=True)
    o = ap.parse_args()
    os.makedirs(o.out, exist_ok=True)
    compression, refiner = Compression(), Refiner()
    fill(compression.encoder, os.path.join(o.pack, "encode.onnx"))
    fill(compression.decoder, os.path.join(o.pack, "decode.onnx"))
    fill(refiner, os.path.join(o.pack, "refine.onnx"))
    with open(o.config) as f:
        config = json.load(f)
    dit = DiT(**config["model"])
    weights = read_pack_weights(o.pack, dit)
    with open(os.path.join(o.pack, "manifest.json")) as f:
        version = json.load(f)["version"]
    torch.save({"net": compression.state_dict(), "step": 1}, os.path.join(o.out, "compression.pt"))
    torch.save({"ema": refiner.state_dict()}, os.path.join(o.out, "refiner.pt"))
    torch.save({"net": weights, "ema": weights, "opts": [], "step": 0, "minutes": 0.0, "config": config}, os.path.join(o.out, "dit.pt"))
    print(f"{o.out} holds the networks of version {version}")


if __name__ == "__main__":
    main()
