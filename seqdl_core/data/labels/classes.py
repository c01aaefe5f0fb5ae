"""One file a class: what the names of files say about the class of their rows."""

import re
from collections.abc import Sequence

from seqdl_core.data.inference import Assembled
from seqdl_core.sequences.vocabulary import file_tokens, names_negatives, split_of

_MOST_FILES = 50
_MATES = re.compile(r"r?[12]|l\d{3}|s\d{1,3}|001", re.IGNORECASE)
"""Words by which a sequencer tells apart files of one sample: the ends of reads, lanes, numbers of samples."""
_RUN = re.compile(r"[sed]rr\d+", re.IGNORECASE)


def file_classes(rows: Assembled) -> bool:
    """Whether each file holds one class.

    Names speak of negatives, or there are several files without labels, neither tables nor families (Stockholm), whose
    names differ besides words such as train and test; or each lies in one of several folders, as archives keep classes.
    A file of a single record outside of such folders is a sequence and not a class. Reads are classes where the names
    of their files differ in more than what a sequencer numbers: ends, lanes, samples and runs.
    """
    negatives = [names_negatives(table.file.name) for table in rows.tables]
    if any(negatives) and not all(negatives):
        return True
    if _folders(rows) or _opposites(rows):
        return True
    stems = {_stem(table.file.name) for table in rows.tables}
    if any(table.layout == "fastq" for table in rows.tables):
        stems = {tuple(word for word in stem if not _MATES.fullmatch(word)) for stem in stems}
        if any(not stem or _RUN.fullmatch(stem[0]) for stem in stems):
            return False
    plain = not any(table.tabular or table.layout == "stockholm" for table in rows.tables)
    return plain and 1 < len(stems) <= _MOST_FILES and all(len(table) > 1 for table in rows.tables)


def class_of_files(rows: Assembled) -> list[str]:
    """The class of each file: ``1`` or ``0`` where names speak of negatives, what the names differ in otherwise."""
    names = [table.file.name for table in rows.tables]
    negatives = [names_negatives(name) for name in names]
    if any(negatives) and not all(negatives):
        return ["0" if negative else "1" for negative in negatives]
    opposites = _opposites(rows)
    if opposites:
        return opposites
    folders = _folders(rows)
    if folders:
        return folders
    return _differences([_stem(name) for name in names])


def _folders(rows: Assembled) -> list[str]:
    """The folder of each file, where there are several; empty where the files' own names say more.

    They do where every folder has the same files, more than one (human/enhancer.fa, mouse/enhancer.fa and the same of
    silencer), unless these are numbered (enhancer/chr1.fa, silencer/chr1.fa).
    """
    parents = [_parent(table.file.name) for table in rows.tables]
    inside: dict[str, set[tuple[str, ...]]] = {}
    for parent, table in zip(parents, rows.tables, strict=True):
        inside.setdefault(parent, set()).add(_stem(table.file.name))
    if not 1 < len(inside) <= _MOST_FILES or "" in inside:
        return []
    first, *others = inside.values()
    numbered = all(stem[-1][-1].isdigit() for stem in first)
    return [] if len(first) > 1 and all(one == first for one in others) and not numbered else parents


def _parent(name: str) -> str:
    """The innermost folder that is no part of a split: ``enhancer`` of ``data.zip/train/enhancer/7.fa``."""
    folders = [part for part in name.split("/")[:-1] if not split_of(part) and not part.lower().endswith(".zip")]
    return folders[-1] if folders else ""


def _opposites(rows: Assembled) -> list[str]:
    """``1`` and ``0`` for two files, or sets of files, called X and nonX or notX; empty where they are not."""
    stems = ["_".join(_stem(table.file.name)).lower() for table in rows.tables]
    two = sorted(set(stems), key=len)
    if len(two) != 2 or two[1] not in (f"{no}{sign}{two[0]}" for no in ("non", "not", "no") for sign in ("", "_")):
        return []
    return ["1" if stem == two[0] else "0" for stem in stems]


def _stem(name: str) -> tuple[str, ...]:
    """The words of a file's own name, without those for parts of a split."""
    words = [token for token in file_tokens(name.rsplit("/", 1)[-1]) if not split_of(token)]
    return tuple(words) or tuple(file_tokens(name))


def _differences(stems: Sequence[tuple[str, ...]]) -> list[str]:
    """Stems without the words that all begin or end with: ``G4_positives``, ``G4_rest`` to positives and rest."""
    distinct = list(dict.fromkeys(stems))
    first = 0
    while len(distinct) > 1 and all(len(s) > first + 1 for s in distinct) and len({s[first] for s in distinct}) == 1:
        first += 1
    last = 0
    shortest = min(map(len, distinct))
    while len(distinct) > 1 and shortest - first - last > 1 and len({s[-1 - last] for s in distinct}) == 1:
        last += 1
    return ["_".join(stem[first : len(stem) - last]) for stem in stems]
