"""Configs: what a person types becomes a typed setting or a message that says what to do."""

import pickle

import pytest
from pydantic import Field

from seqdl_core.config import Config, fields_of, idle_settings, parse, parse_assignments
from seqdl_core.errors import ConfigError, DataError, UnknownName
from seqdl_core.models import ARCHITECTURES
from seqdl_core.models.cnn import CnnConfig
from seqdl_core.training.config import TrainingConfig


def test_text_is_read_as_the_type_of_the_setting() -> None:
    config = parse(CnnConfig, {"filters": "32", "dropout": "0.1", "both_strands": "false"})
    assert (config.filters, config.dropout, config.both_strands) == (32, 0.1, False)


@pytest.mark.parametrize(
    ("values", "what", "where", "fix"),
    [
        ({"fliters": "3"}, "There is no setting called 'fliters'.", "cnn", "Did you mean 'filters'?"),
        ({"filters": "3"}, "'filters' cannot be '3'", "cnn, setting Filters", "from 4 to 1024"),
        ({"dropout": "much"}, "'dropout' cannot be 'much'", "cnn, setting Dropout", "from 0 to 0.9"),
    ],
)
def test_bad_settings_get_three_parts(values: dict[str, str], what: str, where: str, fix: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(CnnConfig, values, where="cnn")
    assert what in caught.value.what
    assert fix in caught.value.fix
    assert caught.value.where == where


def test_every_wrong_setting_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(CnnConfig, {"fliters": "3", "dropout": "much", "pool": "0", "hidden": "8"}, where="cnn")
    assert caught.value.what.count("cannot be") == 2
    assert "'fliters'" in caught.value.what
    assert "'hidden'" not in caught.value.what
    assert caught.value.where == "cnn; cnn, setting Pooling; cnn, setting Dropout"
    assert caught.value.fix.startswith("fliters: Did you mean 'filters'? pool: Give a value from 1 to 16;")
    with pytest.raises(ConfigError, match="'weightings' cannot be"):
        parse(CnnConfig, {"weightings": "many"})


def test_choices_are_listed() -> None:
    with pytest.raises(ConfigError, match="auto, cpu, cuda, mps"):
        parse(TrainingConfig, {"device": "tpu"})


def test_assignments() -> None:
    assert parse_assignments(["a=1", "b = x=y"]) == {"a": "1", "b": "x=y"}
    with pytest.raises(ConfigError, match="name=value"):
        parse_assignments(["dropout"])


@pytest.mark.parametrize("config", [TrainingConfig, *(architecture.config for architecture in ARCHITECTURES)])
def test_every_setting_can_be_drawn_and_explained(config: type) -> None:
    for field in fields_of(config):
        assert field.help.endswith("."), field.name
        assert field.title
        assert field.kind in {"int", "float", "bool", "str", "choice", "list"}
        if field.kind in ("int", "float"):
            assert field.low is not None, f"{field.name} needs bounds"
            assert field.high is not None, f"{field.name} needs bounds"


class Reader(Config):
    names: tuple[str, ...] = ()
    keep: bool = Field(False, json_schema_extra={"counts": {"names": 2}})
    rounds: int = Field(1, ge=0, le=9)
    pace: float = Field(0.1, ge=0, le=1, json_schema_extra={"counts": [{"rounds": 2}, {"output": ["bins", "pairs"]}]})
    turn: bool = Field(False, json_schema_extra={"counts": {"both_ways": [True], "rounds": [0, 3]}})


@pytest.mark.parametrize(
    ("values", "output", "both_ways", "idle"),
    [
        ({}, "sequence", True, {"keep", "pace", "turn"}),
        ({"names": "a, b", "rounds": 3}, "sequence", True, set()),
        ({"names": ("a",), "rounds": 2}, "sequence", True, {"keep", "turn"}),
        ({"names": ["a", "b", "c"], "rounds": 0}, "pairs", False, {"turn"}),
    ],
)
def test_a_setting_is_idle_where_none_of_its_conditions_holds(
    values: dict[str, object], output: str, both_ways: bool, idle: set[str]
) -> None:
    facts = {"output": output, "alphabet": "dna", "both_ways": both_ways, "normalises": False}
    assert idle_settings(Reader, values, facts) == idle


def test_errors_keep_their_parts_between_processes() -> None:
    for problem in (DataError("What.", where="line 3", fix="Do."), UnknownName("task", "binry", ["binary"])):
        again = pickle.loads(pickle.dumps(problem))
        assert type(again) is type(problem)
        assert again.parts() == problem.parts()
        assert str(again) == str(problem)
