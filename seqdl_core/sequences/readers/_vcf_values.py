"""INFO and sample fields of a VCF line against the definitions of their keys. Whatever is odd here is a remark."""

import re
from collections.abc import Callable
from functools import lru_cache
from math import comb

from seqdl_core.sequences.readers._remarks import Remarks
from seqdl_core.sequences.readers._vcf_meta import Definition, Header

MOST_SAMPLE_FIELDS = 500_000
MOST_REMARKS = 20_000

_QUICK = {
    "Integer": r"(?:-?\d{1,9}|\.)",
    "Float": r"(?:-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.)",
    "Character": r"[^,:]",
    "String": r"[^,:]+",
}
_FLOAT = re.compile(r"[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)", re.IGNORECASE)
_CIGAR = re.compile(r"(?:\d+[MIDNSHPX=])+")
_GENOTYPE = re.compile(r"[/|]?(?:\d+|\.)(?:[/|](?:\d+|\.))*")
_LOWEST, _HIGHEST = -(2**31) + 8, 2**31 - 1
_LONGEST_LIST = 100
_MOST_KEYS = 30
_MOST_PATTERNS = 60
_MOST_QUICK = 4


def allele_count(alt: str) -> int:
    """The alleles in ALT; -1 where ALT is ``.`` and lists that follow it have no length."""
    return -1 if alt == "." else alt.count(",") + 1


class Values:
    """Checks INFO and the samples of one line after another, until too much was odd."""

    def __init__(self, header: Header, remarks: Remarks) -> None:
        self._header, self._remarks = header, remarks
        self._fields = 0
        self._stopped = False
        self._quick: dict[int, dict[str, Callable[[str], object] | None]] = {}
        self._formats: dict[tuple[str, int, int], re.Pattern[str] | None] = {}

    def check(self, cells: list[str], line: int) -> None:
        """Remark on INFO and on the samples of one line."""
        if self._remarks.total > MOST_REMARKS:
            self._stop("from which on INFO and samples are no longer checked", line)
            return
        alleles = allele_count(cells[4])
        if len(cells) > 7 and cells[7] != ".":
            self._info(cells[7], alleles, line)
        if len(cells) > 8:
            self._fields += (len(cells) - 9) * (cells[8].count(":") + 1)
            if self._fields > MOST_SAMPLE_FIELDS:
                self._stop("from which on samples are no longer checked", line)
                return
            self._samples(cells, alleles, line)

    def _stop(self, what: str, line: int) -> None:
        if not self._stopped:
            self._stopped = True
            self._remarks.add(what, line)

    def _info(self, text: str, alleles: int, line: int) -> None:
        if " " in text:
            self._remarks.add("with a blank in INFO", line, text)
        entries = text.split(";")
        keys = set()
        known = self._quick.get(alleles)
        if known is None:
            known = self._quick_patterns(alleles)
        for entry in entries:
            key, equals, value = entry.partition("=")
            keys.add(key)
            if key in known:
                quick = known[key]
                if quick is not None and equals and quick(value):
                    continue
                definition = self._header.info[key]
                if not _fits(definition, key, value, equals, _info_length(definition.number, alleles)):
                    self._remarks.add("with an INFO value that its definition does not allow", line, entry)
        if len(keys) < len(entries):
            self._remarks.add("with the same INFO key twice", line)
        if "" in keys:
            self._remarks.add("with an INFO entry without a key", line, text[-20:])

    def _quick_patterns(self, alleles: int) -> dict[str, Callable[[str], object] | None]:
        """For each defined key of INFO a test that nearly all right values pass."""
        made: dict[str, Callable[[str], object] | None] = {}
        for key, definition in self._header.info.items():
            length = _info_length(definition.number, alleles)
            pattern = None
            if length <= _MOST_QUICK and key != "CIGAR":
                pattern = _quick_pattern(definition.type, length, definition.positive)
            made[key] = pattern.fullmatch if pattern else None
        if len(self._quick) < _MOST_PATTERNS:
            self._quick[alleles] = made
        return made

    def _samples(self, cells: list[str], alleles: int, line: int) -> None:
        form = cells[8]
        if form == ".":
            return
        if not self._form(form, line):
            return
        genotyped = form == "GT" or form.startswith("GT:")
        for sample in cells[9:]:
            genotype = sample.partition(":")[0] if genotyped else ""
            ploidy = genotype.count("/") + genotype.count("|") + 1 if genotyped else 2
            if genotyped and genotype[:1] in "/|":
                ploidy -= 1
            if genotype == ".":
                ploidy = -1
            pattern = self._pattern(form, alleles, ploidy)
            if pattern is None or not pattern.fullmatch(sample):
                self._one(sample, form, alleles, ploidy, line)
            if genotyped and alleles < 9 and _out_of_range(genotype, max(alleles, 0)):
                self._remarks.add("with a genotype of an allele that ALT does not list", line, genotype)

    def _form(self, form: str, line: int) -> bool:
        keys = form.split(":")
        late = self._header.version >= (4, 3)
        if not all(re.fullmatch(r"[A-Za-z_][0-9A-Za-z_.]*" if late else r"[0-9A-Za-z]+", key) for key in keys):
            self._remarks.add("with a FORMAT key that is empty or holds characters not allowed there", line, form)
        elif "GT" in keys[1:] and keys[0] != "GT":
            self._remarks.add("with a FORMAT in which GT is not the first key", line, form)
        elif len(set(keys)) < len(keys):
            self._remarks.add("with the same FORMAT key twice", line, form)
        else:
            return True
        return False

    def _pattern(self, form: str, alleles: int, ploidy: int) -> re.Pattern[str] | None:
        """What a sample of this form looks like; later fields may be missing. None where that is beyond a pattern."""
        key = form, alleles, ploidy
        if key in self._formats:
            return self._formats[key]
        if len(self._formats) > _MOST_PATTERNS:
            return None
        parts = []
        for name in form.split(":"):
            if name == "GT":
                parts.append(r"(?:\d{1,4}|\.)(?:[/|](?:\d{1,4}|\.))*")
                continue
            definition = self._header.format.get(name)
            quick = _quick_text(definition.type, _length(definition.number, alleles, ploidy)) if definition else "[^:]*"
            parts.append(quick if quick is not None else "")
        compiled = None
        if all(parts) and len(parts) <= _MOST_KEYS and -1 not in (alleles, ploidy):
            compiled = re.compile(parts[0] + "".join(f"(?::{part}" for part in parts[1:]) + ")?" * (len(parts) - 1))
        self._formats[key] = compiled
        return compiled

    def _one(self, sample: str, form: str, alleles: int, ploidy: int, line: int) -> None:
        names, values = form.split(":"), sample.split(":")
        if len(values) > len(names):
            self._remarks.add("with a sample of more fields than FORMAT", line, sample)
            return
        for name, value in zip(names, values, strict=False):
            definition = self._header.format.get(name)
            if value == "." or definition is None or (not value and self._header.version >= (4, 4)):
                continue
            if name == "GT":
                if not _GENOTYPE.fullmatch(value):
                    self._remarks.add("with a genotype that is none", line, value)
                continue
            length = _length(definition.number, alleles, ploidy)
            if not _fits(definition, name, value, "=", length):
                self._remarks.add("with a sample value that its definition does not allow", line, f"{name}={value}")


def _out_of_range(genotype: str, alleles: int) -> bool:
    """Whether a genotype names an allele above ``alleles``, for up to eight of them."""
    if len(genotype) == 3:
        return str(alleles) < genotype[0] <= "9" or str(alleles) < genotype[2] <= "9"
    return any(part.isascii() and part.isdigit() and int(part[:9]) > alleles for part in re.split("[/|]", genotype))


def _length(number: str, alleles: int, ploidy: int) -> int:
    """How many values a Number asks for; -1 for any."""
    if number.isascii() and number.isdigit():
        return int(number[:9])
    if alleles < 0:
        return -1
    if number == "A":
        return alleles
    if number == "R":
        return alleles + 1
    if number == "G" and 0 < ploidy <= 16:
        return comb(ploidy + alleles, alleles)
    return -1


def _info_length(number: str, alleles: int) -> int:
    return -1 if number == "G" else _length(number, alleles, 2)


def _quick_text(kind: str, length: int) -> str | None:
    item = _QUICK.get(kind)
    if item is None or length > _LONGEST_LIST or length == 0:
        return None
    return rf"(?:\.|{item}(?:,{item}){{{length - 1}}})" if length > 0 else rf"(?:\.|{item}(?:,{item})*)"


@lru_cache(maxsize=64)
def _quick_pattern(kind: str, length: int, positive: bool) -> re.Pattern[str] | None:
    text = _quick_text(kind, length)
    if text is None:
        return None
    text = text.replace("[^,:]", "[^,]")  # a colon separates the fields of a sample, and nothing in INFO
    return re.compile(text.replace("-?", "") if positive else text)


def _fits(definition: Definition, key: str, value: str, equals: str, length: int) -> bool:
    """Whether a value is what its key's definition allows, with all that the quick patterns leave aside."""
    if definition.type == "Flag":
        return not equals or value in ("0", "1")
    if not equals:
        return False
    if value == ".":
        return True
    items = [value] if value[:1] == value[-1:] == '"' else value.split(",")
    if length >= 0 and len(items) != length and not (length == 0 and definition.type == "String"):
        return False
    return all(item == "." or _item_fits(definition, key, item) for item in items)


def _item_fits(definition: Definition, key: str, item: str) -> bool:
    if definition.type == "Integer":
        if not re.fullmatch(r"[-+]?\d{1,10}", item, re.ASCII):
            return False
        return (0 if definition.positive else _LOWEST) <= int(item) <= _HIGHEST
    if definition.type == "Float":
        return bool(_FLOAT.fullmatch(item)) and not (definition.positive and item.startswith("-"))
    if definition.type == "Character":
        return len(item) == 1
    if key == "CIGAR":
        return bool(_CIGAR.fullmatch(item))
    return True
