"""What was found, in sentences: one line each with its evidence and the one choice that corrects it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from seqdl_core.data.checks import CleanSequences, counted
from seqdl_core.data.choices import NO_LABELS
from seqdl_core.data.direction import Direction
from seqdl_core.data.inference import Assembled
from seqdl_core.sequences.alphabets import ALPHABETS, PROTEIN, Alphabet
from seqdl_core.sequences.readers import READERS, RawTable
from seqdl_core.sequences.vocabulary import file_tokens

_LAYOUTS = {
    "tab": "tab-separated",
    "comma": "comma-separated",
    "semicolon": "semicolon-separated",
    "blanks": "blank-separated",
}
_LISTED = 8
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Finding:
    """One line of "Here is what I found".

    Attributes:
        key: ``format``, ``alphabet``, ``strands``, ``task``, ``label``, ``positive``, ``direction``, ``split``,
            ``names``, or what the builder of the rows calls it: ``genome``, ``window``, ``wild type``.
        icon: the name of a Material symbol.
        sentence: what was found.
        evidence: what speaks for it.
        choice: the field of ImportChoices that corrects it; ``""`` where there is nothing to choose.
        value: the field's value that means what was found.
        options: the field's values a person may choose, each with its text; none where the value is free text.
    """

    key: str
    icon: str
    sentence: str
    evidence: str
    choice: str
    value: str
    options: tuple[tuple[str, str], ...]


def about_format(tables: Sequence[RawTable]) -> Finding:
    """Which formats the files are in."""
    layouts = list(dict.fromkeys(table.layout for table in tables))
    count = len(tables)
    header = ", one header line" if tables[0].header else ", no header line"
    header += " each" if count > 1 else ""
    separated = layouts[0] in _LAYOUTS
    columns = list(dict.fromkeys(str(column) for table in tables for column in table.cells.columns))
    records = sum(map(len, tables))
    evidence = f"Columns {listed(columns)}"
    if len(layouts) > 1:
        sentence = f"{_number(count)} files in different formats."
        shown = short_names([table.file.name for table in tables[:_LISTED]])
        evidence = "; ".join(f"{name}: {_title(table.layout)}" for name, table in zip(shown, tables, strict=False))
    elif separated:
        alike = len({table.header for table in tables}) == 1
        sentence = f"{_number(count)} {_LAYOUTS[layouts[0]]} table{'s' if count > 1 else ''}{header if alike else ''}."
    else:
        sentence = f"{_number(count)} {_title(layouts[0])} file{'s' if count > 1 else ''}."
        evidence = f"{counted(records, 'record')}; columns {listed(columns)}"
    if layouts == ["fasta"]:
        said = ["names", *(column for column in columns if column not in ("name", "sequence"))]
        evidence = f"{counted(records, 'record')}; headers give {' and '.join(said)}"
        evidence += "" if len(said) > 1 else ", no labels"
    if layouts == ["folder"]:
        sentence = f"{_number(count)} folder{'s' if count > 1 else ''} of files with one sequence each."
        evidence = f"{counted(records, 'file')} in {listed([table.file.name for table in tables])}"
    packed = sum(table.file.compressed for table in tables)
    if packed:
        evidence += "; compressed with gzip" if packed == count else f"; {packed} of {count} compressed with gzip"
    sheets = {table.sheets: table.sheet for table in tables if table.layout == "workbook"}
    if len(sheets) == 1:
        [(names, read)] = sheets.items()
        told = f"the sheet {read} of {len(names)}" if read else "sheets with the same columns under each other"
        evidence += f"; {told}" if len(names) > 1 else ""
        options = [*([] if read else [("auto", "Those with the same columns")]), *((name, name) for name in names)]
        return Finding("format", "description", sentence, evidence, "sheet", read or "auto", tuple(options))
    if not any(layout in _LAYOUTS for layout in layouts):
        value = layouts[0] if len(layouts) == 1 else "auto"
        title = _title(layouts[0]) if len(layouts) == 1 else "As found"
        return Finding("format", "description", sentence, evidence, "", value, ((value, title),))
    options = [("auto", "As found")] if len(layouts) > 1 or layouts[0] == "blanks" else []
    options += [(layout, text.capitalize()) for layout, text in _LAYOUTS.items() if layout != "blanks"]
    value = "auto" if len(options) > len(_LAYOUTS) - 1 else layouts[0]
    return Finding("format", "description", sentence, evidence, "separator", value, tuple(options))


def about_alphabet(clean: CleanSequences, alphabet: Alphabet, doubt: str = "", thymine: str = "") -> Finding:
    """Which alphabet, how long, and how many sequences speak for it; where that is in ``doubt``, a person says.

    Args:
        thymine: what speaks for RNA where T may stand for U.
    """
    if doubt:
        options = (("", "Choose the alphabet"), ("dna", "DNA"), ("protein", "Protein"))
        sentence = "These may be DNA or peptides."
        return Finding("alphabet", "genetics", sentence, f"Evidence for both: {doubt}", "alphabet", "", options)
    filled = [len(sequence) for sequence in clean.sequences if sequence]
    short, long, total = min(filled, default=0), max(filled, default=0), len(filled)
    size = (
        f"every sequence {long:,} {alphabet.unit}" if short == long else f"{short:,} to {long:,} {alphabet.unit} long"
    )
    title = alphabet.title[0].upper() + alphabet.title[1:]
    letters = "the 20 amino acids" if alphabet is PROTEIN else ", ".join(alphabet.letters)
    lower = f"{clean.lower:,} with lower case" if clean.lower else "no lower case"
    unknown = f"{clean.with_unknown:,} with {alphabet.unknown}" if clean.with_unknown else f"no {alphabet.unknown}"
    evidence = f"{clean.plain:,} of {total:,} {'sequence uses' if total == 1 else 'sequences use'} only {letters}"
    evidence += f"; {lower}, {unknown}"
    empty = len(clean.sequences) - total
    evidence += f"; {counted(empty, 'row')} without a sequence" if empty else ""
    return Finding(
        "alphabet",
        "genetics",
        f"{title}, {size}.",
        f"{evidence}; {thymine}" if thymine else evidence,
        "alphabet",
        alphabet.name,
        tuple((name, member.title[0].upper() + member.title[1:]) for name, member in ALPHABETS.items()),
    )


def about_strands(found: Direction, directed: bool, *, mutants: bool) -> Finding:
    """Whether a sequence of DNA and its reverse complement mean the same."""
    looked_at = counted(found.sequences, "sequence")
    if found.families < found.sequences:
        looked_at = f"{counted(found.families, 'group')} of like sequences"
    evidence = f"{100 * found.share:.0f} % of {looked_at} can be told from the reverse complement; chance is 50 %"
    if mutants:
        evidence = "All are mutants of one sequence"
    elif not found.enough:
        evidence = f"{looked_at}, too few to tell"
    return Finding(
        "strands",
        "swap_vert",
        "The sequences are read as they stand." if directed else "Both strands are read alike.",
        evidence,
        "strands",
        "given" if directed else "both",
        (("both", "Both strands are read alike"), ("given", "Read as they stand")),
    )


def about_names(rows: Assembled, name_columns: Sequence[str], used: Sequence[str], repeated: int) -> Finding:
    """Which column names the rows, and which columns are left out."""
    named = list(dict.fromkeys(column for column in name_columns if column))
    total = len(rows)
    if not named:
        sentence, evidence = "No column names the rows; they are numbered.", ""
    elif from_header(rows):
        sentence = "Names come from the headers."
    else:
        sentence = f"Names come from {column_named(listed(named))}."
    if named:
        evidence = (
            f"{repeated:,} of {total:,} {'repeats' if repeated == 1 else 'repeat'} an earlier name"
            if repeated
            else f"All {total:,} are different"
            if total > 1
            else "There is one row"
        )
    left = [str(column) for column in rows.cells.columns if column not in {*named, *used}]
    if left:
        constant = {column: set(rows.values(column)) for column in left}
        told = [f"{c} holds only {next(iter(constant[c]))}" if len(constant[c]) == 1 else c for c in left[:4]]
        told += [f"{len(left) - 4} more"] if len(left) > 4 else []
        what = f"{listed(told)} {'and ' if len(left) == 1 and len(constant[left[0]]) == 1 else ''}"
        evidence += f"{'; ' if evidence else ''}{what}{'is' if len(left) == 1 else 'are'} left out"
    fasta = from_header(rows)
    columns = [str(column) for column in rows.cells.columns if column not in used or column in named]
    options = [(column, "From the headers" if fasta and column == "name" else column) for column in columns]
    options += [(NO_LABELS, "Number them")]
    return Finding(
        "names", "badge", sentence, evidence, "name_column", named[0] if named else NO_LABELS, tuple(options)
    )


def short_name(name: str) -> str:
    """A file's name for a narrow place: ``ELK1_…_AC`` for ``ELK1_GM12878_ELK1_(1277-1)_Stanford_AC.seq.gz``."""
    stem = stem_of(name)
    tokens = re.findall(r"[^\W_]+", stem)
    return f"{tokens[0]}_…_{tokens[-1]}" if len(stem) > 24 and len(tokens) > 2 else stem


def stem_of(name: str) -> str:
    """A file's name as its owner says it, without folders and ending: ``Messung März`` for ``x/Messung März.csv``."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    unpacked = re.sub(r"\.(?:gz|bgz|zip)$", "", last, flags=re.IGNORECASE)
    return re.sub(r"\.[A-Za-z][A-Za-z0-9]{0,9}$", "", unpacked).strip() or last or name


def short_names(names: Sequence[str]) -> list[str]:
    """Names of files for a narrow place, each different from the others; where they would be cut alike, the words in
    which they differ stand out: ``…_plus_…``.
    """
    short = [short_name(name) for name in names]
    if len(set(short)) == len(set(names)):
        return short
    tokens = [file_tokens(name) for name in names]
    first = _alike(tokens)
    last = _alike([words[first:][::-1] for words in tokens])
    cut = ["_".join(words[first : len(words) - last]) for words in tokens]
    marked = [f"{'…_' if first else ''}{middle}{'_…' if last else ''}" for middle in cut]
    return marked if all(cut) and len(set(marked)) == len(set(names)) else list(names)


def _alike(tokens: Sequence[Sequence[str]]) -> int:
    """With how many equal words all begin."""
    return next((n for n, words in enumerate(zip(*tokens, strict=False)) if len(set(words)) > 1), min(map(len, tokens)))


def column_named(name: str) -> str:
    """``the column Bound``, and ``column 3`` for one that has no name of its own."""
    return name if name.startswith("column ") else f"the column {name}"


def from_header(rows: Assembled) -> bool:
    """Whether all columns come from FASTA headers."""
    return all(table.layout == "fasta" for table in rows.tables)


def _title(layout: str) -> str:
    if layout in _LAYOUTS:
        return f"{_LAYOUTS[layout]} table"
    known = [reader.title for reader in READERS if reader.name == layout]
    return known[0] if known else layout


def _number(count: int) -> str:
    return _NUMBERS[count].capitalize() if count < len(_NUMBERS) else f"{count:,}"


def listed(words: Sequence[str]) -> str:
    """The first eight of some words, with commas between them."""
    shown = list(words[:8]) + ([f"and {len(words) - 8} more"] if len(words) > 8 else [])
    return ", ".join(shown)
