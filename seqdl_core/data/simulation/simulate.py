"""Simulated data, whose truth is known: motifs planted by rules into a background.

Without ``logic`` it is an example of binding data: the first motif has a site in nine tenths of the positives, each
further one in half, and negatives are dinucleotide shuffles of the positives of their own part of the split, so that
neither letters nor dinucleotides tell the classes apart. As in an experiment, some positives hold no site.

With ``logic`` positives satisfy a formula over the motifs and negatives violate it, each in all ways there are and in
equal shares: for ``A and B`` negatives hold A alone, B alone or neither. So single motifs tell little, and the rule has
to be learned. What reads as a site but was not planted is removed from the background.

Where sites lie is kept as the features of the data set, of kind ``motif``; :func:`truth_mask` gives them as a mask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, UInt8
from numpy.typing import NDArray

from seqdl_core.config import parse
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.data.simulation.arrangement import Arrangement, Planted, read_range
from seqdl_core.data.simulation.backgrounds import Background
from seqdl_core.data.simulation.grammar import Combination, ways_of
from seqdl_core.data.simulation.planting import TYPED, PlantedMotif, read_motifs
from seqdl_core.data.simulation.rules import EXAMPLE_MOTIFS, Simulation
from seqdl_core.errors import ConfigError, DataError
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named
from seqdl_core.sequences.readers import NoticeRecord, notice
from seqdl_core.sequences.shuffles import dinucleotide_shuffle

KIND = "motif"
"""What the features of a data set call a planted site."""

_SHARES = (0.9, 0.5)
_ROUNDS = 200


def simulate(
    folder: Path, motif_ids: Sequence[str] = EXAMPLE_MOTIFS, n: int = 4000, length: int = 101, seed: int = 1
) -> Dataset:
    """The example of binding data with these motifs; see :func:`simulate_by`."""
    asked = {"motifs": tuple(motif_ids), "sequences": n, "length": length, "seed": seed}
    return simulate_by(folder, parse(Simulation, asked, where="simulation"))


def simulate_by(folder: Path, settings: Simulation, given: Sequence[str] = ()) -> Dataset:
    """Write the data set that these settings ask for.

    Args:
        given: sequences that the background is made from, where it is made from any.

    Raises:
        UnknownName: for a motif that JASPAR does not have.
        ConfigError: for settings that contradict each other.
        DataError: if the motifs do not fit, or read as each other's sites.
    """
    alphabet, rng = alphabet_named(settings.alphabet), np.random.default_rng(settings.seed)
    motifs = read_motifs(settings.motifs, alphabet, settings.threshold)
    arrangement = arrangement_of(settings, motifs, alphabet)
    background = Background(settings.background, alphabet, settings.length, settings.composition, given)
    rows = _planned(settings, motifs, rng)
    for row in {row.present: row for row in rows}.values():
        arrangement.require_room(row.present, [motif.name for motif in motifs])
    written = _write(rows, motifs, arrangement, background, rng, sure=bool(settings.logic))
    truth = settings.logic != "" or settings.task == "regression"
    accidents = _clear(written, motifs, background, rng) if truth else 0
    split = _split(rows, settings, rng)
    if settings.task == "binary" and not settings.logic:
        _shuffle_negatives(written, rows, split, rng)
    return _saved(folder, settings, motifs, rows, written, split, accidents, rng)


def truth_mask(dataset: Dataset, split: str) -> Bool[np.ndarray, "N L"]:
    """Which letters of each row of a part belong to a planted site; False everywhere in data that are not simulated."""
    ids = dataset.ids(split)
    mask = np.zeros((len(ids), dataset.info.length), bool)
    row_of = {name: row for row, name in enumerate(ids)}
    features = dataset.features
    for name, start, end, kind in zip(
        features["id"], features["start"], features["end"], features["kind"], strict=True
    ):
        if kind == KIND and name in row_of:
            mask[row_of[name], int(start) : int(end)] = True
    return mask


@dataclass(frozen=True)
class _Row:
    """What a row is to hold; ``misplaced`` breaks a rule of the arrangement."""

    positive: bool
    present: Combination
    misplaced: bool = False


@dataclass(frozen=True)
class _Written:
    """The letters of all rows, and the sites in each."""

    codes: UInt8[np.ndarray, "N L"]
    sites: list[list[Planted]]

    def planted(self, row: int) -> Bool[np.ndarray, " L"]:
        """Which letters of a row belong to a site."""
        mask = np.zeros(self.codes.shape[1], bool)
        for site in self.sites[row]:
            mask[site.start : site.end] = True
        return mask


def arrangement_of(settings: Simulation, motifs: Sequence[PlantedMotif], alphabet: Alphabet) -> Arrangement:
    """How these settings have sites stand together.

    Raises:
        ConfigError: for rules that cannot be read, or that contradict each other.
    """
    if not alphabet.double_stranded and settings.orientation not in ("either", "+"):
        raise ConfigError(
            f"Sites in {alphabet.title} have one strand, so they cannot be '{settings.orientation}'.",
            where="orientation",
            fix="Leave it at either.",
        )
    made = Arrangement(
        widths=tuple(motif.width for motif in motifs),
        length=settings.length,
        copies=read_range(settings.copies, "copies", 1),
        spacing=read_range(settings.spacing, "spacing", 0) if settings.spacing.strip() else None,
        fixed=settings.order == "fixed",
        orientation=settings.orientation,
        double_stranded=alphabet.double_stranded,
    )
    if settings.misplaced_decoys and not (settings.logic and settings.task == "binary" and made.aspects()):
        raise ConfigError(
            "Misplaced decoys break a rule of spacing, order or orientation, and there is none to break.",
            where="misplaced_decoys",
            fix="Give a logic and one of these rules, or leave misplaced decoys out.",
        )
    return made


def _planned(settings: Simulation, motifs: Sequence[PlantedMotif], rng: np.random.Generator) -> list[_Row]:
    """The positives, then the negatives; every way of being either has an equal share, one more for the first ones."""
    positives, none = settings.sequences // 2, (False,) * len(motifs)
    if not settings.logic:
        count = positives if settings.task == "binary" else settings.sequences
        shares = [_SHARES[min(number, 1)] if settings.task == "binary" else 0.5 for number in range(len(motifs))]
        drawn = (rng.random((count, len(motifs))) < shares).tolist()
        return [_Row(True, tuple(one)) for one in drawn] + [_Row(False, none)] * (settings.sequences - count)
    true, false = ways_of(settings.logic, [motif.name for motif in motifs])
    ways = [_Row(False, one) for one in false]
    if settings.misplaced_decoys:
        # Rules of spacing and order are about two sites.
        ways += [_Row(False, one, misplaced=True) for one in true if sum(one) > 1]
    return [_Row(True, true[number % len(true)]) for number in range(positives)] + [
        ways[number % len(ways)] for number in range(settings.sequences - positives)
    ]


def _write(
    rows: Sequence[_Row],
    motifs: Sequence[PlantedMotif],
    arrangement: Arrangement,
    background: Background,
    rng: np.random.Generator,
    *,
    sure: bool,
) -> _Written:
    """Background and sites; ``sure`` sites all read as such."""
    codes, aspects = background.draw(len(rows), rng), arrangement.aspects()
    sites: list[list[Planted]] = []
    for row in rows:
        broken = aspects[int(rng.integers(0, len(aspects)))] if row.misplaced else None
        sites.append(arrangement.place(row.present, rng, broken))
    strong = ((codes == 1) | (codes == 2)).sum(axis=1)
    written = _Written(codes, sites)
    for number, motif in enumerate(motifs):
        of_motif = [(place, site) for place, found in enumerate(sites) for site in found if site.motif == number]
        words = motif.draw(len(of_motif), rng, sure=sure)
        for (place, site), word in zip(of_motif, words, strict=True):
            turned = background.alphabet.complement_codes[word[::-1]] if site.strand == "-" else word
            codes[place, site.start : site.end] = turned
    for number in range(len(rows)):
        codes[number] = background.restored(codes[number], written.planted(number), int(strong[number]), rng)
    return written


def _clear(written: _Written, motifs: Sequence[PlantedMotif], background: Background, rng: np.random.Generator) -> int:
    """Change the background wherever it reads as a site that was not planted; how many rows still do in the end.

    Raises:
        DataError: when a typed motif cannot be kept out, because it reads as a part of another, or is too short.
    """
    pending, stuck = np.arange(len(written.codes)), np.zeros(0, np.intp)
    for _ in range(_ROUNDS):
        wrong = _accidents(written, pending, motifs, background.alphabet)
        planted = np.stack([written.planted(row) for row in pending.tolist()]) if len(pending) else wrong
        movable = (wrong & ~planted).any(axis=1)
        stuck = np.append(stuck, pending[wrong.any(axis=1) & ~movable])
        pending, wrong = pending[movable], wrong[movable]
        if not len(pending):
            break
        for row, places in zip(pending.tolist(), wrong, strict=True):
            written.codes[row] = background.scrambled(written.codes[row], written.planted(row), places, rng)
    left = np.unique(np.append(stuck, pending))
    for motif in motifs:
        still = int(_accidents(written, left, [motif], background.alphabet).any(axis=1).sum())
        if still and motif.motif.id == TYPED:
            raise DataError(
                f"The motif '{motif.name}' cannot be kept out of {still:,} sequences.",
                where=f"motif {motif.name}",
                fix="Type a longer motif, one that is no part of another, or simulate shorter sequences.",
            )
    return int(_accidents(written, left, motifs, background.alphabet).any(axis=1).sum())


def _accidents(
    written: _Written, rows: NDArray[np.intp], motifs: Sequence[PlantedMotif], alphabet: Alphabet
) -> Bool[np.ndarray, "M L"]:
    """The letters of these rows under a site that nobody planted."""
    codes = written.codes[rows]
    wrong = np.zeros(codes.shape, bool)
    for number, motif in enumerate(motifs):
        hits = motif.hits(codes, alphabet)
        for place, row in enumerate(rows.tolist()):
            for site in written.sites[row]:
                if site.motif == number:
                    hits[place, site.start] = False
        for offset in range(motif.width):
            wrong[:, offset : offset + hits.shape[1]] |= hits
    return wrong


def _split(rows: Sequence[_Row], settings: Simulation, rng: np.random.Generator) -> Bool[np.ndarray, " N"]:
    """Which rows are the test set: the same share of positives and negatives."""
    test = np.zeros(len(rows), bool)
    positive = np.array([row.positive for row in rows])
    for members in (np.flatnonzero(positive), np.flatnonzero(~positive)):
        test[rng.permutation(members)[: round(len(members) * settings.test_share)]] = True
    return test


def _shuffle_negatives(
    written: _Written, rows: Sequence[_Row], test: Bool[np.ndarray, " N"], rng: np.random.Generator
) -> None:
    """Make each negative a dinucleotide shuffle of a positive of its own part."""
    positive = np.array([row.positive for row in rows])
    for part in (test, ~test):
        parents, children = np.flatnonzero(part & positive), np.flatnonzero(part & ~positive)
        written.codes[children] = dinucleotide_shuffle(written.codes[np.resize(parents, len(children))], rng)


def _strengths(
    rows: Sequence[_Row], written: _Written, motifs: Sequence[PlantedMotif], settings: Simulation, alphabet: Alphabet
) -> Float[np.ndarray, " N"]:
    """The sum of the sites' log-odds scores in bits, 0 where the logic does not hold."""
    odds = [motif.motif.log_odds() for motif in motifs]
    strengths = np.zeros(len(rows))
    for number, (row, found) in enumerate(zip(rows, written.sites, strict=True)):
        for site in found if row.positive or not settings.logic else ():
            word = written.codes[number, site.start : site.end]
            word = alphabet.complement_codes[word[::-1]] if site.strand == "-" else word
            strengths[number] += float(odds[site.motif][np.arange(len(word)), word].sum())
    return strengths


def _notices(rows: Sequence[_Row], settings: Simulation, accidents: int) -> tuple[NoticeRecord, ...]:
    """What a person may not expect of the rows."""
    told = []
    bare = sum(row.positive and not any(row.present) for row in rows)
    if bare and settings.task == "binary" and not settings.logic:
        rest = "without any planted site, which nothing tells from a negative: no motif stands in all positives."
        told.append(
            notice(bare, "positive", rest, where="simulation", fix="Give a logic, such as the name of one motif.")
        )
    if accidents:
        rest = "still hold what reads as a site that was not planted."
        told.append(notice(accidents, "sequence", rest, where="simulation"))
    return tuple(told)


def _saved(
    folder: Path,
    settings: Simulation,
    motifs: Sequence[PlantedMotif],
    rows: Sequence[_Row],
    written: _Written,
    test: Bool[np.ndarray, " N"],
    accidents: int,
    rng: np.random.Generator,
) -> Dataset:
    """All rows in random order under names that do not tell the class, with their sites as features."""
    alphabet, binary = alphabet_named(settings.alphabet), settings.task == "binary"
    labels = np.array([row.positive for row in rows], np.float64)
    if not binary:
        strengths = _strengths(rows, written, motifs, settings, alphabet)
        labels = strengths + settings.noise * rng.normal(size=len(rows))
    order = rng.permutation(len(rows))
    digits = len(str(len(rows)))
    names = [f"simulated_{number:0{digits}d}" for number in range(1, len(rows) + 1)]
    table = pd.DataFrame(
        {
            "id": names,
            "sequence": [alphabet.decode(written.codes[row]) for row in order],
            "label": labels[order],
            "split": np.where(test[order], "test", "train"),
            "source": "simulated",
        }
    )
    features = pd.DataFrame(
        [
            (name, site.start, site.end, site.strand, KIND, motifs[site.motif].name)
            for name, row in zip(names, order.tolist(), strict=True)
            for site in written.sites[row]
        ],
        columns=["id", "start", "end", "strand", "kind", "name"],
    )
    positives = {"train": int(labels[~test].sum()), "test": int(labels[test].sum())} if binary else {}
    told = " and ".join(motif.name for motif in motifs)
    info = DatasetInfo(
        name=f"Simulated {settings.logic or told} {'sites' if binary and not settings.logic else ''}".rstrip(),
        alphabet=alphabet.name,
        directed=arrangement_of(settings, motifs, alphabet).directed,
        task=settings.task,
        length=settings.length,
        targets=("label",) if binary else ("strength",),
        label_names=("0", "1") if binary else (),
        counts={"train": int((~test).sum()), "test": int(test.sum())},
        positives=positives,
        notices=_notices(rows, settings, accidents),
        split_way="stratified" if binary else "random",
        truth={
            "seed": settings.seed,
            "settings": settings.model_dump(mode="json"),
            "motifs": [
                {
                    "id": motif.motif.id,
                    "name": motif.name,
                    "width": motif.width,
                    "consensus": motif.motif.consensus,
                    "sites": sum(site.motif == number for found in written.sites for site in found),
                }
                for number, motif in enumerate(motifs)
            ],
        },
    )
    return Dataset.create(folder, table, info, features)
