"""How far the filled cells of a spreadsheet's XML reach, told before anything is laid out in memory.

The XML is read strictly. A part that is no sound XML and yet seems to hold cells counts as damaged: a reader that is
more lenient would find cells there that were not counted here.
"""

import re
from xml.parsers import expat

_HOLDS_CELLS = re.compile(rb"<(?:\w+:)?c[\s/>]")
_REFERENCE = re.compile(r"([A-Za-z]*)(\d*)")
_FAR = 2**31


class Extent:
    """Rows and columns of the smallest sheet that has a place for every filled cell fed to :meth:`read`."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0
        self._cell = (0, 0)
        self._sound, self._holds_cells = True, False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._element
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse

    @property
    def damaged(self) -> bool:
        """Whether cells may stand where no sound XML tells their place."""
        return not self._sound and self._holds_cells

    def read(self, block: bytes, before: bytes = b"") -> None:
        """The next piece of the part; ``before`` is the end of the piece before it."""
        self._holds_cells |= _HOLDS_CELLS.search(before + block) is not None
        if self._sound:
            try:
                self._parser.Parse(block, False)
            except (expat.ExpatError, ValueError, LookupError):
                self._sound = False

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            said = attributes.get("r", "")
            self._row, self._column = (_number(said) if said else self._row + 1), 0
            return
        if kind == "c":
            letters, digits = _parts(attributes.get("r", ""))
            self._column = _column_number(letters) if letters else self._column + 1
            self._cell = max(_number(digits) if digits else 0, self._row), self._column
            return
        # What stands inside a cell fills it; a cell with nothing inside only has a format.
        self.rows, self.columns = max(self.rows, self._cell[0]), max(self.columns, self._cell[1])

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "c":
            self._cell = (0, 0)

    def _refuse(self, *_: object) -> None:
        raise ValueError("a spreadsheet has no document type of its own")


def _parts(reference: str) -> tuple[str, str]:
    found = _REFERENCE.match(reference)
    return (found[1], found[2]) if found else ("", "")


def _number(digits: str) -> int:
    return min(int(digits), _FAR) if digits.isdecimal() and len(digits) < 19 else _FAR


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return min(number, _FAR)
