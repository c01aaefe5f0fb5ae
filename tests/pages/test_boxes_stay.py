"""A slip in a box of the import page: the message stands there and the box stays, so that it can be put right."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from test_import_page import upload
from told import errors

from pages._ui import state

Open = Callable[..., AppTest]

TABLE = b"seq;y\n" + b"".join(f"ACGT{'ACGT'[n % 4] * (6 + n)}GGCATTAGGCAT;{n},{n}5\n".encode() for n in range(12))
PEAKS = b"".join(f"chr1\t{10 + 30 * n}\t{40 + 30 * n}\tp{n}\n".encode() for n in range(20))


def peaks_of_a_genome(folder: Path) -> str:
    letters = "".join("ACGT"[place] for place in np.random.default_rng(1).integers(0, 4, 2000))
    genome = upload("g.fa", f">chr1\n{letters}\n".encode(), folder)
    return ".".join((upload("p.bed", PEAKS, folder), genome))


@pytest.mark.parametrize("typed", ["-5", "1e9", "abc", "1000000000", "999999"])
def test_a_window_that_cannot_be_is_told_and_its_box_stays(app: Open, tmp_path: Path, typed: str) -> None:
    page = app(state.IMPORT, files=peaks_of_a_genome(tmp_path))
    [box] = [box for box in page.text_input if (box.key or "").startswith("found:window")]
    box.set_value(typed).run()
    assert not page.exception
    assert len(errors(page)) == 1
    [box] = [box for box in page.text_input if (box.key or "").startswith("found:window")]
    assert box.value == typed
    box.set_value("20").run()
    assert not errors(page)
    assert page.query_params["set-window"] == "20"


@pytest.mark.parametrize(
    ("setting", "wrong", "right"), [("separator", "tab", "semicolon"), ("separator", "comma", "semicolon"),
                                    ("decimal", "point", "comma"), ("task", "residues", "regression")],
)  # fmt: skip
def test_a_wrong_choice_keeps_its_box(app: Open, tmp_path: Path, setting: str, wrong: str, right: str) -> None:
    page = app(state.IMPORT, files=upload("t.csv", TABLE, tmp_path), **{f"set-{setting}": wrong})
    assert not page.exception
    [box] = [box for box in page.selectbox if (box.key or "").startswith(f"found:{setting}")]
    assert box.value == wrong
    box.set_value(right).run()
    assert not page.exception
    assert not errors(page)
    assert page.query_params[f"set-{setting}"] == right


def test_a_column_that_is_not_there_keeps_its_box(app: Open, tmp_path: Path) -> None:
    page = app(state.IMPORT, files=upload("t.csv", TABLE, tmp_path), **{"set-split_column": "nothing"})
    assert not page.exception
    [box] = [box for box in page.text_input if (box.key or "").startswith("found:split_column")]
    box.set_value("").run()
    assert not errors(page)
