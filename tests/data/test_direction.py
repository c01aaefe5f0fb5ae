"""Whether sequences of DNA are read one way: found from the letters, said, chosen, and kept by all that follows."""

from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.content_hash import ContentHash, hash_of
from seqdl_core.data.dataset import Dataset
from seqdl_core.data.direction import direction_of
from seqdl_core.data.importing import import_files, inspect
from seqdl_core.sequences.alphabets import DNA, PROTEIN, alphabet_named, reverse_complement

RNG = np.random.default_rng(5)
TATA = "TATAAAAG"


def random_dna(rows: int, length: int = 60) -> list[str]:
    return ["".join(RNG.choice(list("ACGT"), length)) for _ in range(rows)]


def with_box(rows: int, *, either_strand: bool = False) -> list[str]:
    """A TATA box at the same place in every sequence, in half of them on the other strand."""
    found = [one[:26] + TATA + one[34:] for one in random_dna(rows)]
    if either_strand:
        turned = reverse_complement(np.array([DNA.encode(one) for one in found]), DNA)
        found = [DNA.decode(turned[row]) if row % 2 else one for row, one in enumerate(found)]
    return found


@pytest.mark.parametrize("rows", [40, 400])
def test_sequences_that_lie_the_same_way_round_are_told_from_their_reverse_complements(rows: int) -> None:
    found = direction_of(with_box(rows), DNA)
    assert found.directed
    assert found.share > 0.95
    assert found.sequences == rows


def test_sequences_of_either_strand_are_not() -> None:
    for sequences in (with_box(400, either_strand=True), random_dna(400)):
        found = direction_of(sequences, DNA)
        assert not found.directed
        assert found.share == pytest.approx(0.5, abs=0.08)


def test_a_direction_without_places_shows_in_the_words() -> None:
    """Strands of genes differ in composition wherever one looks, and lengths differ."""
    genes = ["".join(RNG.choice(list("ACGT"), RNG.integers(40, 90), p=[0.4, 0.2, 0.3, 0.1])) for _ in range(300)]
    found = direction_of(genes, DNA)
    assert found.directed
    both = direction_of(
        [*genes, *(DNA.decode(reverse_complement(DNA.encode(one)[None], DNA)[0]) for one in genes)], DNA
    )
    assert not both.directed


def test_random_sequences_are_rarely_called_directed() -> None:
    assert not any(direction_of(random_dna(rows, 30), DNA).directed for rows in (30, 35, 60, 100) for _ in range(10))


def test_few_or_foreign_sequences_say_nothing() -> None:
    assert not direction_of(with_box(29), DNA).enough
    assert direction_of(["ACGTJ" * 5, *with_box(40)], DNA).sequences == 40


def test_the_alphabet_says_how_it_is_read() -> None:
    directed = alphabet_named("dna", directed=True)
    assert (DNA.both_ways, directed.both_ways) == (True, False)
    assert directed.double_stranded, "the molecule has two strands all the same"
    assert alphabet_named("protein", directed=True) is PROTEIN


def _file(folder: Path, sequences: list[str]) -> Path:
    path = folder / "box.fa"
    path.write_text("".join(f">s{row}|{row % 2}\n{one}\n" for row, one in enumerate(sequences)))
    return path


def test_an_import_says_it_with_its_evidence_and_takes_a_correction(tmp_path: Path) -> None:
    path = _file(tmp_path, with_box(60))
    found = {one.key: one for one in inspect([path]).findings}["strands"]
    assert found.sentence == "The sequences are read as they stand."
    assert "of 60 sequences can be told from the reverse complement" in found.evidence
    assert (found.choice, found.value) == ("strands", "given")
    kept = {strands: import_files([path], tmp_path / strands, ImportChoices(strands=strands)) for strands in
            ("auto", "given", "both")}  # fmt: skip
    assert [kept[strands].info.directed for strands in ("auto", "given", "both")] == [True, True, False]
    assert Dataset.open(tmp_path / "auto").alphabet == alphabet_named("dna", directed=True)
    assert kept["auto"].hash == kept["given"].hash != kept["both"].hash


def test_the_hash_of_a_data_set_without_a_direction_is_what_it_was(tmp_path: Path) -> None:
    """The word is left out of what is hashed, so data sets from before it open as they are."""
    dataset = import_files([_file(tmp_path, random_dna(60))], tmp_path / "set")
    info = dataset.info
    assert "directed" not in info.model_dump(exclude_defaults=True)
    rows = ContentHash(("id",))
    assert hash_of(rows, info, None) != hash_of(rows, info.model_copy(update={"directed": True}), None)


def test_rna_and_protein_are_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "rna.fa"
    path.write_text("".join(f">s{row}|{row % 2}\n{one.replace('T', 'U')}\n" for row, one in enumerate(with_box(40))))
    assert "strands" not in {one.key for one in inspect([path]).findings}
