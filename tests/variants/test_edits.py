"""The history of a bench: what the page address holds, undo and redo, and names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA
from seqdl_core.variants.edits import MOST_EDITS, Edit, History, edit_name

SEQUENCE = "ACGTACGT"


def test_edits_apply_in_order_and_undo_takes_the_last_one_back() -> None:
    history = History().then(Edit(0, "T")).then(Edit(7, "A"))
    assert history.apply(SEQUENCE) == "TCGTACGA"
    assert history.undo().apply(SEQUENCE) == "TCGTACGT"
    assert history.undo().redo() == history
    assert not History().undo().can_undo
    assert not history.can_redo


def test_a_new_edit_forgets_what_was_undone() -> None:
    history = History().then(Edit(0, "T")).undo().then(Edit(1, "A"))
    assert history.edits == (Edit(1, "A"),)


def test_the_reference_letter_takes_an_edit_back() -> None:
    history = History().then(Edit(0, "T"), Edit(0, "A"))
    assert history.apply(SEQUENCE) == SEQUENCE
    assert history.differences(SEQUENCE) == ()
    assert History().then(Edit(3, "A"), Edit(1, "T")).differences(SEQUENCE) == (Edit(1, "T"), Edit(3, "A"))


def test_steps_tell_every_state_with_its_name() -> None:
    steps = History().then(Edit(3, "A"), Edit(3, "C")).undo().steps(SEQUENCE, DNA)
    assert [(step.name, step.sequence, step.done) for step in steps] == [
        ("reference", "ACGTACGT", True),
        ("n.4T>A", "ACGAACGT", True),
        ("n.4A>C", "ACGCACGT", False),
    ]


def test_names_follow_the_alphabet() -> None:
    assert edit_name(Edit(46, "A"), "C" * 46 + "T", DNA) == "n.47T>A"
    assert edit_name(Edit(0, "G"), "U", RNA) == "r.1u>g"
    assert edit_name(Edit(1, "W"), "MK", PROTEIN) == "p.K2W"


@given(st.lists(st.tuples(st.integers(0, 7), st.sampled_from("ACGT")), max_size=12), st.integers(0, 12))
def test_the_page_address_holds_every_edit(pairs: list[tuple[int, str]], back: int) -> None:
    history = History().then(*(Edit(*pair) for pair in pairs)).to(back)
    assert History.read(history.text, str(history.done), SEQUENCE, DNA) == history


@pytest.mark.parametrize("text", ["9A", "0A", "1X", "A1", "1A.", "<script>", "1A,2C", "999999999A"])
def test_an_address_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(DataError) as caught:
        History.read(text, "", SEQUENCE, DNA)
    assert caught.value.where == "page address"


def test_an_unknown_letter_of_the_reference_can_be_put_back() -> None:
    history = History().then(Edit(3, "A"), Edit(3, "N"))
    read = History.read(history.text, "", "ACGNACGT", DNA)
    assert read == history
    assert read.apply("ACGNACGT") == "ACGNACGT"
    with pytest.raises(DataError):
        History.read("3N", "", "ACGNACGT", DNA)  # the reference has a G there


def test_a_missing_or_foreign_count_means_all_and_the_list_is_bounded() -> None:
    assert History.read("1T.2A", "", SEQUENCE, DNA).done == 2
    assert History.read("1T.2A", "-1", SEQUENCE, DNA).done == 2
    assert History.read("1T.2A", "99", SEQUENCE, DNA).done == 2
    assert History.read("1T.2A", "9" * 5000, SEQUENCE, DNA).done == 2
    many = History().then(*[Edit(0, "T")] * (MOST_EDITS + 5))
    assert len(many.edits) == many.done == MOST_EDITS
