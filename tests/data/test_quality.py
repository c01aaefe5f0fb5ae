"""The figures of the Quality page on rows whose answer is plain."""

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.data.quality import assess, quality_sentences


def data(**columns: object) -> tuple[pd.DataFrame, DatasetInfo]:
    table = pd.DataFrame(
        {
            "id": list("abcdefg"),
            "sequence": ["ACGT", "AAAA", "TTTT", "AAAA", "GGNC", "NNNN", "NNNN"],
            "label": [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0],
            "split": ["train"] * 4 + ["test"] * 3,
            "source": "made for a test",
        }
    ).assign(**columns)
    return table, DatasetInfo(name="seven", alphabet="dna", length=4, label_names=("off", "on"), counts={"train": 7})


def test_what_is_counted() -> None:
    found = assess(*data())
    assert (found.rows, found.classes, found.sizes) == (7, ("off", "on"), (3, 4))
    assert (found.repeated, found.turned) == (2, 1)  # TTTT is AAAA turned, and AAAA comes again; NNNN tells nothing
    assert (found.contradictions, found.contradicting) == (1, 3)
    assert found.examples[0].ids == ("b", "c", "d")
    assert found.examples[0].labels == ("off", "on", "on")
    assert (found.unknown_rows, found.unknown_letters, found.blank) == (3, 9, 2)
    assert found.balance.to_dict("index") == {"train": {"off": 2, "on": 2}, "test": {"off": 1, "on": 2}}
    assert found.targets is None
    assert found.letters == "ACGTN"
    np.testing.assert_allclose(found.composition[0], np.array([5, 1, 1, 1, 4]) / 12)
    np.testing.assert_allclose(found.positions[0, :, 0], [1, 0, 0, 0])
    np.testing.assert_allclose(found.positions[1, :, 2], [0.5, 0, 0, 0.5])
    assert found.gc is not None
    np.testing.assert_allclose(found.gc.medians, [0.25, 0.0])
    assert found.gc.counts.sum(axis=1).tolist() == [2, 3]
    assert found.lengths.counts.sum() == 7
    assert found.lengths.edges[0] < 4 < found.lengths.edges[-1]


def test_positions_where_nothing_is_known() -> None:
    found = assess(*data(sequence=["NA"] * 7))
    assert np.isnan(found.positions[:, :, 0]).all()
    assert found.positions[:, 0, 1].tolist() == [1, 1]


def test_what_deserves_a_look() -> None:
    table, info = data()
    told = quality_sentences(assess(table, info), info)
    assert told == (
        "2 rows without a single known letter: nothing can be learned from them.",
        "2 rows with a sequence that occurred before, 1 of them on the other strand.",
        "1 sequence has different labels in 3 rows.",
        "The classes differ in GC: the median is 0 % in on and 25 % in off.",
    )
    plain, _ = data(sequence=["ACGT", "CAGT", "AGCT", "GATC", "TGCA", "CTAG", "CCAT"])
    assert quality_sentences(assess(plain, info), info) == ()


def test_measured_values_are_looked_at_in_halves_and_repeats_by_their_spread() -> None:
    table, info = data(label=[1.0, 2.0, 3.0, 2.5, 5.0, np.nan, 7.0])
    info = info.model_copy(update={"task": "regression", "label_names": ()})
    found = assess(table, info)
    assert found.classes == ("up to 2.75", "above 2.75")
    assert found.sizes == (3, 3)
    assert found.contradictions == 0
    assert found.replicate_spread == pytest.approx((0.5, np.std([1, 2, 3, 2.5, 5, 7])))
    assert found.examples[0].spread == pytest.approx(0.5)
    assert found.targets is not None
    assert found.targets.counts.sum(axis=1).tolist() == [4, 0, 2]
    assert any("standard deviation of 0.5" in sentence for sentence in quality_sentences(found, info))


@pytest.mark.parametrize("task", ["unlabelled", "residues", "multilabel"])
def test_other_tasks_are_looked_at_as_a_whole(task: str) -> None:
    table, info = data()
    found = assess(table, info.model_copy(update={"task": task}))
    assert (found.classes, found.sizes) == (("all",), (7,))


def test_proteins_have_no_gc_and_no_other_strand() -> None:
    table, info = data(sequence=["MKV", "MKV", "VKM", "ACD", "ACE", "ACF", "XXX"])
    found = assess(table, info.model_copy(update={"alphabet": "protein", "length": 3}))
    assert found.gc is None
    assert (found.repeated, found.turned) == (1, 0)
