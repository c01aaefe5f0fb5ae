"""Tables whose rows are places of a genome: intervals and variants, under the column names that tools give them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.readers._columns import SAMPLE
from seqdl_core.sequences.readers._intervals import FROM_ZERO
from seqdl_core.sequences.vocabulary import WIDTHS, plain_name


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Per meaning the column names in use, the surest first.
_CHROM = _words(
    "chrom chr chromosome chromosome_name seqnames seqname seqid contig chrom_name chr_name scaffold region"
)
_START = _words("start chromstart chrom_start start_position begin peak_start region_start start_pos txstart tstart")
_END = _words("end chromend chrom_end end_position stop peak_end region_end end_pos txend tend")
_POS = _words("pos position bp base_pair_location pos_hg38 pos_hg19 position_hg38 variant_pos snp_pos")
_REF = _words("ref reference ref_allele reference_allele allele1 other_allele non_effect_allele a2")
_ALT = _words("alt alternate alternative alt_allele alternate_allele allele2 effect_allele a1")
_ID = _words("variant_id id snp rsid rs_id ids name variant")
_STRAND = _words("strand orientation sense")
_SUMMIT = _words("summit peak summit_offset")
_ABSOLUTE_SUMMIT = _words("abs_summit")

_ALLELE = re.compile(r"[ACGTUNacgtun]{1,5000}|[-.*]|<[\w:]+>")
_LONGEST = 5000
_WHOLE = re.compile(r"\d{1,10}")
_NAME = re.compile(r"(?:chr)?(?:\d{1,2}|[XYM]|MT)|chr\w+|[NA][CTGW]_\d+\.\d+", re.IGNORECASE)
_VARIANT = re.compile(
    r"((?:chr)?\w[\w.]*?)[:_-](?:g\.)?(\d{1,10})[\s:_-]{0,9}([ACGTN]{1,500}|-)[>:_/-]([ACGTN]{1,500}|-|\*)(?:[:_-].*)?",
    re.IGNORECASE,
)
_REGION = re.compile(r"((?:chr)?\w[\w.]*):(\d[\d,]{0,12})-(\d[\d,]{0,12})(?:[:(]?([+-])\)?)?", re.IGNORECASE)


def is_variant(text: str) -> bool:
    """Whether a text is a whole variant, such as ``chr8:140300616 T>G``."""
    return len(text) <= _LONGEST and _VARIANT.fullmatch(text) is not None


def variants_of(table: RawTable, titled: Sequence[str], columns: Sequence[list[str]]) -> RawTable | None:
    """The table with ``chrom``, ``pos`` (1-based), ``id``, ``ref``, ``alt`` first; ``None`` where rows are no variants.

    Alleles stand in two columns, or the whole variant in one (``7:70038969:G:T``, ``chr8:140300616 T>G``).
    """
    chrom, pos, ref, alt = (_find(titled, names) for names in (_CHROM, _POS, _REF, _ALT))
    if min(chrom, pos, ref, alt) < 0 and not any(titled):
        chrom, pos, ref, alt = _unnamed(columns)
    if min(chrom, pos, ref, alt) < 0:
        return _written_in_one(table, titled, columns)
    alleles = [*columns[ref][:SAMPLE], *columns[alt][:SAMPLE]]
    if not _mostly(columns[pos][:SAMPLE], _WHOLE.fullmatch) or not _mostly(
        [part for allele in alleles for part in allele.split(",")], _ALLELE.fullmatch
    ):
        return None
    positions = _numbers(table, titled[pos] or "the position", columns[pos])
    end = _find(titled, _END)
    said: list[NoticeRecord] = []
    used = {chrom, pos, ref, alt}
    if end >= 0 and _mostly(columns[end][:SAMPLE], _WHOLE.fullmatch):
        ends = _numbers(table, titled[end], columns[end])
        lengths = [max(1, len(cell)) for cell in columns[ref]]
        widths = [last - position for last, position in zip(ends, positions, strict=True)]
        if widths == lengths or set(widths) == {1}:
            positions = [position + 1 for position in positions]
            rest = f"counted from 0, as {titled[end]} shows; read from 1."
            said.append(notice(len(positions), "position", rest, table.file.name))
        used.add(end)  # it tells no more than the position does
    if plain_name(titled[ref]) == "a2":
        said.append(
            notice(
                len(table),
                "variant",
                f"with {titled[ref]} taken as reference, {titled[alt]} as alternate.",
                table.file.name,
            )
        )
    name = next((place for place in (_find(titled, _ID),) if place not in (chrom, pos, ref, alt)), -1)
    fixed = {
        "chrom": columns[chrom],
        "pos": [str(position) for position in positions],
        "id": columns[name] if name >= 0 else [""] * len(table),
        "ref": columns[ref],
        "alt": columns[alt],
    }
    return _with(table, fixed, {*used, name}, "variants", said, None)


def intervals_of(table: RawTable, titled: Sequence[str], columns: Sequence[list[str]]) -> RawTable | None:
    """The table with ``chrom``, ``start``, ``end`` (0-based half-open) first; ``None`` where rows are no intervals."""
    chrom, start, end, pos = (_find(titled, names) for names in (_CHROM, _START, _END, _POS))
    if chrom >= 0 and pos >= 0 and min(start, end) < 0 and _mostly(columns[pos][:SAMPLE], _WHOLE.fullmatch):
        places = _numbers(table, titled[pos], columns[pos])
        fixed = {"chrom": columns[chrom], "start": [str(p - 1) for p in places], "end": [str(p) for p in places]}
        said = [notice(len(places), "position", f"of {titled[pos]}, read from 1.", table.file.name)]
        return _with(table, fixed, {chrom, pos}, "intervals", said, True)
    if min(chrom, start, end) < 0:
        return _regions(table, titled, columns)
    if not (_mostly(columns[start][:SAMPLE], _WHOLE.fullmatch) and _mostly(columns[end][:SAMPLE], _WHOLE.fullmatch)):
        return None
    starts, ends = _numbers(table, titled[start], columns[start]), _numbers(table, titled[end], columns[end])
    one_based = _counts_from_one(titled, columns, start, starts, ends)
    first = 1 if one_based else 0
    said = [notice(len(starts), "interval", "counted from 1, read from 0.", table.file.name)] if one_based else []
    fixed = {"chrom": columns[chrom], "start": [str(s - first) for s in starts], "end": columns[end]}
    used = {chrom, start, end}
    strand, summit, absolute = (_find(titled, names) for names in (_STRAND, _SUMMIT, _ABSOLUTE_SUMMIT))
    if strand >= 0:
        fixed["strand"] = [_strand(value) for value in columns[strand]]
        used.add(strand)
    if absolute >= 0 and _mostly(columns[absolute], _WHOLE.fullmatch, 1.0):
        fixed["summit"] = [str(int(at) - s) for at, s in zip(columns[absolute], starts, strict=True)]
        used.add(absolute)
    elif summit >= 0 and _mostly(columns[summit], re.compile(r"-1|\d{1,9}").fullmatch, 1.0):
        fixed["summit"] = columns[summit]
        used.add(summit)
    return _with(table, fixed, used, "intervals", said, one_based)


def _counts_from_one(
    titled: Sequence[str], columns: Sequence[list[str]], start: int, starts: list[int], ends: list[int]
) -> bool | None:
    """``True`` and ``False`` where something proves it, ``None`` where not; an interval of no length proves 1."""
    if plain_name(titled[start]) in FROM_ZERO or 0 in starts:
        return False
    size = _find(titled, sorted(WIDTHS))
    if size >= 0 and _mostly(columns[size], _WHOLE.fullmatch, 1.0):
        for extra in (0, 1):
            if all(e - s + extra == int(n) for e, s, n in zip(ends, starts, columns[size], strict=True)):
                return bool(extra)
    return True if any(s == e for s, e in zip(starts, ends, strict=True)) else None


def _regions(table: RawTable, titled: Sequence[str], columns: Sequence[list[str]]) -> RawTable | None:
    """Regions written as browsers do, ``chr11:5,247,500-5,247,504``, which count from 1 and include the end."""
    for place, column in enumerate(columns):
        if not _mostly(column[:SAMPLE], _REGION.fullmatch):
            continue
        found = [_REGION.fullmatch(cell) for cell in column]
        _refuse(table, titled[place] or "the region", column, [match is None for match in found], "a region")
        parts = [match.groups() for match in found if match]
        fixed = {
            "chrom": [str(chrom) for chrom, _, _, _ in parts],
            "start": [str(int(start.replace(",", "")) - 1) for _, start, _, _ in parts],
            "end": [end.replace(",", "") for _, _, end, _ in parts],
        }
        if any(strand for _, _, _, strand in parts):
            fixed["strand"] = [strand or "." for _, _, _, strand in parts]
        said = [notice(len(parts), "region", "written with a colon, counted from 1 with its end.", table.file.name)]
        return _with(table, fixed, {place}, "intervals", said, True)
    return None


def _written_in_one(table: RawTable, titled: Sequence[str], columns: Sequence[list[str]]) -> RawTable | None:
    for place, column in enumerate(columns):
        if not _mostly(column[:SAMPLE], is_variant):
            continue
        found = [_VARIANT.fullmatch(cell) for cell in column]
        _refuse(table, titled[place] or "the variant", column, [match is None for match in found], "a variant")
        parts = [match.groups() for match in found if match]
        names = ("chrom", "pos", "ref", "alt")
        fixed = {name: [str(part[at]) for part in parts] for at, name in enumerate(names)}
        fixed = {"chrom": fixed["chrom"], "pos": fixed["pos"], "id": column, "ref": fixed["ref"], "alt": fixed["alt"]}
        return _with(table, fixed, {place}, "variants", [], None)
    return None


def _unnamed(columns: Sequence[list[str]]) -> tuple[int, int, int, int]:
    """Chromosome, position and alleles without a header: a name, a number, and the last two columns of letters."""
    samples = [column[:SAMPLE] for column in columns]
    if len(columns) < 4 or not _mostly(samples[0], _NAME.fullmatch, 1.0):
        return -1, -1, -1, -1
    pos = next((p for p, values in enumerate(samples) if p and _mostly(values, _WHOLE.fullmatch, 1.0)), -1)
    letters = [p for p in range(pos + 1, len(columns)) if _mostly(samples[p], _ALLELE.fullmatch, 1.0)]
    pairs = [p for p in letters if p + 1 in letters and set("".join(samples[p])) - set("-.*")]
    return (0, pos, pairs[-1], pairs[-1] + 1) if pos > 0 and pairs else (-1, -1, -1, -1)


def _with(
    table: RawTable,
    fixed: dict[str, list[str]],
    used: set[int],
    kind: str,
    said: Sequence[NoticeRecord],
    one_based: bool | None,
) -> RawTable:
    """The fixed columns first, then the others under their own names, renamed where they would clash."""
    cells = {name: pd.Series(values, dtype=str) for name, values in fixed.items()}
    for place, name in enumerate(table.cells.columns):
        if place not in used:
            cells[f"{name} of the file" if name in fixed else str(name)] = table.cells.iloc[:, place]
    frame = pd.DataFrame(cells)
    notices = (*table.notices, *said)
    if kind == "variants":
        return replace(table, kind="variants", cells=frame, notices=notices)
    return replace(table, kind="intervals", cells=frame, notices=notices, one_based=one_based)


def _find(titled: Sequence[str], names: Sequence[str]) -> int:
    plain = [plain_name(title) for title in titled]
    return next((plain.index(name) for name in names if name in plain), -1)


def _mostly(values: Sequence[str], fits: Callable[[str], object], share: float = 0.9) -> bool:
    """Whether so many cells fit; cells longer than any place or allele are not even tried."""
    return bool(values) and sum(len(value) <= _LONGEST and bool(fits(value)) for value in values) >= share * len(values)


def _numbers(table: RawTable, name: str, values: list[str]) -> list[int]:
    _refuse(table, name, values, [_WHOLE.fullmatch(value) is None for value in values], "a whole number")
    return [int(value) for value in values]


def _refuse(table: RawTable, name: str, values: list[str], wrong: list[bool], what: str) -> None:
    if any(wrong):
        row, count = wrong.index(True), sum(wrong)
        more = f"; {count - 1:,} further cells are none either" if count > 1 else ""
        raise ReadError(
            f"'{values[row][:60]}' in {name} is not {what}{more}.",
            where=table.where(row),
            fix="Correct it, or remove the row.",
        )


def _strand(value: str) -> str:
    return {"+": "+", "1": "+", "+1": "+", "-": "-", "-1": "-", "plus": "+", "minus": "-"}.get(value.lower(), ".")
