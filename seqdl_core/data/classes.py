"""One file a class: what the names of files say about the class of their rows."""

from collections.abc import Sequence

from seqdl_core.data.inference import Assembled
from seqdl_core.sequences.vocabulary import file_tokens, names_negatives, split_of

_MOST_FILES = 50
_TABLES = ("tab", "comma", "semicolon", "blanks", "workbook")


def file_classes(rows: Assembled) -> bool:
    """Whether each file holds one class.

    Names speak of negatives, or the files are several FASTA or BED files without labels whose names differ besides
    words such as train and test. A file of a single record is a sequence and not a class.
    """
    negatives = [names_negatives(table.file.name) for table in rows.tables]
    if any(negatives) and not all(negatives):
        return True
    stems = {_stem(table.file.name) for table in rows.tables}
    plain = not any(table.layout in _TABLES for table in rows.tables)
    return plain and 1 < len(stems) <= _MOST_FILES and all(len(table) > 1 for table in rows.tables)


def class_of_files(rows: Assembled) -> list[str]:
    """The class of each file: ``1`` or ``0`` where names speak of negatives, what the names differ in otherwise."""
    names = [table.file.name for table in rows.tables]
    negatives = [names_negatives(name) for name in names]
    if any(negatives) and not all(negatives):
        return ["0" if negative else "1" for negative in negatives]
    return _differences([_stem(name) for name in names])


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
    return ["_".join(stem[first:]) or "_".join(stem) for stem in stems]
