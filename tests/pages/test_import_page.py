"""The import page: from bytes to a saved data set, and what bad files are told."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from made_by_hand import OWNER
from streamlit.testing.v1 import AppTest

from pages._ui import state
from seqdl_core.runs.store import Store

Open = Callable[..., AppTest]


def upload(name: str, content: bytes, folder: Path) -> str:
    path = folder / "content"
    path.write_bytes(content)
    with path.open("rb") as stream:
        return Store.default().add_upload(OWNER, name, stream).id


def positives(count: int = 20) -> bytes:
    return "".join(f">p{number}\n{'ACGTTGCA' * 3}{'ACGT'[number % 4] * (number // 4 + 1)}{'A' * (6 - number // 4)}\n"
                   for number in range(count)).encode()  # fmt: skip


def test_positives_only_are_noticed_and_one_click_makes_negatives(app: Open, tmp_path: Path) -> None:
    page = app(state.IMPORT, files=upload("bound.fa", positives(), tmp_path))
    assert "positives only" in str(page.warning[0].proto)
    save = next(one for one in page.button if one.label == "Save data set")
    assert save.disabled
    next(one for one in page.button if one.label == "Make dinucleotide-shuffled negatives").click().run()
    assert not page.warning
    assert page.query_params["set-negatives"] == "shuffle"
    next(one for one in page.button if one.label == "Save data set").click().run()
    assert not page.exception
    assert page.title[0].value == "Design a network"
    saved = Store.default().datasets(OWNER)[0]
    assert saved.info.negatives == "shuffle"
    assert page.query_params["data"] == saved.folder.name


def test_every_finding_has_one_correction_and_it_survives_a_refresh(app: Open, tmp_path: Path) -> None:
    files = upload("two.tsv", b"name\tseq\tbound\n" + b"".join(
        f"s{n}\tACGT{'ACGT'[n % 4]}TTGCA\t{n % 2}\n".encode() for n in range(20)), tmp_path)  # fmt: skip
    page = app(state.IMPORT, files=files)
    assert not page.error
    assert len(page.selectbox) == 5
    alphabet = next(one for one in page.selectbox if one.value == "dna")
    alphabet.set_value("protein").run()
    assert page.query_params["set-alphabet"] == "protein"
    again = app(state.IMPORT, files=files, **{"set-alphabet": "protein"})
    assert "protein" in [one.value for one in again.selectbox]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.fa", b"", "empty"),
        ("binary.fa", bytes(range(256)) * 40, ""),
        ("broken.gz", gzip.compress(b">a\nACGT\n" * 50)[:20], ""),
        ("letters.fa", b">a\nACGTACGTJ\n>b\nACGTACGTA\n" * 10, "J"),
        ("lengths.fa", b">a\nACGTACGT\n>b\nACGTACGTACGT\n" * 10, "length"),
    ],
)
def test_bad_files_get_three_parts_and_nothing_is_saved(
    app: Open, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    page = app(state.IMPORT, files=upload(name, content, tmp_path))
    assert not page.exception
    assert page.error
    told = str(page.error[0].proto)
    assert says.lower() in told.lower()
    assert not Store.default().datasets(OWNER)


def test_pasted_text_is_read_like_a_file(app: Open) -> None:
    page = app(state.IMPORT)
    page.text_area[0].set_value(positives().decode())
    page.button(key="read-first").click().run()
    assert not page.exception
    assert page.title[0].value == "Here is what I found"
    assert "files" in page.query_params


def test_starting_over_forgets_the_files_of_this_import_only(app: Open, tmp_path: Path) -> None:
    identifier = upload("bound.fa", positives(), tmp_path)
    page = app(state.IMPORT, files=identifier)
    next(one for one in page.button if one.label == "Start over").click().run()
    assert page.title[0].value == "Bring sequences"
    assert "files" not in page.query_params
    assert Store.default().upload(OWNER, identifier).name == "bound.fa"
