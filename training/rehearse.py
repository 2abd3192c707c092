"""The whole chain at toy size, in minutes: corpus -> cache -> compression -> transformer (stopped and resumed) -> refiner ->
trust head -> all together -> pack -> unpacked.

    python -m training.rehearse [--work FOLDER]

Its corpus is made of the project's own demo clips, so it needs nothing else. Every stage runs as a person would run it; the script
fails if a stage fails, if the resumed run does not go on from where it stopped, if a loss is not finite, if the compression network is
worse than the PCA it starts from, if the exported graphs differ from PyTorch, or if unpacking loses something. What it trains is thrown
away.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.join(HERE, "..", "resources", "demo")


def run(*args: str) -> str:
    print("$", " ".join(args), flush=True)
    r = subprocess.run([sys.executable, "-m", *args], cwd=os.path.join(HERE, ".."), capture_output=True, text=True)
    if r.returncode:
        raise SystemExit(f"{args[0]} failed:\n{r.stdout[-2000:]}\n{r.stderr[-3000:]}")
    return r.stdout


def ffmpeg(*args: str) -> None:
    subprocess.check_call(["ffmpeg", "-v", "error", "-y", *args])


def toy_corpus(folder: str) -> None:
    """Two low-resolution clips of each demo film, and their first frames as stills, laid out as the real corpus is."""
    train = os.path.join(folder, "train")
    os.makedirs(train)
    rows = []
    films = sorted(f for f in os.listdir(DEMO) if f.endswith(".mp4"))
    with tarfile.open(os.path.join(train, "shard-1.tar"), "w") as clips, tarfile.open(os.path.join(train, "stills.tar"), "w") as stills:
        for film in films:
            for start in (0, 2):
                name = f"{film[:-4]}_{start}.mp4"
                path = os.path.join(folder, name)
                ffmpeg("-ss", str(start), "-i", os.path.join(DEMO, film), "-t", "1.5", "-an", "-s", "256x144", "-crf", "16", path)
                clips.add(path, name)
                rows.append({"file": name, "shard": "shard-1.tar", "work": film, "width": 256, "height": 144, "fps": 24.0, "frames": 36, "hires": False})
            picture = os.path.join(folder, film + ".jpg")
            ffmpeg("-i", os.path.join(DEMO, film), "-frames:v", "1", "-s", "800x450", picture)
            stills.add(picture, film + ".jpg")
    with open(os.path.join(train, "index.json"), "w") as f:
        json.dump(rows, f)


def rows_of(path: str) -> list[dict]:
    with open(path) as f:
        return [json.loads(line) for line in f]


def check(condition: bool, words: str) -> None:
    if not condition:
        raise SystemExit("rehearsal failed: " + words)
    print("ok:", words, flush=True)


def rehearse(work: str) -> None:
    corpus, cache, out, pack = (os.path.join(work, n) for n in ("corpus", "cache", "run", "pack"))
    toy_corpus(corpus)
    run("training.data.cache", "--corpus", corpus, "--out", cache)
    common = ("--config", "training/configs/toy.json", "--cache", cache, "--corpus", corpus, "--out", out)
    printed = run("training.train_compression", "--cache", cache, "--out", out, "--minutes", "0.4")
    first, last = (float(line.split()[-1]) for line in (printed.splitlines()[0], printed.splitlines()[-1]))
    check(last > first - 0.1, f"the compression network holds its PCA's {first:.2f} dB ({last:.2f} dB)")
    run("training.train", *common, "--minutes", "0.5", "--hold")
    steps = rows_of(os.path.join(out, "dit.jsonl"))
    run("training.train", *common, "--minutes", "0.5")
    resumed = rows_of(os.path.join(out, "dit.jsonl"))[len(steps) :]
    check(resumed[0]["step"] > max(r["step"] for r in steps), "training goes on from its checkpoint")
    check(all(math.isfinite(v) for r in steps + resumed for v in r.values() if isinstance(v, float)), "losses are finite")
    run("training.train_refiner", *common, "--minutes", "0.4")
    run("training.train_trust", *common, "--windows", "12", "--minutes", "0.2")
    run("training.train_joint", *common, "--minutes", "0.4")
    print(run("training.export", "--run", out, "--out", pack, "--version", "0.0.1").strip())
    with open(os.path.join(pack, "manifest.json")) as f:
        manifest = json.load(f)
    check(set(manifest["graphs"]) == {"encode", "decode", "denoise", "refine"}, "the pack holds its four graphs")
    check(max(manifest["parity"].values()) < 1e-3, "the graphs agree with PyTorch")
    again = os.path.join(work, "again")
    run("training.unpack", "--config", "training/configs/toy.json", "--pack", pack, "--out", again)
    run("training.export", "--run", again, "--out", os.path.join(work, "pack-again"), "--version", "0.0.1")
    with open(os.path.join(work, "pack-again", "manifest.json")) as f:
        check(json.load(f)["graphs"] == manifest["graphs"], "an unpacked pack comes back byte by byte")


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--work", default="")
    o = ap.parse_args()
    if o.work:
        rehearse(o.work)
    else:
        with tempfile.TemporaryDirectory() as work:
            rehearse(work)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
