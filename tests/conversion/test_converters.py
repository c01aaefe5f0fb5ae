"""What every source of official weights keeps to, whoever adds one."""

import re
from pathlib import Path

import pytest

from seqdl_core.conversion import CONVERTERS, convert
from seqdl_core.errors import UnknownName
from seqdl_core.model_file import load_model
from seqdl_core.models import ARCHITECTURES
from seqdl_core.sequences.alphabets import alphabet_named
from seqdl_core.tasks import TASKS
from tests.conversion.samples import SAMPLES


@pytest.mark.parametrize("name", CONVERTERS.names())
def test_a_source_says_what_a_person_needs_to_know(name: str) -> None:
    converter = CONVERTERS.get(name)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    for text in (converter.title, converter.reads, converter.source, converter.licence):
        assert text
        assert not text.endswith(".")
    architecture = ARCHITECTURES.get(converter.architecture)
    assert converter.task in architecture.tasks
    assert converter.alphabet in architecture.alphabets
    assert TASKS.get(converter.task)
    assert alphabet_named(converter.alphabet)
    architecture.config.model_validate(dict(converter.settings))
    assert 1 <= converter.length <= 10_000_000


def test_an_unknown_source_suggests_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownName) as caught:
        convert("kipoi-deepsee", tmp_path / "a", tmp_path / "b")
    assert caught.value.fix == "Did you mean 'kipoi-deepsea'?"


@pytest.mark.parametrize("name", list(SAMPLES))
def test_a_converted_model_loads_with_its_licence_and_origin(name: str, tmp_path: Path) -> None:
    sample, converter = SAMPLES[name](tmp_path), CONVERTERS.get(name)
    out = tmp_path / "model.safetensors"
    told = convert(name, sample.path, out, settings=sample.settings, length=sample.length)
    card = load_model(out).card
    assert card == told
    assert (card.licence, card.task, card.length) == (converter.licence, converter.task, sample.length)
    assert card.training["converted_from"] == name
    assert card.training["file"] == sample.path.name
    assert re.fullmatch("[0-9a-f]{64}", card.training["file_sha256"])
    assert len(card.target_names) == (1 if converter.label_names else card.targets)


@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_same_file_gives_the_same_model_file(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name](tmp_path)
    made = [tmp_path / "one", tmp_path / "two"]
    for out in made:
        convert(name, sample.path, out, settings=sample.settings, length=sample.length)
    assert made[0].read_bytes() == made[1].read_bytes()
