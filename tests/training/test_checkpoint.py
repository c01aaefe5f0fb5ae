"""A checkpoint of anything else than this network and run is refused before a single weight is changed."""

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torch import Tensor

from seqdl_core.errors import RunError
from seqdl_core.model_file import build_network
from seqdl_core.models import ARCHITECTURES, InputShape, SequenceNetwork
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.training.checkpoint import Checkpoint, load_newest, save_checkpoint

ORIGIN = {"the architecture": "deepbind", "filters": 16}


def network(name: str = "deepbind", **settings: int) -> SequenceNetwork:
    architecture = ARCHITECTURES.get(name)
    return build_network(architecture, architecture.config(**settings), InputShape(DNA, 40), seed=1)


def optimiser_of(made: SequenceNetwork) -> torch.optim.Optimizer:
    return torch.optim.AdamW(made.parameters())


def kept(folder: Path, made: SequenceNetwork) -> Path:
    """A checkpoint after one step."""
    optimiser = optimiser_of(made)
    made(torch.rand(2, 4, 40)).square().sum().backward()
    optimiser.step()
    state = Checkpoint.fresh(made, optimiser, 1)
    state.origin = dict(ORIGIN)
    return save_checkpoint(folder, state.capture(made, optimiser, 0, 1))


def refused(folder: Path, made: SequenceNetwork) -> str:
    """The network and torch's random numbers must be as before."""
    before, drawn = copy.deepcopy(made.state_dict()), torch.random.get_rng_state()
    found = load_newest(folder, ORIGIN)
    assert found is not None
    with pytest.raises(RunError) as caught:
        found.restore(made, optimiser_of(made))
    assert all(caught.value.parts().values())
    assert all(torch.equal(before[name], tensor) for name, tensor in made.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), drawn)
    return caught.value.what


def test_the_same_network_goes_on(tmp_path: Path) -> None:
    made = network()
    kept(tmp_path, made)
    other, found = network(), load_newest(tmp_path, ORIGIN)
    assert found is not None
    found.restore(other, optimiser_of(other))
    assert all(torch.equal(made.state_dict()[name], tensor) for name, tensor in other.state_dict().items())


def test_another_architecture_s_checkpoint_names_the_tensor(tmp_path: Path) -> None:
    kept(tmp_path, network("cnn"))
    assert "of the network" in refused(tmp_path, network())


def test_another_size_of_the_same_architecture(tmp_path: Path) -> None:
    kept(tmp_path, network(filters=8))
    assert "of the network is 16 x 4 x 24" in refused(tmp_path, network())


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ({**ORIGIN, "the architecture": "deepsea"}, "the architecture deepbind, and this run has deepsea"),
        ({**ORIGIN, "filters": 32}, "filters 16, and this run has 32"),
        ({**ORIGIN, "data of the hash": "0"}, "data of the hash None"),
    ],
)
def test_what_it_was_made_for_is_compared_though_the_tensors_fit(
    origin: dict[str, object], told: str, tmp_path: Path
) -> None:
    kept(tmp_path, network())
    with pytest.raises(RunError, match=told) as caught:
        load_newest(tmp_path, origin)
    assert all(caught.value.parts().values())


def rewritten(path: Path, change: Callable[[str, Tensor], Tensor | None]) -> None:
    """The same checkpoint with other tensors and a checksum that is right."""
    import json

    content = path.read_bytes()[32:]
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    from safetensors.torch import load

    tensors = {name: change(name, tensor) for name, tensor in load(content).items()}
    changed = save({name: tensor for name, tensor in tensors.items() if tensor is not None}, header["__metadata__"])
    path.write_bytes(hashlib.sha256(changed).digest() + changed)


@pytest.mark.parametrize("part", ["weights/", "mean/", "best/", "optimiser/"])
def test_numbers_that_are_not_finite(part: str, tmp_path: Path) -> None:
    path = kept(tmp_path, network())
    rewritten(path, lambda name, one: one * float("nan") if name.startswith(part) and one.ndim else one)
    assert "not finite" in refused(tmp_path, network())


@pytest.mark.parametrize("part", ["weights/", "mean/", "best/", "random/cpu"])
def test_tensors_that_are_missing(part: str, tmp_path: Path) -> None:
    path = kept(tmp_path, network())
    rewritten(path, lambda name, one: None if name.startswith(part) else one)
    assert refused(tmp_path, network())


def test_moments_of_another_shape(tmp_path: Path) -> None:
    path = kept(tmp_path, network())
    rewritten(path, lambda name, one: one[:1] if name == "optimiser/0/exp_avg" else one)
    assert "optimiser's '0/exp_avg'" in refused(tmp_path, network())


@pytest.mark.parametrize("content", [b"", b"nothing of ours", save({"a": torch.ones(1)})])
def test_a_file_that_is_none_though_its_checksum_is_right(content: bytes, tmp_path: Path) -> None:
    content = content or b"\0" * 8
    (tmp_path / "000001-000000000.checkpoint").write_bytes(hashlib.sha256(content).digest() + content)
    with pytest.raises(RunError, match="did not write it"):
        load_newest(tmp_path)
