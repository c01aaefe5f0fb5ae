"""A run folder with another run's model or checkpoint in it: said before anything is asked of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from seqdl_core.__main__ import main
from seqdl_core.errors import ModelFileError, RunError
from seqdl_core.model_file import ModelCard, build_network, save_model
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.runs.execute import execute
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.trained import trained_model
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.training.checkpoint import Checkpoint, save_checkpoint


def model_put_into(run: RunFolder, name: str = "deepbind", **facts: Any) -> None:
    """A model file that fits itself, whatever the run is."""
    architecture = ARCHITECTURES.get(name)
    config = architecture.config(**facts.pop("settings", {}))
    network = build_network(architecture, config, InputShape(DNA, 40), seed=1)
    card = ModelCard(
        architecture=name,
        architecture_config=config.model_dump(mode="json"),
        alphabet="dna",
        task="binary",
        length=40,
        **{"data_hash": run.spec.data_hash, **facts},
    )
    save_model(run.model_path, network, card)


def test_the_run_s_own_model_is_read(run: RunFolder) -> None:
    model_put_into(run)
    assert trained_model(run).name == "deepbind"


@pytest.mark.parametrize(
    ("name", "facts", "told"),
    [
        ("cnn", {}, "The model file is cnn, and the run is deepbind."),
        ("deepbind", {"data_hash": "0" * 64}, "trained on other data"),
        ("deepbind", {"settings": {"filters": 8}}, "with filters = 8, and the run has filters = 16"),
    ],
)
def test_another_run_s_model_is_refused_by_every_command(
    name: str, facts: dict[str, Any], told: str, run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model_put_into(run, name, **facts)
    with pytest.raises(ModelFileError) as caught:
        trained_model(run)
    assert told in caught.value.what
    (tmp_path / "one.fa").write_text(f">one\n{'ACGTA' * 8}\n")
    asked = ["--sequences", str(tmp_path / "one.fa")]
    for command in (["evaluate", str(run.path)], ["predict", str(run.path), *asked], ["motifs", str(run.path), *asked]):
        assert main([*command, "--json"]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert told in error["what"]
        assert error["fix"]
    assert main(["predict", str(run.model_path), *asked]) == 0, "the file itself may be asked"


def test_another_run_s_checkpoint_is_refused_and_enters_nothing(run: RunFolder, tmp_path: Path) -> None:
    architecture = ARCHITECTURES.get("cnn")
    network = build_network(architecture, architecture.config(), InputShape(DNA, 40), seed=1)
    import torch

    optimiser = torch.optim.AdamW(network.parameters())
    state = Checkpoint.fresh(network, optimiser, 1)
    state.origin = {"the architecture": "cnn"}
    save_checkpoint(run.checkpoints, state.capture(network, optimiser, 1, 0))
    with pytest.raises(RunError, match="the architecture cnn, and this run has deepbind") as caught:
        execute(run, lambda line: None)
    assert "Report" not in caught.value.fix
    assert run.metrics() == ([], [])
