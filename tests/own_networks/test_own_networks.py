"""Networks of one's own: nothing runs where they are off, and where they are on one is tried, trained and asked."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from seqdl_core.__main__ import main
from seqdl_core.anatomy import anatomy_for
from seqdl_core.config import parse
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.errors import ConfigError, ModelFileError, SeqDLError, UnknownName
from seqdl_core.model_file import build_network, load_model, read_card
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.own_networks import (
    OwnNetwork,
    allowed,
    architecture_named,
    keep,
    kept,
    own_architectures,
    title,
)
from seqdl_core.own_networks.source import name_in, summary_in
from seqdl_core.runs import own_trial
from seqdl_core.runs.own_trial import add, try_out
from seqdl_core.sequences.alphabets import DNA

LENGTH = 30

NETWORK = '''"""Scans for motifs."""
from torch import nn


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scan = nn.Conv1d(channels, 8, 5)

    def forward(self, x):
        return self.scan(x).relu()


class MotifNet(nn.Module):
    def __init__(self, letters, length, targets):
        super().__init__()
        self.block = Block(letters)
        self.score = nn.Linear(8, targets)

    def forward(self, one_hot):
        return self.score(self.block(one_hot).amax(2))
'''

PARAMETERS = 8 * (4 * 5) + 8 + 8 * 1 + 1
"""Eight filters over 5 positions of 4 letters with their biases, and a score of eight numbers."""


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_OWN_NETWORKS", "on")


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    rng = np.random.default_rng(1)
    rows = []
    for number in range(80):
        letters, part = "".join(rng.choice(list("ACGT"), LENGTH)), "test" if number >= 60 else "train"
        rows.append((f"s{number}", letters, float(number % 2), part))
    table = pd.DataFrame(rows, columns=["id", "sequence", "label", "split"]).assign(source="toy")
    info = DatasetInfo(name="toy", alphabet="dna", length=LENGTH, label_names=("0", "1"),
                       counts={"train": 60, "test": 20}, positives={"train": 30, "test": 10})  # fmt: skip
    return Dataset.create(tmp_path / "data", table, info)


def marking(source: str, marker: Path) -> bytes:
    """The same file, which leaves a mark wherever it is run."""
    return f"{source}\nimport pathlib\npathlib.Path({str(marker)!r}).write_text('ran')\n".encode()


def refusal(source: str, data: Dataset, seconds: float = 90) -> SeqDLError:
    """What is said of a file that is tried in a process of its own."""
    with pytest.raises(ConfigError) as caught:
        try_out(source.encode(), "brought.py", data.folder, seconds=seconds)
    assert all(caught.value.parts().values()), "each error says what, where and what to do"
    return caught.value


def told_of(source: str, data: Dataset, folder: Path) -> dict[str, str]:
    """What that process would say, said in this one, which is faster."""
    file, answer = folder / "network.py", folder / "answer.json"
    file.write_text(source)
    own_trial.main(str(file), str(data.folder), str(answer))
    parts: dict[str, str] = json.loads(answer.read_text())["error"]
    assert all(parts.values()), "each error says what, where and what to do"
    return parts


def place_of(own: OwnNetwork) -> Path:
    import os

    return Path(os.environ["SEQDL_HOME"]) / "networks" / own.sha256 / "network.py"


def trained(data: Dataset, folder: Path, architecture: str) -> int:
    return main(["train", "--data", str(data.folder), "--architecture", architecture, "--out", str(folder),
                 "--set", "epochs=2", "epoch_size=64", "batch_size=8"])  # fmt: skip


@pytest.mark.parametrize("setting", ["", "off", "0", "false", "On ", "yes"])
def test_nothing_but_on_allows_them(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("SEQDL_OWN_NETWORKS", setting)
    assert not allowed()
    assert own_architectures() == []


def test_off_nothing_runs_wherever_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    marker, file = tmp_path / "marker", tmp_path / "motif.py"
    file.write_bytes(marking(NETWORK, marker))
    monkeypatch.setenv("SEQDL_OWN_NETWORKS", "on")
    own = keep(file.read_bytes(), "motif.py")
    assert trained(data, tmp_path / "run", own.architecture) == 0
    model = tmp_path / "run" / "model.safetensors"
    assert marker.exists(), "it ran while it was allowed"
    marker.unlink()

    monkeypatch.setenv("SEQDL_OWN_NETWORKS", "")
    forget(own)
    asked = tmp_path / "asked.fa"
    asked.write_text(f">one\n{'ACGTA' * 6}\n")
    capsys.readouterr()
    for command in (
        ["network", "add", str(file), "--data", str(data.folder)],
        ["network", "try", str(file), "--data", str(data.folder)],
        ["network", "list"],
        ["train", "--data", str(data.folder), "--architecture", "own:MotifNet", "--out", str(tmp_path / "no")],
        ["train", "--data", str(data.folder), "--architecture", own.architecture, "--out", str(tmp_path / "no")],
        ["predict", str(tmp_path / "run"), "--sequences", str(asked)],
    ):
        assert main([*command, "--json"]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["what"]
        assert error["where"]
        assert "SEQDL_OWN_NETWORKS=on" in error["fix"]
    with pytest.raises(ModelFileError, match="not run here") as caught:
        load_model(model)
    assert "SEQDL_OWN_NETWORKS=on" in caught.value.fix
    with pytest.raises(ConfigError):
        keep(file.read_bytes(), "motif.py")
    assert kept() == []
    assert not marker.exists()
    assert not (tmp_path / "no").exists()


def forget(own: OwnNetwork) -> None:
    """What ran in this process is as if it had not: another process begins without it."""
    import sys

    from seqdl_core.own_networks import running

    running._modules.pop(own.sha256, None)
    sys.modules.pop(f"seqdl_own_{own.sha256}", None)


@pytest.mark.slow
@pytest.mark.usefixtures("on")
def test_on_it_is_tried_trained_judged_and_asked(
    tmp_path: Path, data: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "motif.py"
    file.write_text(NETWORK)
    assert main(["network", "add", str(file), "--data", str(data.folder), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    sha256 = hashlib.sha256(NETWORK.encode()).hexdigest()
    assert answer == {"parameters": PARAMETERS, "name": "MotifNet", "architecture": f"own:MotifNet:{sha256}"}
    assert place_of(OwnNetwork("MotifNet", sha256)).read_text() == NETWORK

    assert trained(data, tmp_path / "run", "own:MotifNet") == 0
    model = tmp_path / "run" / "model.safetensors"
    assert read_card(model).architecture == f"own:MotifNet:{sha256}"
    loaded = load_model(model)
    assert tuple(loaded(torch.zeros(3, 4, LENGTH)).shape) == (3, 1)
    sequences = tmp_path / "asked.fa"
    sequences.write_text(f">one\n{'ACGTA' * 6}\n")
    capsys.readouterr()
    assert main(["predict", str(model), "--sequences", str(sequences)]) == 0
    assert "one" in capsys.readouterr().out


@pytest.mark.usefixtures("on")
@pytest.mark.slow
def test_trying_keeps_nothing(data: Dataset) -> None:
    assert try_out(NETWORK.encode(), "brought.py", data.folder) == PARAMETERS
    assert kept() == []


@pytest.mark.usefixtures("on")
def test_a_model_is_refused_without_its_very_source(tmp_path: Path, data: Dataset) -> None:
    marker = tmp_path / "marker"
    own = keep(NETWORK.encode(), "motif.py")
    assert trained(data, tmp_path / "run", own.architecture) == 0
    model, place = tmp_path / "run" / "model.safetensors", place_of(own)
    forget(own)
    place.write_bytes(marking(NETWORK, marker))
    with pytest.raises(ModelFileError, match="was changed") as changed:
        load_model(model)
    place.unlink()
    with pytest.raises(ModelFileError, match="not kept here") as absent:
        load_model(model)
    for caught in (changed, absent):
        assert own.sha256 in caught.value.fix
        assert caught.value.where.startswith("model.safetensors")
    assert not marker.exists()
    place.write_text(NETWORK)
    assert load_model(model).name == own.architecture


@pytest.mark.usefixtures("on")
def test_a_changed_file_is_another_network_and_a_short_name_must_be_enough() -> None:
    one = keep(NETWORK.encode(), "a.py")
    other = keep(NETWORK.replace("8, 5)", "8, 7)").encode(), "b.py")
    assert one.name == other.name
    assert one.sha256 != other.sha256
    assert [own.architecture for own in kept()] == sorted([one.architecture, other.architecture])
    with pytest.raises(ConfigError, match="2 kept files") as caught:
        architecture_named("own:MotifNet")
    assert one.architecture in caught.value.fix
    assert other.architecture in caught.value.fix
    with pytest.raises(ConfigError, match="kept here"):
        architecture_named("own:Nothing")
    with pytest.raises(UnknownName):
        architecture_named("MotifNet")
    found = [architecture_named(own.architecture) for own in (one, other)]
    shape = InputShape(DNA, LENGTH)
    sizes = [count_parameters(build_network(each, each.config(), shape, seed=1)) for each in found]
    assert sizes == [PARAMETERS, PARAMETERS + 8 * 4 * 2]


@pytest.mark.usefixtures("on")
def test_it_is_described_like_any_other() -> None:
    own = keep(NETWORK.encode(), "motif.py")
    described = anatomy_for(own.architecture, {}, InputShape(DNA, LENGTH))
    assert described.parameters == PARAMETERS
    assert described.receptive_field == 5
    assert title(own.architecture) == "own: MotifNet"
    assert title("cnn") == "cnn"
    assert architecture_named(own.architecture).summary == "Scans for motifs."


SETTINGS = """
from pydantic import Field
from torch import nn
from seqdl_core.config import Config

class Settings(Config):
    filters: int = Field(8, ge=1, le=64, title="Filters", description="How many motifs.")

class Tuned(nn.Module):
    def __init__(self, letters, length, targets, config):
        super().__init__()
        self.score = nn.Sequential(nn.Conv1d(letters, config.filters, 5), nn.AdaptiveMaxPool1d(1), nn.Flatten(),
                                   nn.Linear(config.filters, targets))

    def forward(self, one_hot):
        return self.score(one_hot)
"""


@pytest.mark.usefixtures("on")
@pytest.mark.slow
def test_a_config_class_becomes_its_settings(data: Dataset) -> None:
    own = add(SETTINGS.encode(), "tuned.py", data.folder).own
    architecture = architecture_named(own.architecture)
    network = build_network(architecture, parse(architecture.config, {"filters": "3"}), InputShape(DNA, LENGTH), seed=1)
    assert count_parameters(network) == 3 * 4 * 5 + 3 + 3 + 1


@pytest.mark.usefixtures("on")
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("class MotifNet(:\n    pass\n", "not Python"),
        ("import torch\n", "No class of the file is a network"),
        (NETWORK + NETWORK[NETWORK.index("class MotifNet") :].replace("MotifNet", "Second"), "2 classes"),
        (NETWORK.replace("class MotifNet(nn.Module)", "class MotifNet"), "no torch module"),
        (NETWORK.replace("nn.Linear(8, targets)", "nn.Linear(9, targets)"), "cannot score sequences"),
        (NETWORK.replace("Block(letters)", "Block(length / 0)"), "cannot be built for 30 letters: ZeroDivisionError"),
        (NETWORK.replace(".amax(2))", ".amax(2))[:, 0]"), "instead of"),
        (NETWORK.replace("        self.score", "        self.idle = nn.Linear(2, 2)\n        self.score"), "gets no"),
        (NETWORK.replace(".amax(2)", ".amax(2) / 0"), "not finite"),
        (NETWORK.replace(".amax(2))", ".amax(2)) + __import__('torch').rand(1)"), "other scores"),
        ("raise KeyError('at the top')\n" + NETWORK, "cannot be imported"),
        (NETWORK.replace("self.block(one_hot)", "self.block(one_hot.mul_(2))"), "changes the sequences"),
        (NETWORK.replace("self.block(one_hot)", "self.block(one_hot - one_hot.mean(0))"), "alone than beside"),
        (NETWORK.replace("return self.score(self.block(one_hot).amax(2))",
                         "return self.score(self.block(one_hot).amax(2)).half()"), "The scores are float16"),
        (NETWORK.replace("nn.Linear(8, targets)", "nn.Linear(8, targets, dtype=__import__('torch').float64)")
         .replace("self.block(one_hot).amax(2))", "self.block(one_hot).amax(2).double()).float()"), "is float64"),
        (NETWORK.replace(".amax(2))", ".amax(2)).detach()"), "carry no gradient"),
        (NETWORK.replace("return self.score(self.block(one_hot).amax(2))",
                         "a = self.block(one_hot).exp(); b = a.exp(); a += 1; return self.score(b.amax(2))"),
         "cannot be trained: RuntimeError"),
        (NETWORK.replace("        self.score", "        self.register_buffer('mask', nn.init.constant_("
                         "__import__('torch').zeros(3), -float('inf')))\n        self.score"), "not finite"),
    ],
    ids=["syntax", "none", "two", "no module", "sizes", "built", "shape", "idle", "infinite", "random", "import",
         "in place", "batch", "half", "double", "detached", "backward", "mask"],
)  # fmt: skip
def test_what_does_not_pass_is_refused_in_three_parts(data: Dataset, tmp_path: Path, source: str, told: str) -> None:
    assert told in told_of(source, data, tmp_path)["what"]


@pytest.mark.usefixtures("on")
@pytest.mark.slow
def test_a_line_that_fails_is_named_and_nothing_is_kept(data: Dataset) -> None:
    source = NETWORK.replace("self.block(one_hot)", "self.blok(one_hot)")
    line = next(number for number, text in enumerate(source.splitlines(), 1) if "blok" in text)
    assert f"line {line}" in refusal(source, data).where
    assert kept() == []


@pytest.mark.usefixtures("on")
@pytest.mark.slow
def test_a_file_that_ends_its_process_is_refused(data: Dataset) -> None:
    assert "without an answer (exit status 3)" in refusal("import os; os._exit(3)\n" + NETWORK, data).what


@pytest.mark.usefixtures("on")
def test_a_file_that_never_ends_is_ended(data: Dataset) -> None:
    assert "took more than 1 s" in refusal("import time; time.sleep(600)\n" + NETWORK, data, seconds=1).what


def test_reading_a_file_runs_none_of_it(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    source = marking(NETWORK, marker)
    assert name_in(source, "motif.py") == "MotifNet"
    assert summary_in(source, "motif.py") == "Scans for motifs."
    for hostile in (b"\xff\xfe", b"(" * 100_000, b"x = 1\n" * 200_000, b"\0"):
        with pytest.raises(ConfigError):
            name_in(hostile, "hostile.py")
    assert not marker.exists()


@pytest.mark.parametrize("name", ["own:", "own:../../etc", "own:A:" + "0" * 63, "own:A:" + "g" * 64, "own:A B:c"])
@pytest.mark.usefixtures("on")
def test_names_that_name_nothing(name: str) -> None:
    with pytest.raises(ConfigError):
        architecture_named(name)
