"""The Sequences page of a data set with annotated stretches and structures."""

from collections.abc import Callable

import pandas as pd
import pytest
from made_by_hand import OWNER, finish, make_dataset, make_run
from streamlit.testing.v1 import AppTest

from pages._ui import annotations, state
from pages._ui.components.track import Row
from seqdl_core.data.dataset import Dataset
from seqdl_core.runs.store import Store

KNOWN = "What the data set knows about these sequences"


@pytest.fixture
def annotated() -> Dataset:
    """The toy set, its row 31 with two stretches, every row with a structure."""
    store = Store.default()
    plain = make_dataset(store)
    table = plain.table.assign(structure="((((......))))................")
    features = pd.DataFrame(
        [("seq_31", 0, 30, ".", "region", "all of it"), ("seq_31", 2, 8, "-", "exon", "first <b>exon</b>")],
        columns=["id", "start", "end", "strand", "kind", "name"],
    )
    return Dataset.create(store.new_dataset_folder(OWNER), table, plain.info, features)


def row(*hits: tuple[int, int]) -> Row:
    found = [{"start": start, "end": end, "label": "ELK1"} for start, end in hits]
    return {"label": "x", "sequence": "A" * 30, "values": [0.0] * 30, "hits": found}  # type: ignore[typeddict-item]


def test_stretches_stand_under_the_letters_where_no_site_does(annotated: Dataset) -> None:
    free, taken, other = annotations.beside_sites(
        [row((10, 20)), row((7, 12)), row()], ["seq_31", "seq_31", "seq_32"], annotated
    )
    assert [(hit["start"], hit["end"]) for hit in free["hits"]] == [(10, 20), (2, 8)]
    assert free["hits"][1]["label"] == "first <b>exon</b>", "drawn on a canvas, as text"
    assert [hit["label"] for hit in taken["hits"]] == ["ELK1"]
    assert other["hits"] == []


def test_the_table_lists_all_with_positions_from_1(annotated: Dataset) -> None:
    found = annotations.table(["seq_32", "seq_31"], annotated)
    assert found["Sequence"].tolist() == ["seq_32", "seq_31", "seq_31", "seq_31"]
    assert found["Kind"].tolist() == ["structure", "region", "exon", "structure"]
    assert found[["First", "Last", "Strand"]].to_numpy().tolist()[2] == [3, 8, "\N{MINUS SIGN}"]
    assert found["Name"].iloc[0] == "((((......))))................"
    assert annotations.table([], annotated).empty


def test_the_page_shows_what_is_known_and_nothing_where_nothing_is(
    app: Callable[..., AppTest], annotated: Dataset
) -> None:
    store = Store.default()
    page = app(state.SEQUENCES, run=finish(make_run(store, annotated), annotated).id)
    assert not page.exception
    assert KNOWN in [one.label for one in page.expander]
    plain = make_dataset(store, "plain")
    page = app(state.SEQUENCES, run=finish(make_run(store, plain), plain).id)
    assert not page.exception
    assert KNOWN not in [one.label for one in page.expander]
