"""The list of networks: every one of them with a size, at its published length or at one asked for."""

import json
from typing import Any

import pytest

from seqdl_core.__main__ import main
from seqdl_core.models import ARCHITECTURES

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


def test_the_list_as_text_names_size_length_tasks_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["architectures", "--length", "128"]) == 0
    text = capsys.readouterr().out
    assert [line.split()[0] for line in text.splitlines() if line[:1] != " "] == ARCHITECTURES.names()
    assert "linear           513 parameters for 128 bp, 1 target\n" in text
    assert "dna: tracks. Source: Kelley 2020, doi 10.1371/journal.pcbi.1008050\n" in text
    assert "beluga           With these settings beluga needs sequences of at least" in text


def test_a_length_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["architectures", "--length", "0"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "A length of 0 letters is no length.",
        "  where: --length",
        "  fix:   Give 1 or more.",
    ]
