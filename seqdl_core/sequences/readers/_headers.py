"""What FASTA headers say besides a name: labels, parts of a split, places on a genome.

    >chr1:5-105|1               iLearn and its kin: name, label and, as a third field, training or testing
    >chr1:5-105|0|testing
    >label|0|Abiotrophia        DeepMicrobes: the word "label", then its value
    >Sequence0 TARGET=1 SET=train VALIDATION=False       FLIP: key=value
    > chr1,+,367697,367797; class:0          RBP-31: key:value, for keys that mean "label" or "split"
    >peak_17 1                               a description that is nothing but a label
    >enhancer_12, >pep_7_neg, >gene5|1.73    words and numbers that no sign sets off: ``_header_words.py``
    >0, >1, >0                               labels that come again and again, and no names
    >0,2                                     pysster: the classes that a sequence belongs to, and no name
    >peak_17::chr1:5-105(+)                  bedtools, UCSC, NCBI and Ensembl: a place

A '|' does not make a label where the first field names a database (``sp|P12345|NAME``, ``gi|12|gb|AB1|``).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from seqdl_core.sequences.readers import NoticeRecord, notice
from seqdl_core.sequences.readers._header_words import (
    class_behind,
    class_in_names,
    measured,
    number_behind,
    signal_peptides,
)
from seqdl_core.sequences.vocabulary import LABEL_WORDS, SPLIT_WORDS, is_label_value, is_split_value, means_label

_KNOWN_KEYS = "|".join(sorted(LABEL_WORDS | SPLIT_WORDS))
_KNOWN = re.compile(rf"(?:^|(?<=[\s;,|\[(]))({_KNOWN_KEYS})\s*[=:]\s*([^\s;,|\])]+)", re.IGNORECASE)
_ANY = re.compile(r"(?:^|(?<=[\s;\[(]))([A-Za-z_]\w{1,40})=([^\s;,|\])]+)")
_UNIPROT_KEYS = frozenset(["OS", "OX", "GN", "PE", "SV"])
_DATABASES = frozenset(
    (
        *("bbs", "dbj", "emb", "gb", "gi", "gim", "gnl", "gpp", "gpu", "jgi", "lcl", "nat", "pat", "pdb", "pir", "prf"),
        *("ref", "sp", "tpd", "tpe", "tpg", "tr", "upi", "ur100", "ur50", "ur90"),
    )
)
_CLASSES = re.compile(r"\d{1,3}(?:,\d{1,3})*")
_PLACES = (
    # chr1:5-105(+), x::chr1:5-105(-), range=chr1:5-105, NC_000001.11:c105-5, chr1:5-105:-1
    re.compile(
        r"(?:^|::|range=|(?<=[\s|_]))(?P<chrom>[A-Za-z0-9_.]{1,100}):(?P<back>c)?(?P<start>\d[\d,]*)-(?P<end>\d[\d,]*)"
        r"(?:\((?P<strand>[-+.])\)|:(?P<other>-1|1|[-+.])(?![\w:])|.*?\bstrand=(?P<named>[-+]))?"
    ),
    re.compile(r"^(?P<chrom>[A-Za-z0-9_.]+),(?P<strand>[-+.]),(?P<start>\d+),(?P<end>\d+)(?=[\s;|]|$)"),
    re.compile(r"(?:^|\s)\w+:[\w.]+:(?P<chrom>[\w.]+):(?P<start>\d+):(?P<end>\d+):(?P<other>-?1)(?!\d)"),
)
_SECOND_WORD = re.compile(r"[\w.#-]{1,40}")
_STRANDS = {"1": "+", "-1": "-"}
_MOST_CLASSES = 50
_MANY = 20
_NEARLY = 0.9
_LOOKED_AT = 1000  # characters of a header in which a place is looked for


@dataclass(frozen=True)
class Headers:
    """The names, one a record, the further columns, and what was assumed."""

    names: list[str]
    columns: dict[str, list[str]]
    notices: tuple[NoticeRecord, ...]


def read_headers(titles: Sequence[str], lengths: Sequence[int], file: str, lines: Int64[np.ndarray, "N"]) -> Headers:
    """Take apart the headers of one file, which all follow one pattern.

    Args:
        titles: the header lines without their '>'.
        lengths: the letters of each record, which tell how coordinates count.
        lines: the line of each header.
    """
    names = [re.split(r"[\s;]", title, maxsplit=1)[0] for title in titles]
    columns = pairs(titles)
    piped = _piped(titles) or number_behind(titles) or signal_peptides(titles)
    if piped:
        fields, given = piped
        columns.update(fields)
        names = given
    elif any("," in title for title in titles) and all(_CLASSES.fullmatch(title) for title in titles):
        columns["label"], names = list(titles), [""] * len(titles)
    elif _only_labels(titles):
        columns["label"], names = [title.strip() for title in titles], [""] * len(titles)
    if not any(means_label(column) for column in columns):
        rests = [title[len(name) :].strip() for title, name in zip(titles, names, strict=True)] if not piped else []
        if any(rests) and all(is_label_value(rest) for rest in rests if rest):
            columns["label"] = rests
        elif all(rests) and rests:
            columns.update(class_behind(rests))
    if not any(means_label(column) for column in columns):
        columns.update({key: values for key, values in measured(titles).items() if key not in columns})
    if not columns and (words := class_in_names(names)):
        columns["label"] = words
    places, notices = _places(titles, lengths, file)
    columns.update(places)
    if len(set(names)) == 1 and not piped:
        names = _two_words(titles, names)
    nameless = sum(not name for name in names)
    repeats = _repeats(names)
    names = [name or f"record_{row + 1}" for row, name in enumerate(names)]
    found = (
        *notices,
        notice(nameless, "record", "without a name, named by their number.", file),
        notice(
            len(repeats),
            "record",
            "with the name of an earlier one, kept.",
            f"line {lines[repeats[0]]} of {file} (record {names[repeats[0]][:60]})" if repeats else "",
        ),
    )
    return Headers(names, columns, tuple(record for record in found if record.count))


def _only_labels(titles: Sequence[str]) -> bool:
    """Whether headers are labels and no names, ``>0`` and ``>1`` again and again; ``>1`` to ``>20`` number records."""
    counts = Counter(title.strip() for title in titles)
    return 1 < len(counts) <= _MOST_CLASSES and min(counts.values()) > 1 and all(map(is_label_value, counts))


def _two_words(titles: Sequence[str], names: list[str]) -> list[str]:
    """``clone 7`` for ``clone 7 activity: 0.3``, where the second word tells records apart and the first does not."""
    both = [" ".join(title.split()[:2]) for title in titles]
    plain = all(len(one.split()) == 2 and _SECOND_WORD.fullmatch(one.split()[1]) for one in both)
    return both if names[0] and plain and 1 < len(both) == len(set(both)) else names


def _repeats(names: Sequence[str]) -> list[int]:
    if len(set(names)) == len(names):
        return []
    seen: set[str] = set()
    found: list[int] = []
    for row, name in enumerate(names):
        if name and name in seen:
            found.append(row)
        seen.add(name)
    return found


def pairs(titles: Sequence[str]) -> dict[str, list[str]]:
    """Columns of ``key=value``: keys that mean a label or a split, and beside them any other key."""
    found: dict[str, list[str]] = {}
    for row, title in enumerate(titles):
        if "=" in title or ":" in title:
            for key, value in _KNOWN.findall(title):
                found.setdefault(key, [""] * len(titles))[row] = value
    known = {key.lower() for key in found}
    for row, title in enumerate(titles if found else ()):
        for key, value in _ANY.findall(title):
            if key.lower() not in known and key not in _UNIPROT_KEYS and key not in ("name", "sequence"):
                found.setdefault(key, [""] * len(titles))[row] = value
    return found


def _piped(titles: Sequence[str]) -> tuple[dict[str, list[str]], list[str]] | None:
    """Labels and parts of a split between '|', and the names that are left; ``None`` where there are none."""
    if not any("|" in title for title in titles):
        return None
    fields = [[part.strip() for part in title.split("|")] for title in titles]
    piped = [parts for parts in fields if len(parts) > 1]
    if all(parts[0].lower() in LABEL_WORDS and is_label_value(parts[1]) for parts in piped):
        columns = {"label": [parts[1] if len(parts) > 1 else "" for parts in fields]}
        if any(len(parts) > 2 for parts in piped):
            columns["description"] = ["|".join(parts[2:]) for parts in fields]
        return columns, ["" if len(parts) > 1 else parts[0] for parts in fields]
    fields = [[part.strip() for part in (title.split() or [""])[0].split("|")] for title in titles]
    if any(len(parts) == 1 and "|" in title for parts, title in zip(fields, titles, strict=True)):
        fields = [[part.strip() for part in title.split("|")] for title in titles]  # blanks around the '|'
    piped = [parts for parts in fields if len(parts) > 1]
    if not piped or any(parts[0].lower() in _DATABASES for parts in piped):
        return None
    if not _nearly_all(len(parts) == 2 or (len(parts) == 3 and _part_or_nothing(parts[2])) for parts in piped):
        return None
    split = any(len(parts) == 3 for parts in piped)
    if not (_nearly_all(is_label_value(parts[1]) or not parts[1] for parts in piped) or _are_classes(piped, split)):
        return None
    columns = {"label": [parts[1] if len(parts) > 1 else "" for parts in fields]}
    if split:
        columns["split"] = [parts[2] if len(parts) > 2 else "" for parts in fields]
    return columns, [parts[0] for parts in fields]


def _nearly_all(holds: Iterable[bool]) -> bool:
    """Whether it holds for nine tenths: an odd header is told of as one row, and does not rule the others."""
    found = list(holds)
    return sum(found) >= _NEARLY * len(found)


def _part_or_nothing(field: str) -> bool:
    return is_split_value(field) or not field


def _are_classes(piped: Sequence[Sequence[str]], split: bool) -> bool:
    """Whether second fields that are no numbers are names of classes: few values over many records."""
    values = Counter(parts[1] for parts in piped)
    if not all(re.fullmatch(r"[\w.+-]{1,40}", value) for value in values):
        return False
    return len(values) > 1 and (split or (len(values) <= _MOST_CLASSES and len(values) * 5 <= len(piped) >= _MANY))


def _places(
    titles: Sequence[str], lengths: Sequence[int], file: str
) -> tuple[dict[str, list[str]], tuple[NoticeRecord, ...]]:
    """Columns ``chrom``, ``start``, ``end`` (0-based half-open) and ``strand``, where at least half the headers tell.

    The length of the sequence says how the numbers count: ``end - start`` letters from 0, one more from 1.
    """
    for pattern in _PLACES:
        found = [pattern.search(title[:_LOOKED_AT]) for title in titles[:_MANY]]
        if sum(match is not None for match in found) * 2 > len(found):
            matches = [pattern.search(title[:_LOOKED_AT]) for title in titles]
            break
    else:
        return {}, ()
    chroms, starts, ends, strands = ([""] * len(titles) for _ in range(4))
    from_zero = from_one = 0
    spans: list[tuple[int, int, int]] = []
    for row, match in enumerate(matches):
        if match is None:
            continue
        groups = match.groupdict()
        first, last = (int(groups[key].replace(",", "")[:15] or 0) for key in ("start", "end"))
        back = bool(groups.get("back")) or first > last
        first, last = min(first, last), max(first, last)
        from_zero += last - first == lengths[row]
        from_one += last - first + 1 == lengths[row]
        strand = groups.get("strand") or groups.get("other") or groups.get("named") or ("-" if back else ".")
        chroms[row], strands[row] = groups["chrom"], _STRANDS.get(strand, strand)
        spans.append((row, first, last))
    one_based = from_one >= from_zero
    for row, first, last in spans:
        starts[row], ends[row] = str(max(0, first - one_based)), str(last)
    columns = {"chrom": chroms, "start": starts, "end": ends}
    if any(strand in "+-" for strand in strands if strand):
        columns["strand"] = strands
    told = max(from_zero, from_one) * 2 > len(spans)
    how = "counted from 1 with both ends included" if one_based else "counted from 0 without the end"
    why = "as the lengths of the sequences tell" if told else "which the lengths of the sequences do not tell"
    return columns, (notice(len(spans), "header", f"with a place on a genome, {how}, {why}.", file),)


__all__ = ["Headers", "pairs", "read_headers"]
