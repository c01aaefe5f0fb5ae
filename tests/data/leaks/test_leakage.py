"""The leak meter: hand-made pairs first, then planted copies, then what is known of real data sets."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.leaks.alignment import align_pair, pair_blocks, pair_text
from seqdl_core.data.leaks.leakage import PAIR_COLUMNS, find_leaks
from seqdl_core.data.leaks.similarity import Rule, clusters, compared_codes, find_partners, rule_for
from seqdl_core.errors import ConfigError
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA, Alphabet
from tests.data.planted import changed, random_sequences, rows, turned

RNG = np.random.default_rng(5)
TRAIN = random_sequences(40, 80, DNA, RNG)
OTHER = random_sequences(40, 80, DNA, RNG)


def only(test: str, alphabet: Alphabet = DNA, train: list[str] = TRAIN) -> pd.Series:
    leaks = find_leaks(rows(train, [*OTHER[:5], test]), alphabet)
    assert leaks.leaking.tolist() == [False] * (len(train) + 5) + [True]
    assert leaks.sources.tolist().index(True) == leaks.pairs["train_row"][0]
    assert leaks.sources.sum() == 1
    assert tuple(leaks.pairs.columns) == PAIR_COLUMNS
    assert leaks.kinds[leaks.pairs["kind"][0]] == 1
    return leaks.pairs.iloc[0]


def test_an_exact_copy() -> None:
    pair = only(TRAIN[7])
    assert tuple(pair) == ("test_45", "train_7", "exact", 1.0, 80, 0, "+", 45, 7)


def test_the_other_strand_of_dna() -> None:
    pair = only(turned(TRAIN[7], DNA))
    assert (pair["train"], pair["kind"], pair["strand"]) == ("train_7", "reverse complement", "-")


def test_rna_is_one_strand() -> None:
    train = [sequence.replace("T", "U") for sequence in TRAIN]
    leaks = find_leaks(rows(train, [turned(train[7], RNA)]), RNA)
    assert leaks.test_rows == 0
    assert "None of 1 test sequences" in leaks.sentence


@pytest.mark.parametrize("strand", ["+", "-"])
@pytest.mark.parametrize("shift", [25, -25])
def test_windows_that_overlap(strand: str, shift: int) -> None:
    own = TRAIN[3][:55] if shift > 0 else TRAIN[3][25:]
    window = OTHER[30][:25] + own if shift > 0 else own + OTHER[30][:25]
    pair = only(window if strand == "+" else turned(window, DNA))
    assert (pair["train"], pair["kind"], pair["strand"]) == ("train_3", "overlap", strand)
    assert abs(pair["letters"] - 55) <= 1  # the letter before the overlap may agree by chance
    assert pair["offset"] == shift
    assert pair["identity"] > 0.98


@pytest.mark.parametrize("offset", [0, 130])
@pytest.mark.parametrize("strand", ["+", "-"])
def test_an_identical_stretch_in_otherwise_different_sequences(strand: str, offset: int) -> None:
    rng = np.random.default_rng(6)
    train, test = (random_sequences(30, 700, DNA, rng) for _ in range(2))
    shared = train[4][200:500]
    own = test[0][: 200 + offset] + shared + test[0][500 + offset :]
    test[0] = own if strand == "+" else turned(own, DNA)
    leaks = find_leaks(rows(train, test), DNA)
    assert np.flatnonzero(leaks.leaking).tolist() == [30]
    assert np.flatnonzero(leaks.sources).tolist() == [4]
    pair = leaks.pairs.iloc[0]
    assert (pair["kind"], pair["strand"], pair["offset"]) == ("overlap", strand, offset)
    assert 300 <= pair["letters"] <= 304
    assert len(set(clusters([train[4], test[0], train[5]], DNA).tolist())) == 2


def test_a_short_stretch_is_none() -> None:
    rng = np.random.default_rng(6)
    train, test = (random_sequences(30, 700, DNA, rng) for _ in range(2))
    test[0] = test[0][:300] + train[4][300:460] + test[0][460:]  # less than a quarter
    leaks = find_leaks(rows(train, test), DNA)
    assert leaks.test_rows == 0
    assert leaks.sentence.endswith("count from 50 letters and a quarter of the shorter sequence on.")


def test_a_near_copy_with_gaps() -> None:
    near = changed(TRAIN[11], 4, 3, DNA, np.random.default_rng(1))
    pair = only(near)
    assert (pair["train"], pair["kind"]) == ("train_11", "near")
    assert 0.85 < pair["identity"] < 1
    assert only(turned(near, DNA))["strand"] == "-"


def test_identity_decides() -> None:
    near = changed(TRAIN[11], 16, 0, DNA, np.random.default_rng(1))  # 80 % exactly
    table = rows(TRAIN, [near])
    assert find_leaks(table, DNA, 0.8).test_rows == 1
    assert find_leaks(table, DNA, 0.81).test_rows == 0
    with pytest.raises(ConfigError, match=r"identity of 0\.3"):
        find_leaks(table, DNA, 0.3)


def test_sequences_without_a_letter_never_leak() -> None:
    leaks = find_leaks(rows(["N" * 80, *TRAIN], ["N" * 80, TRAIN[0]]), DNA)
    assert leaks.leaking[-2:].tolist() == [False, True]


def test_repeats_of_one_word_do_not_drown_the_rest() -> None:
    train = ["A" * 60 + sequence[:20] for sequence in TRAIN]
    table = rows(train, ["A" * 20 + OTHER[0][:60], TRAIN[0][:40] + "A" * 40])
    assert find_leaks(table, DNA).test_rows == 0


def test_coordinates_tell_what_letters_cannot() -> None:
    place = {"chromosome": ["chr1"] * 3 + ["chr2"], "start": [100.0, 500.0, 175.0, 100.0], "strand": list("++-+")}
    table = rows(TRAIN[:2], OTHER[:2], **place, end=[180.0, 580.0, 255.0, 180.0])
    leaks = find_leaks(table, DNA)
    assert leaks.leaking.tolist() == [False, False, True, False]
    assert leaks.sources.tolist() == [True, False, False, False]
    pair = leaks.pairs.iloc[0]
    assert (pair["kind"], pair["letters"], pair["offset"]) == ("overlap", 5, -75)
    assert np.isnan(pair["identity"])
    rna = table.assign(sequence=[sequence.replace("T", "U") for sequence in table["sequence"]])
    assert find_leaks(rna, RNA).test_rows == 0
    assert find_leaks(rna.assign(strand="+"), RNA).test_rows == 1


def test_every_source_is_known_not_only_the_best() -> None:
    copies = [changed(TRAIN[0], 2, 0, DNA, np.random.default_rng(seed)) for seed in range(30)]
    leaks = find_leaks(rows([*TRAIN[1:], *copies], [TRAIN[0]]), DNA)
    assert leaks.sources.tolist() == [False] * 39 + [True] * 30 + [False]
    assert len(leaks.pairs) == 8


def test_short_sequences_say_what_they_need() -> None:
    rng = np.random.default_rng(1)
    train, test = (random_sequences(400, 20, DNA, rng) for _ in range(2))
    other = str.maketrans("ACGT", "CATG")
    for equal, leaking in ((17, True), (14, False)):
        test[0] = train[3][: 20 - equal].translate(other) + train[3][20 - equal :]
        leaks = find_leaks(rows(train, test), DNA)
        assert leaks.leaking[400] == leaking
        assert leaks.rule.near[20] == 17  # 16 of 20 is what chance gives somewhere among 160,000 pairs
        assert "at least 17 of 20 letters equal" in leaks.sentence
        assert "80 %" not in leaks.sentence


@pytest.mark.parametrize(
    ("near", "typical", "said"),
    [
        ([0, 1, 2, 3, 4, 5, 5], 6, "at least 5 of 6 letters equal"),
        ([0, 1, 2, 3, 4, 3, 4], 6, "at least 60 % identity over 5 letters or more"),
        ([0, 1, 2, 2, 3, 3, 4], 6, "at least 60 % identity"),
        (
            [0, 2, 3, 4, 5, 6, 4],
            4,
            "at least 60 % identity, which 4 letters are too few to tell from chance",
        ),
        ([0, 2, 3, 4, 4, 3, 4], 4, "at least 4 of 4 letters equal, 60 % identity from 5 letters on"),
    ],
)
def test_the_rule_in_words(near: list[int], typical: int, said: str) -> None:
    rule = Rule(0.6, np.array(near), np.array(near), typical)
    assert rule.text == said


def test_flanks_that_all_share_are_not_compared() -> None:
    rng = np.random.default_rng(7)
    left, right = random_sequences(2, 25, DNA, rng)
    train, test = (random_sequences(100, 60, DNA, rng) for _ in range(2))
    test[:2] = changed(train[0], 5, 0, DNA, rng), turned(train[1], DNA)
    leaks = find_leaks(rows(*([left + one + right for one in part] for part in (train, test))), DNA)
    assert leaks.shared in range(50, 54)  # a letter beside the flank is its own in a quarter of the sequences
    assert np.flatnonzero(leaks.leaking).tolist() == [100, 101]
    assert np.flatnonzero(leaks.sources).tolist() == [0, 1]
    assert leaks.pairs["letters"].max() <= 60
    assert f"Not compared: {leaks.shared} letters of each that nearly all share." in leaks.sentence


def test_a_word_that_many_sequences_share_hides_no_copy() -> None:
    """Half of the rows hold one stretch, and 400 are copies of one sequence."""
    rng = np.random.default_rng(7)
    (stretch, founder), others = random_sequences(2, 40, DNA, rng), random_sequences(600, 40, DNA, rng)
    train = [stretch + one for one in others] + [founder + one for one in random_sequences(600, 40, DNA, rng)]
    train += [train[-1]] * 400
    test = [changed(train[at], 6, 1, DNA, rng) for at in (0, 599, 700, 1199)]
    leaks = find_leaks(rows(train, test + random_sequences(20, 80, DNA, rng)), DNA)
    assert leaks.shared == 0
    assert np.flatnonzero(leaks.leaking).tolist() == [1600, 1601, 1602, 1603]
    assert leaks.sources.sum() == 404


@pytest.mark.parametrize(("alphabet", "letters"), [(PROTEIN, 60), (DNA, 150)])
def test_a_mutational_scan_is_said_once(alphabet: Alphabet, letters: int) -> None:
    rng = np.random.default_rng(7)
    (wild,) = random_sequences(1, letters, alphabet, rng)
    mutants = list(dict.fromkeys(changed(wild, 1, 0, alphabet, rng) for _ in range(300)))[:200]
    leaks = find_leaks(rows(mutants[:150], [mutants[3], *mutants[150:]]), alphabet)
    assert leaks.alike
    assert (leaks.test_rows, leaks.kinds["exact"], len(leaks.pairs)) == (1, 1, 1)
    assert leaks.sources.tolist().index(True) == 3
    assert "as the variants of a mutational scan are" in leaks.sentence
    assert ("other strand" in leaks.sentence) == alphabet.double_stranded


def test_no_parts_no_leaks() -> None:
    assert find_leaks(rows(TRAIN, []), DNA).sentence == "There is no test part and training part to compare."
    assert find_leaks(rows([], TRAIN), DNA).test_rows == 0


@pytest.mark.parametrize(("alphabet", "length"), [(DNA, 50), (DNA, 200), (DNA, 2000), (RNA, 100), (PROTEIN, 60)])
@pytest.mark.parametrize("share", [0.01, 0.2])
def test_planted_copies_are_found(alphabet: Alphabet, length: int, share: float) -> None:
    rng = np.random.default_rng([length, round(100 * share)])
    number = 400 if length < 1000 else 150
    train, test = (random_sequences(number, length, alphabet, rng) for _ in range(2))
    planted = max(3, round(share * number))
    for place in range(planted):
        kind = place % 3
        tenth = length // 10
        gaps = max(1, length // 100) if place % 2 else 0
        near = changed(train[place], tenth - gaps, gaps, alphabet, rng)
        test[place] = train[place] if kind == 0 else near
        if kind == 1 and alphabet is DNA:
            test[place] = turned(train[place], DNA)
    leaks = find_leaks(rows(train, test), alphabet)
    found = leaks.leaking[number:]
    assert found[:planted].mean() >= 0.97
    assert not found[planted:].any()
    best = leaks.pairs.drop_duplicates("test_row")
    assert (best["train_row"] == best["test_row"] - number).all()


def test_partners_are_the_best_first() -> None:
    near = [changed(TRAIN[0], changes, 0, DNA, np.random.default_rng(changes)) for changes in (8, 2, 5)]
    codes, _ = compared_codes([TRAIN[0], *near], DNA)
    found = find_partners(codes[:1], codes[1:], DNA, rule_for(codes[:1], codes[1:], DNA, 0.8))
    assert found.count.tolist() == [3]
    assert found.found[0, :3, 0].tolist() == [1, 2, 0]
    assert found.found[0, :3, 3].tolist() == [78, 75, 72]


def test_clusters_are_chains_of_likeness() -> None:
    chain = [TRAIN[0], changed(TRAIN[0], 8, 0, DNA, np.random.default_rng(1))]
    chain.append(changed(chain[1], 8, 0, DNA, np.random.default_rng(2)))
    sequences = [TRAIN[5], *chain, TRAIN[6], turned(chain[2], DNA), "N" * 80, "N" * 80]
    assert clusters(sequences, DNA, 0.85).tolist() == [0, 1, 1, 1, 2, 1, 3, 4]
    assert clusters(sequences[::-1], DNA, 0.85).tolist() == [0, 1, 2, 3, 2, 2, 2, 4]
    assert clusters([], DNA).tolist() == []
    assert clusters([TRAIN[0]] * 3, DNA).tolist() == [0, 0, 0]


def test_a_pair_side_by_side() -> None:
    found = align_pair("ACGTACGTAC", "GGACGTTCGTAC", DNA)
    assert (found.first, found.marks, found.second) == ("--ACGTACGTAC", "  |||| |||||", "GGACGTTCGTAC")
    assert found.identity == pytest.approx(0.9)
    assert align_pair(turned("AAACCGT", DNA), "AAACCGT", DNA, "-").marks == "|||||||"
    assert align_pair("NNAC", "NNAC", DNA).marks == "  ||"


def test_a_pair_in_blocks_counts_letters_and_not_gaps() -> None:
    blocks = pair_blocks("ACGT-ACG", "|| | |||", "AC-TTACG", 5)
    assert [(block.first, block.first_at, block.second_at) for block in blocks] == [("ACGT-", 1, 1), ("ACG", 5, 5)]
    assert pair_blocks("----AC", "    ||", "GGTTAC", 4)[0].first_at == 0
    assert pair_text("ACGT", "|| |", "ACCT") == " test 1 ACGT\n        || |\ntrain 1 ACCT"
    assert pair_text("", "", "") == ""


def test_windows_of_qki_that_overlap(shared_data: Path) -> None:
    folder = shared_data / "data" / "rbp31_clip" / "24_PARCLIP_QKI_hg19"
    parts = []
    for part, name in (("train", "training"), ("test", "test")):
        text = gzip.decompress((folder / f"{name}_sample_0" / "sequences.fa.gz").read_bytes()).decode()
        records = [record.split("\n", 1) for record in text.split(">")[1:]]
        parts.append(
            pd.DataFrame(
                {
                    "id": [f"{part} {number}" for number in range(len(records))],
                    "header": [header for header, _ in records],
                    "sequence": [body.replace("\n", "").upper().replace("T", "U") for _, body in records],
                    "split": part,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    place = table["header"].str.extract(r"(?P<chromosome>chr\w+),(?P<strand>[+-]),(?P<start>\d+),(?P<end>\d+)")
    table = pd.concat([table, place.astype({"start": float, "end": float})], axis=1)
    overlapping, beside = set(), set()
    for _, near in table.groupby(["chromosome", "strand"]):
        train, test = (near[near["split"] == part] for part in ("train", "test"))
        starts, ends = train["start"].to_numpy(), train["end"].to_numpy()
        for row in test.itertuples():
            shared = (starts < row.end) & (ends > row.start)
            if shared.any():
                overlapping.add(row.id)
                beside |= set(train["id"][shared])
    assert len(overlapping) == 8
    # The windows that overlap, every sequence of unknown letters, and a thousand others.
    blank = table["sequence"].str.strip("N") == ""
    keep = table["id"].isin(overlapping | beside) | blank
    keep |= (table.index % 40) == 0
    small = table[keep].reset_index(drop=True)
    assert (small["sequence"].str.strip("N") == "").sum() == 25
    leaks = find_leaks(small, RNA)
    found = set(leaks.pairs.loc[leaks.pairs["kind"] == "overlap", "test"])
    assert overlapping <= found
    assert not leaks.leaking[(small["sequence"].str.strip("N") == "").to_numpy()].any()
    by_letters = find_leaks(small.drop(columns=["chromosome", "start", "end"]), RNA)
    assert by_letters.test_rows >= 4


@pytest.mark.slow
def test_variants_of_one_protein_are_all_alike(shared_data: Path) -> None:
    with zipfile.ZipFile(shared_data / "data" / "flip_gb1" / "splits.zip") as archive:
        name = next(n for n in archive.namelist() if n.endswith("three_vs_rest.csv") and "MACOSX" not in n)
        table = pd.read_csv(archive.open(name))
    table = table.assign(split=table["set"], id=[str(number) for number in range(len(table))])
    leaks = find_leaks(table, PROTEIN)
    assert (leaks.alike, leaks.test_rows, leaks.held, len(leaks.pairs)) == (True, 0, 5743, 0)
    assert leaks.sentence.startswith("Nearly all of these sequences are near copies of each other")
    assert leaks.sentence.endswith("None of 5,743 test sequences is an exact copy of a training sequence.")
    assert clusters(table["sequence"].tolist(), PROTEIN).max() == 0


def test_repeated_rows_of_the_splice_set(shared_data: Path) -> None:
    text = (shared_data / "data" / "uci_splice_promoter" / "splice.data").read_text()
    sequences = [line.split(",")[2].strip() for line in text.splitlines() if line.strip()]
    sequences = ["".join(letter if letter in "ACGT" else "N" for letter in sequence) for sequence in sequences]
    assert len(sequences) == 3190
    group = clusters(sequences, DNA, 1.0)
    assert pd.Series(sequences).groupby(group).nunique().ge(1).all()
    same = pd.Series(group).groupby(sequences).nunique()
    assert (same == 1).all()
    table = pd.DataFrame({"id": [str(n) for n in range(3190)], "sequence": sequences})
    table["split"] = np.where(pd.Series(sequences).duplicated(), "test", "train")
    leaks = find_leaks(table, DNA)
    assert leaks.kinds["exact"] == leaks.held == leaks.test_rows == pd.Series(sequences).duplicated().sum()
