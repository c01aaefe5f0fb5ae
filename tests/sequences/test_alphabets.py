"""Letters, codes, one-hot and the other strand: exact answers and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdl_core.errors import DataError, UnknownName
from seqdl_core.sequences.alphabets import (
    ALPHABETS,
    DNA,
    PROTEIN,
    RNA,
    alphabet_named,
    encode_all,
    one_hot_array,
    reverse_complement,
)


def test_codes_follow_the_order_of_the_letters() -> None:
    assert DNA.encode("ACGTNacgtn").tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    assert RNA.encode("U").tolist() == [3]
    assert PROTEIN.encode("AYX").tolist() == [0, 19, 20]


@pytest.mark.parametrize(
    ("sequence", "letter", "position"), [("ACJT", "J", 3), ("ACGU", "U", 4), ("é", "é", 1), ("A-", "-", 2)]
)
def test_foreign_letters_are_named(sequence: str, letter: str, position: int) -> None:
    with pytest.raises(DataError) as caught:
        DNA.encode(sequence)
    assert caught.value.what == f"'{letter}' is not a DNA letter."
    assert caught.value.where == f"position {position}"


def test_one_hot_by_hand() -> None:
    expected = np.array([[[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]]], np.float32)
    assert np.array_equal(one_hot_array(encode_all(["ATN"], DNA, 4), 4), expected)


def test_shorter_sequences_are_padded_with_unknown_and_longer_ones_refused() -> None:
    assert encode_all(["AC", "ACGT"], DNA).tolist() == [[0, 1, 4, 4], [0, 1, 2, 3]]
    with pytest.raises(DataError, match="4 bp is longer than 3 bp"):
        encode_all(["ACGT"], DNA, 3)


def test_a_foreign_letter_names_its_sequence() -> None:
    for others in (["ACGT"], ["AC"]):
        with pytest.raises(DataError) as caught:
            encode_all([*others, "AC!T"], DNA)
        assert caught.value.where == "sequence 2, position 3"


@given(st.lists(st.text("ACGTN", min_size=7, max_size=7), min_size=1, max_size=5))
def test_reverse_complement_twice_is_the_same(sequences: list[str]) -> None:
    codes = encode_all(sequences, DNA)
    assert [DNA.decode(row) for row in codes] == sequences
    assert np.array_equal(reverse_complement(reverse_complement(codes, DNA), DNA), codes)


def test_reverse_complement_by_hand() -> None:
    assert DNA.decode(reverse_complement(encode_all(["AACGTN"], DNA), DNA)[0]) == "NACGTT"
    assert RNA.decode(reverse_complement(encode_all(["AACGU"], RNA), RNA)[0]) == "ACGUU"
    with pytest.raises(DataError, match="no reverse complement"):
        reverse_complement(encode_all(["MKV"], PROTEIN), PROTEIN)


@pytest.mark.parametrize("alphabet", ALPHABETS.values())
def test_letters_are_unique(alphabet: object) -> None:
    letters = alphabet.letters + alphabet.unknown + alphabet.ambiguous  # type: ignore[attr-defined]
    assert len(set(letters)) == len(letters)


def test_alphabet_names() -> None:
    assert alphabet_named("rna") is RNA
    with pytest.raises(UnknownName, match="Did you mean 'protein'"):
        alphabet_named("protien")
