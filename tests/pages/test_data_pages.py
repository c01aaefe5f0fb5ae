"""Quality, Split and Simulate, and the ways to bring sequences other than a drop."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_by_hand import OWNER
from streamlit.testing.v1 import AppTest
from test_pages_open import said
from told import errors, plain

from pages._ui import quality, state, storage
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.data.quality import assess
from seqdl_core.errors import DataError
from seqdl_core.runs.store import Store

Open = Callable[..., AppTest]


def with_a_copy_in_the_test_set(store: Store) -> Dataset:
    """Sixty random sequences; the first test sequence is the first training sequence on the other strand."""
    rng = np.random.default_rng(4)
    sequences = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(60)]
    sequences[40] = sequences[0][::-1].translate(str.maketrans("ACGT", "TGCA"))
    table = pd.DataFrame(
        {
            "id": [f"row_{number}" for number in range(60)],
            "sequence": sequences,
            "label": [float(number % 2) for number in range(60)],
            "split": ["train"] * 40 + ["test"] * 20,
            "source": "made.fa",
        }
    )
    counts, positives = {"train": 40, "test": 20}, {"train": 20, "test": 10}
    info = DatasetInfo(name="copies", alphabet="dna", length=60, counts=counts, positives=positives)
    return Dataset.create(store.new_dataset_folder(OWNER), table, info)


def once_computed(page: AppTest, seconds: float = 60) -> AppTest:
    """The page after the work beside it is over."""
    end = time.monotonic() + seconds
    while any(one.label == "Cancel" for one in page.button):
        assert time.monotonic() < end, "the work did not end"
        time.sleep(0.5)
        page.run()
    return page


def press(page: AppTest, label: str) -> AppTest:
    return next(one for one in page.button if one.label == label).click().run()


@pytest.mark.slow
def test_quality_says_how_far_a_model_without_motifs_gets(app: Open) -> None:
    data = with_a_copy_in_the_test_set(Store.default())
    page = once_computed(app(state.QUALITY, data=data.folder.name))
    assert not page.exception
    assert not errors(page), errors(page)
    figures = {one.label: one.value for one in page.metric}
    assert figures["Rows"] == "60"
    assert any("alone, AUROC" in label for label in figures)
    assert "1 on the other strand" in [plain(one.delta) for one in page.metric]


def test_letters_by_position_open_on_the_class_with_most_to_see() -> None:
    even, site = ["ACGT", "CGTA", "GTAC", "TACG"] * 10, ["ACGT", "CAGA", "GTGC", "TCGG"] * 10
    table = pd.DataFrame({"sequence": even + site + even, "label": [0.0] * 40 + [1.0] * 40 + [2.0] * 40})
    table = table.assign(id=[str(row) for row in range(120)], split="train")
    info = DatasetInfo(
        name="sites", alphabet="dna", task="multiclass", length=4, counts={"train": 120}, label_names=("E", "I", "N")
    )
    assert quality.first_class(assess(table, info)) == 1
    assert quality.first_class(assess(table[table["label"] != 1], info)) == 1  # E and N are as even: the last one


@pytest.mark.slow
def test_split_shows_the_leaking_pair_and_makes_another_split(app: Open) -> None:
    store = Store.default()
    data = with_a_copy_in_the_test_set(store)
    page = once_computed(app(state.SPLIT, data=data.folder.name))
    assert not page.exception
    assert not errors(page), errors(page)
    assert {one.label: one.value for one in page.metric}["Test rows that leak"] == "1"
    shown = page.code[0].value
    assert shown.count("|") == 60  # every letter of the pair agrees once the strand is turned
    assert page.radio[0].value == "similarity"
    (further,) = (box for box in page.expander if box.label == "More settings")
    assert [box.label for box in further.number_input if box.label == "Seed"]
    once_computed(press(page, "Make this split"))
    made = next(one for one in store.datasets(OWNER) if one.info.parent == data.hash)
    assert made.info.split_way == "similarity"
    after = once_computed(app(state.SPLIT, data=made.folder.name))
    assert {one.label: one.value for one in after.metric}["Test rows that leak"] == "0"


@pytest.mark.slow
def test_a_split_that_cannot_be_made_says_why(app: Open) -> None:
    data = with_a_copy_in_the_test_set(Store.default())
    page = once_computed(app(state.SPLIT, data=data.folder.name))
    page.radio[0].set_value("random").run()
    share = next(one for one in page.slider if one.label == "Test share")
    share.set_value(0.01).run()
    page = once_computed(press(page, "Make this split"))
    assert errors(page)
    assert any(one.label == "Try again" for one in page.button)


def test_simulate_plants_by_rules_and_shows_the_truth(app: Open) -> None:
    page = app(state.SIMULATE)
    for label, value in (("Motifs", "AP1=TGACTCA, ETS=CCGGAAGT"), ("Logic", "AP1 and not ETS")):
        next(one for one in page.text_input if one.label == label).set_value(value)
    next(one for one in page.number_input if one.label == "Sequences").set_value(80).run()
    page = once_computed(press(page, "Make this data set"))
    assert not page.exception
    assert not errors(page), errors(page)
    (made,) = Store.default().datasets(OWNER)
    assert set(made.features["name"]) == {"AP1", "ETS"}
    planted = ["".join(letter for letter in line if letter.isupper()) for line in page.code[0].value.split("\n")]
    assert len(planted) == 8  # four positives, then four negatives
    assert set(planted[:4]) <= {"TGACTCA", "TGAGTCA"}
    assert not set(planted[4:]) & {"TGACTCA", "TGAGTCA"}
    (drawn,) = page.get("plotly_chart")
    assert "positive: AP1 at" in drawn.proto.alt


def test_what_was_simulated_stands_above_its_rules_with_what_is_odd_first(app: Open) -> None:
    page = app(state.SIMULATE)
    assert [one.value for one in page.header] == []
    next(one for one in page.number_input if one.label == "Sequences").set_value(400).run()
    page = once_computed(press(page, "Make this data set"))
    assert not page.exception
    assert [one.value for one in page.title] == ["Simulate"]
    assert [one.value for one in page.header] == ["Simulated ELK1 and SRF sites", "What was planted where", "Rules"]
    kinds = [one.type for one in page.main]
    assert kinds.index("header") < kinds.index("warning") < kinds.index("metric") < kinds.index("text_input")
    assert "positives without any planted site" in page.warning[0].value
    assert "Give a logic" in page.warning[0].value


def test_settings_of_a_simulation_are_called_by_words(app: Open) -> None:
    page = app(state.SIMULATE)
    boxes = {one.label: one.options for one in page.selectbox}
    assert boxes["Background"] == ["Random letters", "Shuffled sequences", "GC of sequences"]
    assert boxes["Task"] == ["Binary", "Regression"]
    assert all(option[:1].isupper() for options in boxes.values() for option in options)


@pytest.mark.parametrize(
    ("kind", "label", "typed", "what"),
    [
        ("text_input", "Logic", "ELK1 or", "a motif is missing at the end"),
        ("text_input", "Spacing", "gap -3", "'spacing' cannot be 'gap -3'"),
        ("text_input", "Motifs", "ACGTZ", "no JASPAR motif called 'ACGTZ'"),
        ("text_input", "Copies", "0", "'copies' cannot be '0'"),
        ("number_input", "Sequences", 0, "'sequences' cannot be 0"),
        ("number_input", "Length", 12, "12 letters cannot hold these motifs"),
    ],
)
def test_what_cannot_be_simulated_is_said_beside_its_setting(
    app: Open, kind: str, label: str, typed: str | int, what: str
) -> None:
    page = app(state.SIMULATE)
    next(one for one in getattr(page, kind) if one.label == label).set_value(typed).run()
    assert not page.exception
    assert what in errors(page)[0][0]
    assert next(one for one in getattr(page, kind) if one.label == label).value == typed
    make = next(one for one in page.button if one.label == "Make this data set")
    assert make.disabled
    assert label in make.help


def test_a_file_on_this_machine_is_read_where_it_lies(
    app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.tsv").write_text("seq\tbound\n" + "".join(f"ACGT{'ACGT'[n % 4]}TTGC{'AC' * (n // 8)}\t{n % 2}\n"
                                                              for n in range(40)))  # fmt: skip
    monkeypatch.setenv("SEQDL_FOLDERS", str(tmp_path))
    page = app(state.IMPORT)
    box = next(one for one in page.selectbox if one.label == "File")
    assert [option for option in box.options if option.endswith("mine.tsv")]
    box.set_value(next(option for option in box.options if option.endswith("mine.tsv"))).run()
    page = press(page, "Add")
    assert page.title[0].value == "Here is what I found"
    assert not list((Store.default().root / "owners" / OWNER / "uploads").rglob("content*"))


def test_a_path_outside_the_open_folders_is_refused() -> None:
    with pytest.raises(DataError, match="no such file in the folders"):
        storage.keep_place(OWNER, "/etc/passwd")


def test_public_data_are_not_fetched_before_host_and_size_are_agreed_to(
    app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEQDL_DATA", raising=False)
    page = app(state.IMPORT)
    assert "Nothing is fetched before you agree" in said(page)
    assert not list(Store.default().catalogue_folder.iterdir())
