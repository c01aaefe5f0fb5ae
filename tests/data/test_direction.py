"""Whether sequences of DNA are read one way: found from the letters, said, chosen, and kept by all that follows."""

import gzip
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
    assert found.families >= 0.8 * rows, "a box of eight letters makes no family"


def test_sequences_of_either_strand_are_not() -> None:
    for sequences in (with_box(400, either_strand=True), random_dna(400)):
        found = direction_of(sequences, DNA)
        assert not found.directed
        assert found.share == pytest.approx(0.5, abs=0.08)


def test_relatives_count_once() -> None:
    """Windows of one genome that overlap, and alleles of peaks, lie the same way round; that says nothing of others."""
    genome = "".join(RNG.choice(list("ACGT"), 20_000))
    windows = [genome[start : start + 100] for start in range(0, 19_900, 10)]
    alleles = [
        one for peak in random_dna(200, 100) for one in (peak, peak[:50] + "ACGT"["TGCA".index(peak[50])] + peak[51:])
    ]
    repeat = random_dna(1, 60)[0]
    with_repeat = [*(one[:20] + repeat + one[80:] for one in random_dna(60, 100)), *random_dna(240, 100)]
    for sequences, families in ((windows, 1), (alleles, 200), (with_repeat, 241)):
        found = direction_of(sequences, DNA)
        assert not found.directed
        assert found.families == pytest.approx(families, abs=3)
        assert found.sequences == len(set(sequences))


@pytest.mark.slow
def test_public_sets(shared_data: Path) -> None:
    """Bindings count on both strands; promoters, splice sites lie one way round."""
    data = shared_data / "data"
    for name in ("CTCFL", "ELK1", "REST", "MYC"):
        for path in sorted((data / "deepbind_encode").glob(f"{name}*.seq.gz")):
            lines = gzip.decompress(path.read_bytes()).decode().splitlines()[1:]
            for sequences in ([line.split()[2] for line in lines], [line.split()[2] for line in lines[:500]]):
                assert not direction_of(sequences, DNA).directed, path.name
    for name in ("Arabidopsis_tata", "Arabidopsis_non_tata", "Ecoli_prom"):
        records = (data / "cnnprom" / f"{name}.fa").read_text().split(">")[1:]
        assert direction_of(["".join(one.split("\n")[1:]) for one in records], DNA).directed, name


def test_a_direction_without_places_shows_in_the_words() -> None:
    """Strands of genes differ in composition wherever one looks, and lengths differ."""
    genes = ["".join(RNG.choice(list("ACGT"), RNG.integers(40, 90), p=[0.4, 0.2, 0.3, 0.1])) for _ in range(300)]
    found = direction_of(genes, DNA)
    assert found.directed
    both = direction_of(
        [
            DNA.decode(reverse_complement(DNA.encode(one)[None], DNA)[0]) if row % 2 else one
            for row, one in enumerate(genes)
        ],
        DNA,
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
    assert "can be told from the reverse complement; chance is 50 %" in found.evidence
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
