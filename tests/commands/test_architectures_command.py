"""The list of networks: every one of them with a size, at its published length or at one asked for."""

import json
from typing import Any

import pytest

from seqdl_core.__main__ import main
from seqdl_core.config import fields_of, parse, parse_assignments
from seqdl_core.models import ARCHITECTURES
from seqdl_core.training.config import TrainingConfig

PUBLISHED = {
    "basenji": (131_072, 5313, 30_088_228),
    "basset": (600, 164, 4_135_064),
    "beluga": (2000, 2002, 149_536_251),
    "bpnet": (1000, 8, 130_960),
    "danq": (1000, 919, 46_929_039),
    "deepsea": (1000, 919, 52_843_119),
    "deepstarr": (249, 2, 622_722),
    "enformer": (196_608, 5313, 246_172_353),
    "esm2": (1022, 20, 7_512_353),
    "proteinbert": (510, 20, 15_981_321),
    "spliceai": (5000, 3, 696_739),
}
"""Length, targets and parameters as the papers' networks have them; the networks' own tests say from where."""


def _listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, dict[str, Any]]:
    assert main(["architectures", *arguments, "--json"]) == 0
    return {row["name"]: row for row in json.loads(capsys.readouterr().out)}


def test_every_network_is_listed_and_published_ones_as_published(capsys: pytest.CaptureFixture[str]) -> None:
    rows = _listed(capsys)
    assert list(rows) == ARCHITECTURES.names()
    assert {name: (rows[name]["length"], rows[name]["targets"], rows[name]["parameters"]) for name in PUBLISHED} == (
        PUBLISHED
    )
    for architecture in ARCHITECTURES:
        row = rows[architecture.name]
        assert (row["published"], row["does_not_fit"]) == (architecture.year is not None, None)
        assert (row["source"], row["tasks"]) == (architecture.source, list(architecture.tasks))
        assert row["length"] == 101 or row["published"]
    assert rows["linear"]["parameters"] == 4 * 101 + 1


@pytest.mark.slow
def test_a_length_that_a_network_cannot_take_is_said_beside_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    rows = _listed(capsys, "--length", "200")
    assert list(rows) == ARCHITECTURES.names()
    assert {name for name, row in rows.items() if row["does_not_fit"]} == {"basenji", "beluga", "enformer"}
    assert all((row["parameters"] is None) == bool(row["does_not_fit"]) for row in rows.values())
    assert not any(row["published"] for row in rows.values())
    assert rows["linear"]["parameters"] == 4 * 200 + 1
    # Two layers differ from the published: four pools of 2 leave 12 places of 200, not 15 of 249; one target, not 2.
    fewer = (15 - 12) * 120 * 256 + (256 + 1)
    assert PUBLISHED["deepstarr"][2] - rows["deepstarr"]["parameters"] == fewer


@pytest.mark.slow
def test_the_list_as_text_names_size_length_tasks_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["architectures", "--length", "128"]) == 0
    text = capsys.readouterr().out
    assert [line.split()[0] for line in text.splitlines() if line[:1] != " "] == ARCHITECTURES.names()
    assert "linear           513 parameters for 128 bp, 1 target\n" in text
    assert "dna: tracks. Source: Kelley 2020, doi 10.1371/journal.pcbi.1008050\n" in text
    assert "beluga           With these settings beluga needs sequences of at least" in text


@pytest.mark.parametrize("length", ["0", "-5", "10000001", "99999999999999999999"])
def test_a_length_of_nothing_or_beyond_any_molecule_is_refused(length: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["architectures", "--length", length]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"A length of {length} letters is no length.",
        "  where: --length",
        "  fix:   Give 1 to 10,000,000.",
    ]


_LARGE = ("basenji", "enformer", "esm2", "proteinbert", "spliceai")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in _LARGE else ()) for name in ARCHITECTURES.names()]
)
def test_one_network_tells_all_its_settings_and_presets(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    architecture = ARCHITECTURES.get(name)
    assert main(["architectures", name, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["name"] == name
    assert [one["name"] for one in told["settings"]] == list(architecture.config.model_fields)
    assert [one["name"] for one in told["training"]] == list(TrainingConfig.model_fields)
    assert all(one["title"] and one["description"] for one in told["settings"])
    made = {key: parse(architecture.config, changes) for key, changes in told["presets"].items()}
    assert made == dict(architecture.presets), "what is told of a preset is all that makes it"
    assert parse(architecture.config, {one["name"]: one["default"] for one in told["settings"]}) == (
        architecture.config()
    )


def test_one_network_as_text_can_be_copied_into_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["architectures", "linear"]) == 0
    text = capsys.readouterr().out
    field = {one.name: one for one in fields_of(ARCHITECTURES.get("linear").config)}["k"]
    assert f"  k                    {field.title}; default {field.default}; " in text
    assert "  learning_rate        Learning rate; default 0.004; 0 to 10." in text
    assert main(["architectures", "deepsea"]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Preset small: --set ")]
    settings = parse_assignments(line.removeprefix("Preset small: --set ").split())
    deepsea = ARCHITECTURES.get("deepsea")
    assert parse(deepsea.config, settings) == deepsea.presets["small"]


@pytest.mark.parametrize(
    ("network", "setting", "when"),
    [
        ("linear", "k", "Counts with features=words."),
        ("linear", "window", "Counts for all but scores of whole sequences."),
        ("lstm", "pool", "Counts with filters=1 or more, for scores of whole sequences or values in bins."),
        ("cnn", "freeze_motifs", "Counts for DNA, with motifs given."),
        ("cnn", "strands", "Counts for DNA that is read both ways, with both_strands=true."),
        ("cnn", "weightings", "Counts for scores of whole sequences, where sequences are read as they stand."),
        ("esm2", "size", "Counts with layers=0; or with width=0; or with heads=0."),
        ("cnn", "normalisation", "Counts for measured values."),
        ("cnn", "filters", ""),
    ],
)
def test_beside_a_setting_stands_when_it_counts(
    network: str, setting: str, when: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["architectures", network]) == 0
    lines = capsys.readouterr().out.splitlines()
    [place] = [number for number, line in enumerate(lines) if line.startswith(f"  {setting} ")]
    told = lines[place + 1]
    assert told.endswith(f". {when}" if when else ".")
    assert ("Counts " in told) == bool(when)


def test_a_name_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["architectures", "deepsee"]) == 2
    assert "Did you mean 'deepsea'?" in capsys.readouterr().err
