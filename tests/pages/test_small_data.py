"""Data sets that are too small: every page about data says something useful, and none breaks."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from made_by_hand import OWNER
from streamlit.testing.v1 import AppTest
from test_data_pages import once_computed
from test_pages_open import said
from told import plain

from pages._ui import state
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.runs.store import Store

Open = Callable[..., AppTest]


def made(labels: list[float], parts: list[str], alphabet: str = "dna") -> str:
    """A data set of random sequences with these labels; its id."""
    rng, letters = np.random.default_rng(4), {"dna": "ACGT", "protein": "ACDEFGHIKLMNPQRSTVWY"}[alphabet]
    table = pd.DataFrame(
        {
            "id": [f"row_{number}" for number in range(len(labels))],
            "sequence": ["".join(rng.choice(list(letters), 40)) for _ in labels],
            "label": labels,
            "split": parts,
            "source": "made.fa",
        }
    )
    counts = {part: parts.count(part) for part in dict.fromkeys(parts)}
    positives = {part: int(table.loc[table["split"] == part, "label"].sum()) for part in counts}
    info = DatasetInfo(name="small", alphabet=alphabet, length=40, counts=counts, positives=positives)
    return Dataset.create(Store.default().new_dataset_folder(OWNER), table, info).folder.name


SMALL = {
    "one row": ([1.0], ["train"]),
    "four rows": ([1.0, 0.0, 1.0, 0.0], ["train", "train", "test", "test"]),
    "one of a class": ([0.0] * 19 + [1.0], ["train"] * 15 + ["test"] * 5),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "told"),
    [
        ("one row", "There is 1 labelled row, too few to look for shortcuts."),
        ("four rows", "There are 4 labelled rows, too few to look for shortcuts."),
        ("one of a class", "There are 20 labelled rows, too few to look for shortcuts."),
    ],
)
def test_quality_counts_what_there_is(app: Open, which: str, told: str) -> None:
    page = once_computed(app(state.QUALITY, data=made(*SMALL[which])))
    assert not page.exception
    assert not page.error
    assert told in plain(" ".join(one.value for one in page.header))


@pytest.mark.parametrize(
    ("which", "heading", "told", "badge"),
    [
        ("one row", "There is no test part and training part", "One row cannot be split", "Nothing to compare"),
        pytest.param(
            *("four rows", "None of 2 test sequences", "too few rows, or one class only", "No leak found"),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            *("one of a class", "None of 5 test sequences", "too few rows, or one class only", "No leak found"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_split_says_what_leaks_and_why_the_rest_is_not_measured(
    app: Open, which: str, heading: str, told: str, badge: str
) -> None:
    page = once_computed(app(state.SPLIT, data=made(*SMALL[which])))
    assert not page.exception
    assert not page.error
    assert heading in plain(page.header[0].value)
    everything = plain(said(page)) + " ".join(plain(one.value) for one in page.info)
    assert told in everything
    assert badge in everything
    assert not [one for one in page.metric if "0 % of 0" in str(one.delta)]


@pytest.mark.parametrize(
    ("which", "told"),
    [
        ("one row", "small has no test part, so no result could be told from luck."),
        ("four rows", "small has 2 training sequences, 1 negative among them: too few to learn from."),
        ("one of a class", "small has 15 training sequences, 0 positives among them: too few to learn from."),
    ],
)
def test_design_says_why_nothing_can_be_learned(app: Open, which: str, told: str) -> None:
    page = app(state.DESIGN, data=made(*SMALL[which]))
    assert not page.exception
    assert told in plain(said(page))
    assert not [one for one in page.button if one.label == "Train"]


@pytest.mark.slow
def test_no_page_speaks_of_the_strands_of_a_protein(app: Open) -> None:
    small = [float(number % 2) for number in range(40)], ["train"] * 30 + ["test"] * 10
    data = made(*small, alphabet="protein")
    for place in (state.QUALITY, state.SPLIT, state.DESIGN):
        page = once_computed(app(place, data=data))
        words = plain(said(page)) + " ".join(one.label for one in (*page.toggle, *page.metric))
        assert "reverse complement" not in words
        assert "Both strands" not in words
    (again,) = (one for one in once_computed(app(state.DESIGN, data=made(*small))).toggle if "strands" in one.label)
    assert again.label == "Both strands"


def test_design_leads_to_quality_and_split_with_counts(app: Open) -> None:
    data = made([float(number % 2) for number in range(40)], ["train"] * 30 + ["test"] * 10)
    for label in ("Quality", "Split"):
        page = app(state.DESIGN, data=data)
        assert "30 training, 10 test" in said(page)
        next(one for one in page.button if one.label == label).click().run()
        assert page.title[0].value == label
