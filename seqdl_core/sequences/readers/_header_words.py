"""Labels in FASTA headers that no sign sets off: a class behind the name, a measured number, a word in the name.

>Q9H400 Cell.membrane-M test         DeepLoc: class, and "test" where the record is held back
>seq_17<TAB>enhancer
>gene5 expression=1.73 len=60        a key that measurements have
>gene5|1.73
>pep_12_neg                          a word for yes or no, at either end of all names
>enhancer_12                         a kind of element, at the front of all names
>P36001|EUKARYA|NO_SP|3              SignalP: kingdom, type of the signal peptide, and the fold
"""

import re
from collections import Counter
from collections.abc import Sequence

from seqdl_core.sequences.columns import means_number
from seqdl_core.sequences.vocabulary import is_number, is_split_value

__all__ = ["class_behind", "class_in_names", "measured", "number_behind", "signal_peptides"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MOST_CLASSES = 50
_LEAST_EACH = 3
_KEY = re.compile(r"(?:^|(?<=[\s;|]))([A-Za-z]\w{0,40})=([^\s;,|]+)")
_WORD = re.compile(r"[\w.+/-]{1,60}")
_YES_NO = _words(
    "pos neg positive negative positives negatives true false yes no active inactive bound unbound binder nonbinder "
    "control decoy shuffled amp nonamp toxic nontoxic"
)
_ELEMENTS = _words(
    "enhancer enhancers promoter promoters silencer silencers insulator insulators exon exons intron introns cds utr "
    "utr5 utr3 5utr 3utr intergenic coding noncoding ncrna mrna trna rrna mirna sirna snrna snorna lncrna pirna donor "
    "acceptor terminator terminators transposon plasmid phage virus bacteria archaea human mouse kinase protease gpcr "
    "transporter toxin antigen"
)


def class_behind(rests: Sequence[str]) -> dict[str, list[str]]:
    """Columns ``label`` and ``split`` where a number, a word, or a word and a part of a split is behind every name."""
    if rests and all(is_number(rest) for rest in rests) and any("." in rest for rest in rests):
        return {"label": list(rests)}
    words = [rest.split() for rest in rests]
    if not words or not all(1 <= len(one) <= 2 and (len(one) == 1 or is_split_value(one[1])) for one in words):
        return {}
    if not _few([one[0] for one in words]):
        return {}
    columns = {"label": [one[0] for one in words]}
    if any(len(one) == 2 for one in words):
        columns["split"] = [one[1] if len(one) == 2 else "" for one in words]
    return columns


def measured(titles: Sequence[str]) -> dict[str, list[str]]:
    """Columns of the keys that mean a measurement and hold a number in nearly every header."""
    if not any("=" in title for title in titles):
        return {}
    found: dict[str, list[str]] = {}
    for row, title in enumerate(titles):
        for key, value in _KEY.findall(title[:2000]):
            if means_number(key) and is_number(value):
                found.setdefault(key, [""] * len(titles))[row] = value
    return {key: values for key, values in found.items() if sum(map(bool, values)) >= 0.9 * len(values)}


def number_behind(titles: Sequence[str]) -> tuple[dict[str, list[str]], list[str]] | None:
    """Names and the numbers that stand behind a single '|', decimal ones among them."""
    fields = [title.split("|") for title in titles]
    if not all(len(parts) == 2 and is_number(parts[1]) for parts in fields):
        return None
    if not any("." in parts[1] or "e" in parts[1].lower() for parts in fields):
        return None
    return {"label": [parts[1].strip() for parts in fields]}, [parts[0].strip() for parts in fields]


def signal_peptides(titles: Sequence[str]) -> tuple[dict[str, list[str]], list[str]] | None:
    """Columns ``kingdom``, ``type`` and ``fold`` and the names, where every header has these four fields."""
    fields = [[part.strip() for part in title.split("|")] for title in titles]
    if not all(len(parts) == 4 and parts[3].isdecimal() and len(parts[3]) < 3 for parts in fields):
        return None
    if not all(_WORD.fullmatch(part) and part.isupper() for parts in fields for part in parts[1:3]):
        return None
    kingdoms, types, folds = ([parts[place] for parts in fields] for place in (1, 2, 3))
    if max(len(set(kingdoms)), len(set(types)), len(set(folds))) * 2 > max(len(titles), _LEAST_EACH * 2):
        return None
    return {"kingdom": kingdoms, "type": types, "fold": folds}, [parts[0] for parts in fields]


def class_in_names(names: Sequence[str]) -> list[str]:
    """The class that stands as a word at one end of every name; empty where there is none."""
    parts = [re.split(r"[_.:|-]+", name) for name in names]
    if not parts or not all(len(one) > 1 for one in parts):
        return []
    for end, known in ((-1, _YES_NO), (0, _YES_NO), (0, _ELEMENTS), (-1, _ELEMENTS)):
        words = [one[end] for one in parts]
        if all(word.lower() in known for word in set(words)) and _few(words):
            return words
    return []


def _few(words: Sequence[str]) -> bool:
    counts = Counter(words)
    few = 1 < len(counts) <= _MOST_CLASSES and min(counts.values()) >= _LEAST_EACH
    return few and all(map(_WORD.fullmatch, counts))
