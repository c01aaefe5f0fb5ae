"""Remarks on lines: what a reader found odd, counted by kind, each with its first line and a few examples."""

from dataclasses import dataclass, field

from seqdl_core.sequences.readers import NoticeRecord, notice

_EXAMPLES = 3
_LONGEST_EXAMPLE = 30
_MOST_KINDS = 40


@dataclass
class _Kind:
    first: int
    count: int = 0
    examples: list[str] = field(default_factory=list)


class Remarks:
    """Collects remarks while a file is read; ``notices`` turns them into one notice a kind."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.total = 0
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._ready: list[NoticeRecord] = []

    def add(self, rest: str, line: int, example: str = "", noun: str = "line") -> None:
        """Note that ``line`` is odd: ``rest`` goes on after "3 lines", without a verb that would have to agree."""
        self.total += 1
        kind = self._kinds.get((noun, rest))
        if kind is None:
            if len(self._kinds) == _MOST_KINDS:
                noun, rest = "line", "with further oddities of other kinds"
            kind = self._kinds.setdefault((noun, rest), _Kind(line))
        kind.count += 1
        if example and len(kind.examples) < _EXAMPLES:
            short = example if len(example) <= _LONGEST_EXAMPLE else example[: _LONGEST_EXAMPLE - 1] + "…"
            if short not in kind.examples:
                kind.examples.append(short)

    def note(self, record: NoticeRecord) -> None:
        """Take a notice that is about the file rather than about single lines."""
        self._ready.append(record)

    def notices(self) -> tuple[NoticeRecord, ...]:
        """One notice a kind, in the order of their first lines: ``2 lines with a REF … (such as R, Y).``"""
        made: list[tuple[int, NoticeRecord]] = []
        for (noun, rest), kind in self._kinds.items():
            examples = f" (such as {', '.join(kind.examples)})" if kind.examples else ""
            place = f"line {kind.first} of {self.name}"
            where = place if kind.count == 1 else f"{place}, the first of {kind.count:,}"
            made.append((kind.first, notice(kind.count, noun, f"{rest}{examples}.", where)))
        return (*(record for _, record in sorted(made, key=lambda pair: pair[0])), *self._ready)
