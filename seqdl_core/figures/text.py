"""Text from people on its way to a screen, one escaper for each place that reads markup; and how numbers are written.

A header, a file name or a run name is data. Markdown would make it bold or a link, Plotly would take its tags, a
spreadsheet would run its formula. Nothing but these functions carries such text there.
"""

import html
import math
import re
from collections import Counter
from collections.abc import Sequence

_JOINER = "\u2060"  # word joiner: no width, no break; parts what Streamlit would turn into an icon, an emoji or a link
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:^=&\"'/%@])")
_SHORTCODES = re.compile(r":(?=[\w+/-]+:)")
_LINKS = re.compile(r"(?i)(https?|ftp)(?=://)|(www)(?=\.)|(mailto|xmpp)(?=:)|(?<=\w)(?=@)")
_ARROWS = re.compile(r"([<>~=-])(?=[<>=-])")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def one_line(text: object, longest: int = 0) -> str:
    """Control characters and right-to-left overrides become a space; with ``longest`` the middle is left out."""
    line = _INVISIBLE.sub(" ", str(text)).strip()
    if longest and len(line) > longest:
        head = (longest - 1) * 2 // 3
        line = f"{line[:head]}…{line[len(line) - (longest - 1 - head) :]}"
    return line


def markdown(text: object, longest: int = 0) -> str:
    """For ``st.markdown``, titles, labels, badges and ``st.table``: shown letter by letter, never as markup."""
    line = one_line(text, longest)
    for pattern in (_SHORTCODES, _LINKS, _ARROWS):
        line = pattern.sub(lambda found: found.group(0) + _JOINER, line)
    return _PUNCTUATION.sub(r"\\\1", line)


def plotly(text: object, longest: int = 0) -> str:
    """For titles, annotations, tick labels and hover of Plotly, which read HTML tags and ``$`` for mathematics."""
    return html.escape(one_line(text, longest), quote=False).replace("$", "&#36;")


def xml(text: object, longest: int = 0) -> str:
    """For SVG text and attributes."""
    return html.escape(one_line(text, longest), quote=True)


def score(value: float | None, digits: int = 3) -> str:
    """A figure with a true minus sign; an unknown one is an en dash. ``score(-0.1234, 2)`` is ``−0.12``."""
    if value is None or not math.isfinite(value):
        return "–"
    rounded = f"{value:.{digits}f}"
    if float(rounded) == 0:
        rounded = rounded.lstrip("-")
    return rounded.replace("-", "−")


def signed(value: float | None, digits: int = 3) -> str:
    """A difference: always with its sign."""
    shown = score(value, digits)
    return f"+{shown}" if value is not None and math.isfinite(value) and value > 0 and shown[0] != "−" else shown


def interval(low: float | None, high: float | None, digits: int = 3) -> str:
    """``[0.944, 0.967]``, or nothing where there is no interval."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"[{score(low, digits)}, {score(high, digits)}]"


def decimals(spread: float) -> int:
    """With how many decimals values that differ by so much are told apart: three figures of the spread, at most 9.

    >>> decimals(1.4), decimals(0.02), decimals(5000)
    (2, 4, 0)
    """
    if not math.isfinite(spread) or spread <= 0:
        return 3
    return min(max(2 - math.floor(math.log10(spread)), 0), 9)


def quantity(value: float | None, digits: int) -> str:
    """A measured number with so many decimals, thousands separated: ``−0.54``, ``12,346``."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:z,.{digits}f}".replace("-", "−")


def small(value: float | None) -> str:
    """A p or q value in two significant figures, large powers as ``3×10⁻⁶``."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "<10⁻³⁰⁰"
    if value >= 0.001:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}×10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def count(value: float | None) -> str:
    """A whole number with thousands separated."""
    return "–" if value is None else f"{value:,.0f}".replace("-", "−")


def percent(share: float | None, digits: int = 0) -> str:
    """A share of 1 as ``57 %``."""
    return "–" if share is None or not math.isfinite(share) else f"{score(100 * share, digits)} %"


def size(count_of_bytes: float) -> str:
    """Bytes as people read them: ``205 kB``, in steps of 1,000."""
    value = float(count_of_bytes)
    for unit in ("bytes", "kB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 10 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def duration(seconds: float | None) -> str:
    """A stretch of time: ``40 s``, ``1.1 min``, ``3 h 20 min``."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    if seconds < 59.5:
        return f"{max(seconds, 0):.0f} s"
    if seconds < 600:
        return f"{seconds / 60:.1f} min"
    if seconds < 5970:
        return f"{seconds / 60:.0f} min"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min"


def duration_range(low: float, high: float) -> str:
    """``1.6 and 2.4 min``: two stretches of time, the unit said once where it is the same."""
    first, second = duration(low), duration(high)
    number, unit = first.split(" ", 1) if " " in first else (first, "")
    return f"{number if second.endswith(f' {unit}') and second.count(' ') == 1 else first} and {second}"


def span(low: float, high: float) -> str:
    """About how long something takes, in one unit: ``1.8 to 5.1 h``, ``0.7 to 1.9 min``, ``under 1 s``."""
    unit, seconds = next(
        ((unit, seconds) for unit, seconds in _UNITS if high >= 1.5 * seconds or unit == "s"),
    )
    if high < 1:
        return "under 1 s"
    first, second = (
        f"{value / seconds:.{1 if high < 9.95 * seconds and unit != 's' else 0}f}" for value in (low, high)
    )
    if float(first) == 0:
        return f"under {second} {unit}"
    return f"{second} {unit}" if first == second else f"{first} to {second} {unit}"


_UNITS = (("days", 86400), ("h", 3600), ("min", 60), ("s", 1))


def plural(number: float, one: str, many: str = "") -> str:
    """``1 file``, ``2 files``, ``5,084 sequences``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def told_apart(labels: Sequence[str]) -> list[str]:
    """The same labels, with a number behind those that occur more than once: ``toy (1)``, ``toy (2)``.

    For a select box, which hears from the browser which label was picked and not which place in the list.
    """
    counts, numbers, taken, told = Counter(labels), Counter[str](), set(labels), []
    for label in labels:
        own = label
        while counts[label] > 1 and own in taken:
            numbers[label] += 1
            own = f"{label} ({numbers[label]})"
        taken.add(own)
        told.append(own)
    return told
