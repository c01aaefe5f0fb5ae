"""One file a class: what the names of files say about the class of their rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.questions import files_of
from seqdl_core.errors import DataError
from seqdl_core.sequences.readers._chains import STRUCTURES
from seqdl_core.sequences.vocabulary import file_tokens, names_negatives, names_positives, split_of

__all__ = ["FileClasses", "class_of_files", "file_classes", "in_two"]

_MOST_FILES = 50
_NO_CLASSES = ("stockholm", *STRUCTURES)
_POSITIVE, _NEGATIVE = "positive", "negative"
_NEGATIONS = ("non", "not", "no")
_MATES = re.compile(r"r?[12]|l\d{3}|s\d{1,3}|001", re.IGNORECASE)
"""Words by which a sequencer tells apart files of one sample: the ends of reads, lanes, numbers of samples."""
_RUN = re.compile(r"[sed]rr\d+", re.IGNORECASE)


@dataclass(frozen=True)
class FileClasses:
    """The class of each file, and of two classes the one that counts as 1; ``""`` where the names do not tell."""

    names: tuple[str, ...]
    positive: str = ""

    @property
    def distinct(self) -> tuple[str, ...]:
        """The classes in the order of the files."""
        return tuple(dict.fromkeys(self.names))


def file_classes(rows: Assembled) -> bool:
    """Whether each file holds one class.

    Names speak of negatives, or there are several files without labels, neither tables nor families (Stockholm) nor
    structures, whose names differ besides words such as train and test; or each lies in one of several folders, as
    archives keep classes.
    A file of a single record outside of such folders is a sequence and not a class. Reads are classes where the names
    of their files differ in more than what a sequencer numbers: ends, lanes, samples and runs.
    """
    negatives = [names_negatives(table.file.name) for table in rows.tables]
    if any(negatives) and not all(negatives):
        return True
    stems = {_stem(table.file.name) for table in rows.tables}
    if _folders(rows) or _negations(list(stems)):
        return True
    if any(table.layout == "fastq" for table in rows.tables):
        stems = {tuple(word for word in stem if not _MATES.fullmatch(word)) for stem in stems}
        if any(not stem or _RUN.fullmatch(stem[0]) for stem in stems):
            return False
    plain = not any(table.tabular or table.layout in _NO_CLASSES for table in rows.tables)
    return plain and 1 < len(stems) <= _MOST_FILES and all(len(table) > 1 for table in rows.tables)


def class_of_files(rows: Assembled, *, apart: bool = False) -> FileClasses:
    """What the files' names, or their folders, differ in: as many classes as there are different names.

    Names make two classes only where all of them say positive or negative, or where each is the negation of another or
    negated by one (prom, non_prom); ``apart`` keeps those as they are, too. A word such as ``non`` in one of several
    names says what that file holds, and not that the others are its positives.
    """
    files = [table.file.name for table in rows.tables]
    stems = [_stem(name) for name in files]
    folders = _folders(rows)
    names = folders or _differences(stems)
    of_negation = _negations(stems)
    positive = of_negation or _said([name.rsplit("/", 1)[-1] for name in files] if folders else files)
    if positive and not apart and len(set(zip(names, positive, strict=True))) > 2:
        return FileClasses(tuple(_POSITIVE if one else _NEGATIVE for one in positive), _POSITIVE)
    negative = [names_negatives(name) for name in files]
    if of_negation:
        negative = [not one for one in of_negation]
    told = {name: all(no for no, other in zip(negative, names, strict=True) if other == name) for name in names}
    positives = [name for name, no in told.items() if not no]
    return FileClasses(tuple(names), positives[0] if len(told) == 2 and len(positives) == 1 else "")


def in_two(rows: Assembled, found: FileClasses, chosen: str) -> FileClasses:
    """The classes that a person chose as positives against all others; each side is called by its members.

    Args:
        chosen: names of classes with ; between them.

    Raises:
        DataError: one of them is no class, or nothing is chosen, or nothing is left.
    """
    where = files_of(rows)
    ones = [part.strip() for part in chosen.split(";") if part.strip()]
    for one in ones:
        if one not in found.distinct:
            raise DataError(
                f"There is no class called '{one}'.",
                where=where,
                fix=f"Choose of: {', '.join(found.distinct)}; several with ; between them.",
            )
    others = [name for name in found.distinct if name not in ones]
    if not ones or not others:
        raise DataError(
            f"The files make {len(found.distinct)} classes ({', '.join(found.distinct[:6])}"
            f"{', …' if len(found.distinct) > 6 else ''}), and a binary task has two.",
            where=where,
            fix="Choose which of them count as 1 (`--positive-label`, several with ; between them), or several classes "
            "(`--task multiclass`).",
        )
    zero = ";".join(others)
    return FileClasses(tuple(chosen if name in ones else zero for name in found.names), chosen)


def _said(files: Sequence[str]) -> list[bool]:
    """Whether each file holds positives, where the names of all say positive or negative; else empty."""
    no = [names_negatives(name, negations=False) for name in files]
    told = all(one or names_positives(name) for one, name in zip(no, files, strict=True))
    return [not one for one in no] if told and any(no) and not all(no) else []


def _folders(rows: Assembled) -> list[str]:
    """The folder of each file, where there are several; empty where the files' own names say more.

    They do where every folder has the same files, more than one (human/enhancer.fa, mouse/enhancer.fa and the same of
    silencer), unless these are numbered (enhancer/chr1.fa, silencer/chr1.fa) or one of two folders is of negatives.
    """
    parents = [_parent(table.file.name) for table in rows.tables]
    inside: dict[str, set[tuple[str, ...]]] = {}
    for parent, table in zip(parents, rows.tables, strict=True):
        inside.setdefault(parent, set()).add(_stem(table.file.name))
    if not 1 < len(inside) <= _MOST_FILES or "" in inside:
        return []
    first, *others = inside.values()
    numbered = all(stem[-1][-1].isdigit() for stem in first) or sorted(map(names_negatives, inside)) == [False, True]
    return [] if len(first) > 1 and all(one == first for one in others) and not numbered else parents


def _parent(name: str) -> str:
    """The innermost folder that is no part of a split: ``enhancer`` of ``data.zip/train/enhancer/7.fa``."""
    folders = [part for part in name.split("/")[:-1] if not split_of(part) and not part.lower().endswith(".zip")]
    return folders[-1] if folders else ""


def _negations(stems: Sequence[tuple[str, ...]]) -> list[bool]:
    """Whether each name is the one that others negate (X beside nonX, non_X, notX); empty where one is neither."""
    lower = [tuple(word.lower() for word in stem) for stem in stems]
    there = {"".join(stem): stem for stem in lower}
    negated: dict[tuple[str, ...], tuple[str, ...]] = {}
    for stem in lower:
        for place, word in enumerate(stem):
            for no in (one for one in _NEGATIONS if word.startswith(one)):
                base = "".join((*stem[:place], word[len(no) :], *stem[place + 1 :]))
                if base in there:
                    negated[stem] = there[base]
    known = negated.keys() | set(negated.values())
    return [stem not in negated for stem in lower] if negated and all(stem in known for stem in lower) else []


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
    while first and distinct[0][first - 1].lower() in _NEGATIONS:
        first -= 1
    last = 0
    shortest = min(map(len, distinct))
    while len(distinct) > 1 and shortest - first - last > 1 and len({s[-1 - last] for s in distinct}) == 1:
        last += 1
    return ["_".join(stem[first : len(stem) - last]) for stem in stems]
