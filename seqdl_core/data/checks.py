"""What is wrong with the rows of an import: each check names the first bad row and counts the rest."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.inference import is_nucleic
from seqdl_core.data.sequence_ends import bare_ends, fill_windows
from seqdl_core.errors import DataError, ReadError, SeqDLError
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA, Alphabet
from seqdl_core.sequences.readers import NoticeRecord, notice

GAP = "-"
LONGEST = 16 * 2**20
"""Letters that one row may have at most, also where a file is read in batches."""

_MUCH_LETTERS = 2 * 10**8
_MUCH_PADDING = 20
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")  # upper() would turn ß into SS


@dataclass(frozen=True)
class CleanSequences:
    """Sequences in upper case with the letters of one alphabet; what was changed is in ``notices``.

    ``plain`` counts those without unknown, ambiguous or foreign letters, in either case. ``bad`` are rows to leave out,
    each with the reason, where the person chose so; ``changed`` says what was done to the letters of a row; ``unknown``
    is the letter that stands for any.
    """

    sequences: list[str]
    notices: tuple[NoticeRecord, ...]
    problems: tuple[SeqDLError, ...]
    plain: int
    lower: int
    with_unknown: int
    bad: dict[int, str]
    changed: dict[int, str]
    unknown: str = "N"


def refuse_giants(sequences: Sequence[str], where: Callable[[int, int | None], str]) -> None:
    """Refuse a row that is a chromosome; raises DataError that names it."""
    longest = max(range(len(sequences)), key=lambda row: len(sequences[row]), default=-1)
    if longest < 0 or len(sequences[longest]) <= LONGEST:
        return
    raise DataError(
        f"The sequence has {len(sequences[longest]):,} letters, more than the {LONGEST:,} that one row may have.",
        where=where(longest, None),
        fix="Bring it as a genome, together with intervals (BED) that say which stretches of it are the sequences.",
    )


def clean_sequences(
    raw: Sequence[str], alphabet: Alphabet, choices: ImportChoices, where: Callable[[int, int | None], str]
) -> CleanSequences:
    """Read letters as the alphabet's, either case; ambiguous ones as unknown unless the person refuses that.

    A stop sign at the end of a protein is taken off: it is how translations are written, and no letter is lost. A gap
    that is left beside labels, as tools that pad or align write it, stands for a letter that is not known.

    Args:
        where: words for the place of a sequence and, within it, of a letter; both count from 0.
    """
    raw, bared = bare_ends(raw) if alphabet is PROTEIN else (raw, [])
    raw, filled = fill_windows(raw, alphabet) if choices.ambiguous != "refuse" else (raw, [])
    sequences = [sequence.upper() if sequence.isascii() else sequence.translate(_UPPER) for sequence in raw]
    in_lower = [number for number, (one, given) in enumerate(zip(sequences, raw, strict=True)) if one != given]
    notices: list[NoticeRecord] = []

    def tell(rows: Sequence[int], rest: str) -> None:
        if rows:
            notices.append(notice(len(rows), "sequence", rest, where(rows[0], None)))

    tell(in_lower, "with lower-case letters, read as upper case.")
    changed: dict[int, str] = {}
    changed |= dict.fromkeys(bared, "names of groups at the ends taken off")
    tell(bared, "with modified ends (Ac-, -NH2), of which only the letters between were kept.")
    changed |= dict.fromkeys(filled, f"filled up with _, read as {alphabet.unknown}")
    tell(filled, f"filled up with _ at an end, read as {alphabet.unknown}.")
    sequences, swapped = _swap_thymine(sequences, alphabet, choices)
    if swapped:
        pair = "with T, read as U." if alphabet is RNA else "with U, read as T."
        changed |= dict.fromkeys(swapped, pair)
        tell(swapped, pair)
    stopped = _without_stops(sequences) if alphabet is PROTEIN else []
    changed |= dict.fromkeys(stopped, "stop sign at the end taken off")
    tell(stopped, "with a stop sign (*) at the end, which was taken off.")
    known = (alphabet.letters + alphabet.unknown).encode()
    foreign: list[int] = []
    replaced: list[int] = []
    letters = gaps = with_unknown = plain = 0
    readable = alphabet.ambiguous + GAP
    to_unknown = str.maketrans(dict.fromkeys(readable, alphabet.unknown))
    for number, sequence in enumerate(sequences):
        odd = sequence.encode("latin-1", "replace").translate(None, known)
        plain += bool(sequence) and not odd and alphabet.unknown not in sequence
        if odd and choices.ambiguous != "refuse":
            ambiguous = sum(chr(letter) in readable for letter in odd)
            if ambiguous == len(odd) and sequence.isascii():
                sequences[number] = sequence.translate(to_unknown)
                changed[number] = f"ambiguous letters read as {alphabet.unknown}"
                replaced.append(number)
                letters, gaps, odd = letters + ambiguous, gaps + sequence.count(GAP), b""
        if odd:
            foreign.append(number)
        with_unknown += alphabet.unknown in sequences[number]
    if gaps == letters:
        tell(replaced, f"with gaps ({gaps:,} in all), read as {alphabet.unknown}.")
    else:
        count = f"{letters:,} in all, {gaps:,} of them gaps" if gaps else f"{letters:,} in all"
        tell(replaced, f"with ambiguous letters ({count}), read as {alphabet.unknown}.")
    blank = [number for number, one in enumerate(sequences) if one and not one.strip(alphabet.unknown)]
    tell(blank, f"without any letter but {alphabet.unknown}, kept.")
    problems = [*_empty(sequences, where), *_foreign(sequences, foreign, alphabet, choices, where)]
    bad: dict[int, str] = {}
    if choices.bad_rows == "drop":
        bad = {number: "no sequence" for number, sequence in enumerate(sequences) if not sequence}
        bad |= dict.fromkeys(foreign, "letters outside the alphabet")
        problems = []
    return CleanSequences(
        sequences, tuple(notices), tuple(problems), plain, len(in_lower), with_unknown, bad, changed,
        alphabet.unknown,
    )  # fmt: skip


def _without_stops(sequences: list[str]) -> list[int]:
    """Takes a stop sign off the end of each sequence, in place; which rows had one."""
    stopped = [number for number, sequence in enumerate(sequences) if sequence[-1:] == "*" and len(sequence) > 1]
    for number in stopped:
        sequences[number] = sequences[number][:-1]
    return stopped


def _swap_thymine(sequences: list[str], alphabet: Alphabet, choices: ImportChoices) -> tuple[list[str], list[int]]:
    """RNA is often written in DNA letters; only a person's choice of alphabet says so."""
    if choices.alphabet == "auto" or alphabet not in (DNA, RNA):
        return sequences, []
    old, new = ("T", "U") if alphabet is RNA else ("U", "T")
    swapped = [number for number, sequence in enumerate(sequences) if old in sequence]
    return ([sequence.replace(old, new) for sequence in sequences] if swapped else sequences), swapped


def _empty(sequences: Sequence[str], where: Callable[[int, int | None], str]) -> list[SeqDLError]:
    empty = [number for number, sequence in enumerate(sequences) if not sequence]
    if not empty:
        return []
    return [
        ReadError(
            f"There is no sequence here{_more(len(empty) - 1, 'record', 'is empty', 'are empty')}.",
            where=where(empty[0], None),
            fix="Add the sequence, remove the record, or leave such rows out (`--bad-rows drop`).",
        )
    ]


def _foreign(
    sequences: Sequence[str],
    foreign: Sequence[int],
    alphabet: Alphabet,
    choices: ImportChoices,
    where: Callable[[int, int | None], str],
) -> list[SeqDLError]:
    if not foreign:
        return []
    number = foreign[0]
    sequence = sequences[number]
    known = alphabet.letters + alphabet.unknown
    at = next(place for place, letter in enumerate(sequence) if letter not in known)
    letter = sequence[at]
    shown = repr(letter) if letter.isprintable() else f"The character U+{ord(letter):04X}"
    what = f"{shown} is not {'an' if alphabet is RNA else 'a'} {alphabet.title} letter"
    several = letter in alphabet.ambiguous and not set(sequence) - set(known + alphabet.ambiguous)
    protein = alphabet is not PROTEIN and not several and not is_nucleic(sequence.encode("latin-1", "replace"))
    if protein and not set(sequence) - set(PROTEIN.letters + PROTEIN.unknown + PROTEIN.ambiguous):
        what += "; the sequence looks like a protein"
        fix = "Remove the record"
        fix += (
            ", or choose protein as the alphabet if all sequences are proteins." if choices.alphabet == "auto" else "."
        )
    elif several:
        what += ", it stands for one of several"
        fix = f'Fix it, or choose "read ambiguous letters as {alphabet.unknown}" (`--ambiguous unknown`).'
    elif alphabet in (DNA, RNA) and letter in "TU":
        fix = f"Write all sequences with {'T' if letter == 'U' else 'U'}, or choose {alphabet.title} as the alphabet: "
        fix += f"{letter} is then read as {'T' if letter == 'U' else 'U'}."
    elif letter in "-.":
        what += ", it marks a gap in an alignment"
        fix = "Remove the gaps."
        if letter == GAP:
            fix = f"Remove the gaps, or choose to read them as {alphabet.unknown} (`--ambiguous unknown`)."
    elif letter == "*":
        what += ", it marks a stop"
        fix = "Remove the stop sign, or the record."
    else:
        fix = f"Correct it, or remove the record. {alphabet.title} is written with {', '.join(alphabet.letters)} and "
        fix += f"{alphabet.unknown}."
    fix = fix.removesuffix(".") + ", or leave such rows out (`--bad-rows drop`)."
    more = _more(len(foreign) - 1, "sequence", "has such letters", "have such letters")
    return [ReadError(f"{what}{more}.", where=f"{where(number, at)}, letter {at + 1}", fix=fix)]


def fit_lengths(
    sequences: Sequence[str], alphabet: Alphabet, choices: ImportChoices, where: Callable[[int], str]
) -> tuple[list[str], list[NoticeRecord], list[SeqDLError]]:
    """Sequences of unequal length are padded (when used) or, where the person chose so, cropped (here) or refused.

    Padding is refused too where it would mostly hold nothing and take gigabytes: one chromosome among short peaks.
    """
    lengths = Counter(map(len, sequences))
    if len(lengths) < 2:
        return list(sequences), [], []
    short, long = min(lengths), max(lengths)
    usual = max(lengths, key=lambda length: (lengths[length], length))
    padded = long * len(sequences)
    letters = sum(length * count for length, count in lengths.items())
    sparse = padded > _MUCH_LETTERS and padded > _MUCH_PADDING * letters
    if choices.lengths == "pad" or (choices.lengths == "auto" and not sparse):
        count = len(sequences) - lengths[long]
        rest = f"shorter than {long:,} {alphabet.unit}, filled up with {alphabet.unknown} at the end when used."
        first = next(number for number, sequence in enumerate(sequences) if len(sequence) < long)
        return list(sequences), [notice(count, "sequence", rest, where(first))], []
    if choices.lengths == "crop":
        cut = [s[(len(s) - short) // 2 : (len(s) - short) // 2 + short] for s in sequences]
        count = len(sequences) - lengths[short]
        rest = f"longer than {short:,} {alphabet.unit}, of which the middle was kept."
        first = next(number for number, sequence in enumerate(sequences) if len(sequence) > short)
        return cut, [notice(count, "sequence", rest, where(first))], []
    odd = next(number for number, sequence in enumerate(sequences) if len(sequence) != usual)
    problem = DataError(
        f"The sequences have {len(lengths):,} different lengths, {short:,} to {long:,} {alphabet.unit}; this one has "
        f"{len(sequences[odd]):,}, {lengths[usual]:,} of {len(sequences):,} have {usual:,}.",
        where=where(odd),
        fix="Choose to pad them at the end or to crop them to the shortest (`--lengths pad` or `--lengths crop`).",
    )
    return list(sequences), [], [problem]


def counted(count: int, noun: str) -> str:
    """``1 sequence``, ``5,084 sequences``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _more(count: int, noun: str, one: str, many: str) -> str:
    if count < 1:
        return ""
    return f"; {counted(count, f'more {noun}')} {one if count == 1 else many}"
