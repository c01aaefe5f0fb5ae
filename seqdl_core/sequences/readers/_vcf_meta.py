"""The header of a VCF file: meta lines, definitions of INFO and FORMAT keys, and the line of column names.

Written after the specifications of VCF 4.1 to 4.5 (https://samtools.github.io/hts-specs). A broken line of column
names is an error, for nothing below could be trusted; all else is remarked upon and read.
"""

import re
from dataclasses import dataclass, field

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers._remarks import Remarks

COLUMNS = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
FEWEST_COLUMNS = 5

_TYPES = ("Integer", "Float", "Flag", "Character", "String")
_INFO = """AA 1 String|AC A Integer|AF A Float|AN 1 Integer|BQ 1 Float|CIGAR A String|DB 0 Flag|DP 1 Integer
END 1 Integer|H2 0 Flag|H3 0 Flag|MQ 1 .|MQ0 1 Integer|NS 1 Integer|SOMATIC 0 Flag|VALIDATED 0 Flag|1000G 0 Flag"""
_FORMAT = """DP 1 Integer|EC A Integer|FT 1 String|GL G Float|GP G Float|GQ 1 Integer|GT 1 String|HQ 2 Integer
MQ 1 Integer|PL G Integer|PQ 1 Integer|PS 1 Integer"""
_DEPTHS = "AD R Integer|ADF R Integer|ADR R Integer"

_ITEM = re.compile(r'([^=,<>"\s]+)=("(?:[^"\\]|\\.)*"|\[[^\]]*\]|(?:[^,"][^,]*)?)(,|$)')
_KEY = re.compile(r"[\w.+ -]+", re.ASCII)
_VERSION = re.compile(r"VCFv(\d)\.(\d{1,2})")
_URL = re.compile(
    r"<?(?:https?|ftp|file|s3|gs)://(?:[^@/\s]+@)?(?!\d+[:/])(?:[\w-]+(?:\.[\w-]+)*)?(?::\d{1,5})?(?:/\S*)?>?", re.ASCII
)
_ALT_KINDS = re.compile(r"(?:DEL|INS|DUP|INV|CNV)(?::[^\s,<>]+)*|\*|NON_REF|BND|TRA|CN\d+", re.ASCII)
_LINKED = re.compile(r"[\w.+-]+", re.ASCII)
_STRUCTURED = ("INFO", "FORMAT", "FILTER", "ALT", "META", "SAMPLE", "PEDIGREE", "contig")
_ORDER = ("ID", "Number", "Type", "Description", "Values")


@dataclass(frozen=True)
class Definition:
    """What a key of INFO or FORMAT holds: ``number`` is a count, ``A``, ``R``, ``G`` or ``.`` for any."""

    number: str
    type: str
    positive: bool = False


@dataclass
class Header:
    """What the header says. ``version`` is (4, 2) for VCF 4.2; ``first`` is the number of the first line below it."""

    version: tuple[int, int] = (4, 2)
    columns: int = len(COLUMNS)
    samples: list[str] = field(default_factory=list)
    info: dict[str, Definition] = field(default_factory=dict)
    format: dict[str, Definition] = field(default_factory=dict)
    first: int = 1


def read_header(lines: list[str], remarks: Remarks) -> Header:
    """Read the lines down to that of the column names.

    Raises:
        ReadError: where the line of column names is missing or wrong.
    """
    header = Header()
    found = _VERSION.fullmatch(lines[0].removeprefix("##fileformat=").strip())
    if found and lines[0].startswith("##fileformat="):
        header.version = int(found[1]), int(found[2])
    else:
        remarks.add("at the top that names no version of VCF, read as VCF 4.2", 1, lines[0])
    own: dict[str, dict[str, Definition]] = {"INFO": {}, "FORMAT": {}}
    for number, line in enumerate(lines, 1):
        if line.startswith("##"):
            if number > 1 or not line.startswith("##fileformat="):
                _meta(line[2:], number, header, own, remarks)
        elif line.startswith("#"):
            _column_names(line, number, header, remarks)
            header.first = number + 1
            break
        elif line.strip():
            if line.count("\t") >= FEWEST_COLUMNS - 1:
                raise _without_names(number, remarks.name)
            remarks.add("in the header that does not begin with ##, left out", number, line)
        else:
            remarks.add("in the header without anything on it, left out", number)
    else:
        raise _without_names(len(lines), remarks.name)
    header.info = _reserved("INFO", header.version) | own["INFO"]
    header.format = _reserved("FORMAT", header.version) | own["FORMAT"]
    return header


def _without_names(line: int, name: str) -> ReadError:
    return ReadError(
        "The VCF file has no line of column names above its variants.",
        where=f"line {line} of {name}",
        fix=f"Add one, separated by tabs: #{' '.join(COLUMNS)}.",
    )


def _column_names(line: str, number: int, header: Header, remarks: Remarks) -> None:
    names = line[1:].split("\t")
    fixed = names[: len(COLUMNS)]
    wrong = next((place for place, pair in enumerate(zip(fixed, COLUMNS, strict=False)) if pair[0] != pair[1]), None)
    where = f"line {number} of {remarks.name}"
    if len(names) == 1:
        raise ReadError(
            "The column names are not separated by tabs.", where=where, fix="Separate all columns by single tabs."
        )
    if wrong is not None:
        raise ReadError(
            f"Column {wrong + 1} of a VCF file is called {COLUMNS[wrong]}, here '{fixed[wrong][:40]}'.",
            where=where,
            fix=f"The columns are, in this order: {' '.join(COLUMNS)}, then FORMAT and the samples.",
        )
    if len(names) < FEWEST_COLUMNS:
        raise ReadError(
            f"The file has only the columns {' '.join(names)}.",
            where=where,
            fix=f"At least {' '.join(COLUMNS[:FEWEST_COLUMNS])} are needed.",
        )
    if len(names) < len(COLUMNS):
        remarks.add(f"with the column names, without {' '.join(COLUMNS[len(names) :])}", number)
    header.columns = len(names)
    if len(names) > len(COLUMNS):
        if names[len(COLUMNS)] != "FORMAT":
            raise ReadError(
                f"Column 9 of a VCF file is called FORMAT, here '{names[len(COLUMNS)][:40]}'.",
                where=where,
                fix="FORMAT stands between INFO and the first sample.",
            )
        header.samples = names[len(COLUMNS) + 1 :]
        if not header.samples:
            remarks.add("with the column names, with FORMAT and no sample", number)
        if len(set(header.samples)) < len(header.samples):
            remarks.add("with the column names, in which two samples have one name", number)
        if not all(name.strip() for name in header.samples):
            remarks.add("with the column names, in which a sample has no name", number)


def _meta(text: str, line: int, header: Header, own: dict[str, dict[str, Definition]], remarks: Remarks) -> None:
    key, equals, value = text.partition("=")
    if not equals or not _KEY.fullmatch(key):
        remarks.add("of the header that holds no key=value", line, text)
    elif not value.strip() or value == "<>":
        remarks.add("of the header with a key and no value", line, key)
    elif key in ("assembly", "pedigreeDB"):
        if "://" in value and not _URL.fullmatch(value):
            remarks.add("of the header with an address that is none", line, value)
    elif key in _STRUCTURED:
        items = _items(value)
        if items is None:
            remarks.add("of the header that is not closed properly or not written as <key=value,…>", line, key)
        else:
            reason = _entry_fault(key, items, header.version)
            if reason:
                remarks.add(f"of the header with {reason}", line, f"{key} {dict(items).get('ID', '')}".strip())
            if key in own and (definition := _definition(dict(items))):
                own[key][dict(items)["ID"]] = definition


def _items(value: str) -> list[tuple[str, str]] | None:
    """``<ID=DP,Description="a, b">`` as pairs; None where it is not written so."""
    if not (value.startswith("<") and value.endswith(">")):
        return None
    body, place, items = value[1:-1], 0, []
    while place < len(body):
        found = _ITEM.match(body, place)
        if not found or (found[3] == "," and found.end() == len(body)):
            return None
        items.append((found[1], found[2]))
        place = found.end()
    return items


def _definition(entry: dict[str, str]) -> Definition | None:
    number, kind = entry.get("Number", ""), entry.get("Type", "")
    return Definition(number, kind) if "ID" in entry and number and kind in _TYPES else None


def _entry_fault(key: str, items: list[tuple[str, str]], version: tuple[int, int]) -> str:
    """What is wrong with one entry of the header; empty where nothing is."""
    entry = dict(items)
    name = entry.get("ID", "")
    late = version >= (4, 3)
    order = [_ORDER.index(word) for word, _ in items if word in _ORDER]
    if not name and (key != "PEDIGREE" or late):
        return "no ID"
    if re.search(r"[\s<>]" if key != "contig" or not late else r"[\s<>*]", name) or (
        late and key == "SAMPLE" and not _LINKED.fullmatch(name)
    ):
        return "characters in an ID that are not allowed there"
    if order != sorted(order):
        return "its fields in another order than ID, Number, Type, Description"
    if key in ("INFO", "FORMAT", "FILTER", "ALT") and entry.get("Description", "")[:1] != '"':
        return "no Description between quotation marks"
    if key in ("INFO", "FORMAT") or (key in ("ALT", "META") and ("Number" in entry or "Type" in entry)):
        if not re.fullmatch(_numbers(version), entry.get("Number", "")):
            return "a Number that is none of the standard"
        if entry.get("Type") not in _TYPES or (key == "FORMAT" and entry["Type"] == "Flag"):
            return "a Type that is none of the standard"
        return _reserved_fault(key, name, entry, version) if key in ("INFO", "FORMAT") else _values_fault(key, entry)
    if key == "ALT" and not _ALT_KINDS.fullmatch(name) and (not late or (":" in name)):
        return "a kind of symbolic allele that the standard does not know"
    return _people_fault(key, entry, late)


def _numbers(version: tuple[int, int]) -> str:
    if version >= (4, 4):
        return r"\d+|[ARGPM.]|L[ARG]"
    return r"\d+|[ARG.]" if version >= (4, 2) else r"\d+|[AG.]"


def _values_fault(key: str, entry: dict[str, str]) -> str:
    if key == "META" and not entry.get("Values", "").startswith("["):
        return "Values that are not between square brackets"
    if key == "ALT" and not _ALT_KINDS.fullmatch(entry["ID"]):
        return "a kind of symbolic allele that the standard does not know"
    return ""


def _reserved_fault(key: str, name: str, entry: dict[str, str], version: tuple[int, int]) -> str:
    fixed = _reserved(key, version).get(name)
    if not fixed or (name == "CIGAR" and key == "FORMAT"):
        return ""
    if entry["Number"] != fixed.number:
        return "a Number that the standard sets otherwise for this key"
    return "a Type that the standard sets otherwise for this key" if fixed.type not in (".", entry["Type"]) else ""


def _people_fault(key: str, entry: dict[str, str], late: bool) -> str:
    if key == "SAMPLE" and not late:
        if "Genomes" not in entry:
            return "no Genomes"
        if any(value[:1] == '"' for word, value in entry.items() if word != "Description"):
            return "quotation marks around something other than a Description"
    if key == "PEDIGREE" and not all(_LINKED.fullmatch(value) for value in entry.values()):
        return "characters in a name that are not allowed there"
    return ""


def _reserved(key: str, version: tuple[int, int]) -> dict[str, Definition]:
    """The keys that the standard defines itself."""
    words = _INFO if key == "INFO" else _FORMAT
    if key == "FORMAT" and version < (4, 3):
        words += "|GLE G String"
    if version >= (4, 3):
        words += f"|{_DEPTHS}"
    table: dict[str, Definition] = {}
    for entry in words.replace("\n", "|").split("|"):
        name, number, kind = entry.split()
        table[name] = Definition(number, kind, key == "INFO" and kind in ("Integer", "Float") and name != "BQ")
    return table
