"""Orders: what does not make sense is refused before a run exists."""

from pathlib import Path
from typing import Any

import pytest

from seqdl_core.config import fields_of
from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import ConfigError, DataError, UnknownName
from seqdl_core.models import ARCHITECTURES
from seqdl_core.runs.ordering import new_spec, split_settings
from seqdl_core.runs.records import RunSpec
from tests.runs.conftest import make_dataset


def order(dataset: Dataset, **changes: Any) -> RunSpec:
    """A plain order with some changes."""
    plain: dict[str, Any] = {
        "run_id": "an id",
        "owner": "local",
        "name": "",
        "architecture": "deepbind",
        "architecture_config": {},
        "training": {},
        "dataset": dataset,
    }
    return new_spec(**{**plain, **changes})


def test_every_setting_is_written_out(dataset: Dataset) -> None:
    spec = order(dataset, architecture_config={"filters": "32"})
    known = ARCHITECTURES.get("deepbind").config
    assert spec.architecture_config == known(filters=32).model_dump(mode="json")
    assert Path(spec.data) == dataset.folder
    assert spec.data_hash == dataset.hash
    assert spec.name == "small · deepbind"


def test_without_a_test_part_there_is_no_run(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", {"train": (5, 5), "validation": (5, 5)})
    with pytest.raises(DataError, match="no test part"):
        order(dataset)


def test_unknown_names_are_refused(dataset: Dataset) -> None:
    with pytest.raises(UnknownName, match="deepbind"):
        order(dataset, architecture="deepbin")
    with pytest.raises(UnknownName, match="ELK1"):
        order(dataset, jaspar="ELKK1")


@pytest.mark.parametrize("architecture", ARCHITECTURES.names())
def test_settings_go_to_whom_they_belong(architecture: str) -> None:
    config = ARCHITECTURES.get(architecture).config
    [first, *_] = fields_of(config)
    mine = {first.name: str(first.default)}
    own, training = split_settings({**mine, "epochs": "3", "learning_rate": "0.1"}, config)
    assert own == mine
    assert training == {"epochs": "3", "learning_rate": "0.1"}
    with pytest.raises(ConfigError, match="learning_rate"):
        split_settings({"lerning_rate": "1"}, config)
