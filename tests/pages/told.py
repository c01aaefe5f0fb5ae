"""What a page told, as a person reads it: the escaping of Markdown taken off again."""

import re

from streamlit.testing.v1 import AppTest


def plain(text: object) -> str:
    """Markdown without its escapes and bold marks."""
    return re.sub(r"\\(.)", r"\1", str(text).replace("\u2060", "")).replace("**", "")


def errors(page: AppTest) -> list[tuple[str, ...]]:
    """Each error in its parts: what, where (where there is one) and fix."""
    return [tuple(plain(part) for part in (one.proto.title, *str(one.value).split("  \n"))) for one in page.error]
