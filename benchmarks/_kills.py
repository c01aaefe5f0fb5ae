"""Runs that are killed with SIGKILL, and checkpoints that are damaged: what comes back, bit for bit."""

import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import Row, row

ROOT = Path(__file__).parents[1]
KILLS, DAMAGES, WRITES = 30, 100, 200
ARCHITECTURES = ("cnn", "transformer", "gru")
SMALL = {
    "cnn": ("filters=8", "blocks=1", "channels=8", "hidden=8"),
    "transformer": ("width=16", "layers=1", "heads=2"),
    "gru": ("units=8", "filters=8", "hidden=8"),
}


def at_random_steps() -> Iterator[Row]:
    """Kill a run at a random moment, resume it, and compare the weights with those of an undisturbed run."""
    equal, rng = 0, random.Random(1)
    with tempfile.TemporaryDirectory(prefix="seqdl-kills-") as place:
        data = _data(Path(place))
        undisturbed = {name: _undisturbed(Path(place) / name, data, name) for name in ARCHITECTURES}
        for number in range(KILLS):
            name = ARCHITECTURES[number % len(ARCHITECTURES)]
            weights, seconds = undisturbed[name]
            run = Path(place) / f"killed-{number}"
            with _training(run, data, name) as process:
                time.sleep(rng.uniform(0, 0.8) * seconds)
                process.kill()
            _seqdl("resume", str(run))
            equal += _weights(run) == weights
            shutil.rmtree(run)
    yield row("kills_resumed_bitwise", equal, target=KILLS, note=", ".join(ARCHITECTURES))


def damaged() -> Iterator[Row]:
    """Flip a byte of the newest checkpoint or cut it off, and read what is there."""
    from seqdl_core.training.checkpoint import load_newest

    recovered, rng = 0, random.Random(2)
    with tempfile.TemporaryDirectory(prefix="seqdl-damages-") as place:
        run = Path(place) / "run"
        _undisturbed(run, _data(Path(place)), "cnn")
        newest = max((run / "checkpoints").glob("*.checkpoint"))
        content = newest.read_bytes()
        for number in range(DAMAGES):
            at = rng.randrange(len(content))
            flipped = content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]
            newest.write_bytes(content[:at] if number % 2 else flipped)
            found = load_newest(run / "checkpoints")
            recovered += found is not None and found.epoch == int(newest.name[:6]) - 1
    yield row("damaged_checkpoints_recovered", recovered, target=DAMAGES)


_WRITER = """
import sys
from pathlib import Path
from seqdl_core.files import replace_file
folder = Path(sys.argv[1])
for number in range(10**6):
    replace_file(folder / "state", bytes([number % 251]) * 2_000_000)
    print(number, flush=True)
"""


def while_writing() -> Iterator[Row]:
    """Kill a process that writes files one after the other; every file there must be whole."""
    whole, rng = 0, random.Random(3)
    with tempfile.TemporaryDirectory(prefix="seqdl-writes-") as place:
        for _ in range(WRITES):
            process = subprocess.Popen([sys.executable, "-c", _WRITER, place], cwd=ROOT, stdout=subprocess.PIPE)
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.uniform(0, 0.05))
            process.kill()
            process.wait()
            process.stdout.close()
            content = (Path(place) / "state").read_bytes()
            whole += len(content) == 2_000_000 and len(set(content)) == 1
    yield row("kills_while_writing_untorn", whole, target=WRITES)


def _data(place: Path) -> Path:
    data = place / "data"
    _seqdl("simulate", "--sequences", "2000", "--out", str(data))
    return data


def _undisturbed(run: Path, data: Path, architecture: str) -> tuple[str, float]:
    """The weights, and the seconds of training from the first step on."""
    with _training(run, data, architecture) as process:
        began = time.monotonic()
        while not (run / "model.safetensors").exists() and process.poll() is None:
            time.sleep(0.02)
        seconds = time.monotonic() - began
        process.wait()
    return _weights(run), seconds


@contextmanager
def _training(run: Path, data: Path, architecture: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process that trains, after its first step; waited for at the end."""
    command = ["train", "--data", str(data), "--architecture", architecture, "--out", str(run), "--set"]
    process = subprocess.Popen(
        [sys.executable, "-m", "seqdl_core", *command, *SMALL[architecture], "epochs=6", "batch_size=32"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (run / "metrics.jsonl").exists():
        if process.poll() is not None:
            sys.exit(f"{architecture}: the training ended with status {process.returncode} before its first step")
        time.sleep(0.02)
    yield process
    process.wait()


def _weights(run: Path) -> str:
    """A hash of the names and bytes of all weights; the model file's card has times in it."""
    from safetensors.numpy import load_file

    digest = hashlib.sha256()
    for name, weights in sorted(load_file(run / "model.safetensors").items()):
        digest.update(name.encode() + weights.tobytes())
    return digest.hexdigest()


def _seqdl(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "seqdl_core", *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}\n{done.stderr[-2000:]}")
