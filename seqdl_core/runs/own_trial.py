"""Trying a network of one's own before it is kept: in a process of its own, which ends with it or at its time limit.

The process has a SeqDL home of its own that goes away afterwards, so that the network is looked up, built, followed and
saved there exactly as it would be later. It must give two sequences of the data ``(2, T)`` finite scores in float32, in
use the same for each alone and from its model file, leave the sequences as they are, and give a finite gradient to each
parameter.

    python -m seqdl_core.runs.own_trial FILE DATASET ANSWER.json
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from seqdl_core.errors import ConfigError, SeqDLError
from seqdl_core.own_networks import OwnNetwork, keep, require_allowed, title
from seqdl_core.own_networks.source import name_in
from seqdl_core.runs.processes import CORE_FOLDER

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor

    from seqdl_core.models import SequenceNetwork

_SECONDS = 90.0
_FEWEST = 2


@dataclass(frozen=True)
class Tried:
    """A network that passed, and how many numbers it adjusts for the data that it was tried on."""

    own: OwnNetwork
    parameters: int


def add(source: bytes, where: str, dataset: Path, *, seconds: float = _SECONDS) -> Tried:
    """Try a network on a data set, and keep its file where it passes.

    Raises:
        ConfigError: where such networks are not allowed (the file is not even read as Python then), or it fails.
    """
    parameters = try_out(source, where, dataset, seconds=seconds)
    return Tried(keep(source, where), parameters)


def try_out(source: bytes, where: str, dataset: Path, *, seconds: float = _SECONDS) -> int:
    """Try a network and keep nothing; how many numbers it adjusts.

    Raises:
        ConfigError: as :func:`add` does.
    """
    require_allowed(where)
    name_in(source, where)
    with tempfile.TemporaryDirectory(prefix="seqdl-own-", ignore_cleanup_errors=True) as folder:
        file, answer = Path(folder) / "network.py", Path(folder) / "answer.json"
        file.write_bytes(source)
        process = subprocess.Popen(
            [sys.executable, "-m", "seqdl_core.runs.own_trial", str(file), str(dataset.absolute()), str(answer)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=CORE_FOLDER,
            env=os.environ | {"SEQDL_HOME": str(Path(folder) / "home")},
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ConfigError(
                f"Importing the file and scoring two sequences took more than {seconds:.0f} s and was ended.",
                where=where,
                fix="Let the file only define the network, without work at its top, and make the network smaller.",
            ) from None
        finally:
            _end(process)
        return _read(answer, where, process.returncode)


def _read(answer: Path, where: str, status: int) -> int:
    try:
        said = json.loads(answer.read_text("utf-8"))
    except (OSError, ValueError):
        raise ConfigError(
            f"The process that tried the network ended without an answer (exit status {status}).",
            where=where,
            fix="Let the file only define the network; it must not end the process or take all memory.",
        ) from None
    if "error" in said:
        raise ConfigError(said["error"]["what"], where=said["error"]["where"] or where, fix=said["error"]["fix"])
    return int(said["parameters"])


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it and whatever it started."""
    try:
        started = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        started = []
    for one in [*started, process]:
        try:
            one.kill()
        except (psutil.Error, OSError):
            continue
    process.wait()


def _try(file: Path, dataset: Path) -> int:
    """What the process does."""
    import torch

    from seqdl_core.anatomy import anatomy_for
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.model_file import ModelCard, build_network, load_model, save_model
    from seqdl_core.own_networks import architecture_named
    from seqdl_core.own_networks.running import TASKS
    from seqdl_core.predict import one_hot
    from seqdl_core.runs.fitting import require_fit, shape_for
    from seqdl_core.sequences.alphabets import encode_all
    from seqdl_core.sizing import require_room_to_score

    torch.set_num_threads(1)
    data = Dataset.open(dataset)
    own = keep(file.read_bytes(), file.name)
    where = title(own.architecture)
    if data.info.task not in TASKS:
        raise ConfigError(
            "A network of one's own gives T scores a sequence, and these data ask for something else.",
            where=data.info.name,
            fix=f"Use data with one of the tasks {', '.join(TASKS)}.",
        )
    architecture, shape = architecture_named(own.architecture), shape_for(data.info)
    described = anatomy_for(own.architecture, {}, shape)
    if not described.parameters:
        raise ConfigError("The network has no parameters to train.", where=where, fix="Give it layers with weights.")
    require_room_to_score(own.architecture, {}, shape)
    config = architecture.config()
    network = build_network(architecture, config, shape, seed=1)
    rows = data.rows("train")["sequence"].tolist()[:_FEWEST]
    sequences = one_hot(torch.from_numpy(encode_all(rows, data.alphabet, shape.length)), shape.letters)
    _require_float32(network, where)
    _require_gradients(network, sequences, own, where)
    require_fit(data.info, own.architecture, {}, {"batch_size": _FEWEST})
    card = ModelCard(
        architecture=own.architecture,
        architecture_config=config.model_dump(mode="json"),
        alphabet=data.info.alphabet,
        task=data.info.task,
        length=shape.length,
        targets=shape.targets,
        target_names=data.info.targets,
        label_names=data.info.label_names,
    )
    path = file.with_name("model.safetensors")
    try:
        save_model(path, network, card)
    except RuntimeError as problem:
        raise ConfigError(
            f"Its weights cannot be kept in a model file: {str(problem).splitlines()[0][:200]}",
            where=where,
            fix="Give each parameter memory of its own; two names for one tensor cannot be kept.",
        ) from None
    loaded = load_model(path).network
    with torch.inference_mode():
        together, again = network.eval()(sequences), loaded(sequences)
        alone = torch.cat([network(sequence[None]) for sequence in sequences])
    if not torch.equal(together, again):
        raise ConfigError(
            "Read again from its model file, the network gives other scores for the same sequences.",
            where=where,
            fix="Register what forward uses as parameters or buffers, and let forward draw nothing at random in use.",
        )
    if not torch.allclose(together, alone, rtol=1e-3, atol=1e-4):
        raise ConfigError(
            "A sequence scores otherwise alone than beside another one.",
            where=where,
            fix="Let forward look at each row by itself in use: no mean, maximum or normalisation over the first axis.",
        )
    return described.parameters


def _require_float32(network: "SequenceNetwork", where: str) -> None:
    """Training adds small steps to weights, which numbers of fewer digits would lose; and all must be finite."""
    import torch

    for name, tensor in network.state_dict().items():
        called = name.removeprefix("network.")
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise ConfigError(
                f"'{called}' begins with numbers that are not finite (NaN or infinity).",
                where=where,
                fix="Begin with finite weights; register a mask of infinities with persistent=False.",
            )
    for name, parameter in network.named_parameters():
        if parameter.dtype != torch.float32:
            raise ConfigError(
                f"The parameter '{name.removeprefix('network.')}' is {str(parameter.dtype).removeprefix('torch.')}.",
                where=where,
                fix="Keep parameters in float32: without half(), bfloat16() and double().",
            )


def _require_gradients(
    network: "SequenceNetwork", sequences: "Float[Tensor, 'N A L']", own: OwnNetwork, where: str
) -> None:
    """One step as in training: scores from untouched sequences, and a finite gradient to each parameter."""
    import torch

    from seqdl_core.own_networks.running import Explained

    kept = sequences.clone()
    scores = network.train()(sequences)
    if not torch.equal(sequences, kept):
        raise ConfigError(
            "forward changes the sequences that it is given.",
            where=where,
            fix="Work on a copy: without add_, relu_, inplace=True or x[...] = on the input.",
        )
    if scores.dtype != torch.float32:
        raise ConfigError(
            f"The scores are {str(scores.dtype).removeprefix('torch.')}.",
            where=where,
            fix="Return float32: scores.float().",
        )
    _require_finite(scores, "Its scores", where)
    if not scores.requires_grad:
        raise ConfigError(
            "The scores carry no gradient, so nothing can be learned from them.",
            where=where,
            fix="Let forward compute them from parameters, without no_grad(), detach(), argmax or rounding.",
        )
    with Explained(own, "cannot be trained"):
        scores.square().sum().backward()
    for name, parameter in network.named_parameters():
        called = name.removeprefix("network.")
        if parameter.requires_grad and parameter.grad is None:
            raise ConfigError(
                f"The parameter '{called}' gets no gradient: the scores do not depend on it.",
                where=where,
                fix="Use it in forward, or take it out.",
            )
        if parameter.grad is not None:
            _require_finite(parameter.grad, f"The gradient of '{called}'", where)


def _require_finite(values: "object", what: str, where: str) -> None:
    import torch

    if not (isinstance(values, torch.Tensor) and bool(torch.isfinite(values).all())):
        raise ConfigError(
            f"{what} for two sequences of the data are not finite.",
            where=where,
            fix="Look for a division by zero, a logarithm of zero, or weights that begin too large.",
        )


def main(file: str, dataset: str, answer: str) -> None:
    """Try, and write what came of it."""
    try:
        said: dict[str, object] = {"parameters": _try(Path(file), Path(dataset))}
    except SeqDLError as problem:
        said = {"error": problem.parts()}
    Path(answer).write_text(json.dumps(said), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
