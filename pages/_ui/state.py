"""What a page remembers. The only ``st.session_state``.

Durable things live on disk; the page address carries their ids (``?run=...``), so a refresh, a second tab and a link
see the same. The session only keeps the last ids, because the menu opens a page without them.
"""

import re
from collections.abc import Sequence
from typing import Any, Literal, NoReturn
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from seqdl_core.figures.palette import Palette, palette_for

Kind = Literal["data", "run", "files"]
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SEPARATOR = "."
_SET = "set-"

HOME = "pages/home/home.py"
IMPORT = "pages/data/import_.py"
QUALITY = "pages/data/quality.py"
SPLIT = "pages/data/split.py"
SIMULATE = "pages/data/simulate.py"
DESIGN = "pages/model/design.py"
RUNS = "pages/model/runs.py"
VERDICT = "pages/judge/verdict.py"
SEQUENCES = "pages/explain/sequences.py"
FILTERS = "pages/explain/filters.py"
BENCH = "pages/variants/bench.py"


def owner() -> str:
    """Whose data this browser may see. There is one owner until there is a sign-in."""
    return "local"


def palette() -> Palette:
    """The colours of the theme that the browser shows now."""
    return palette_for(st.context.theme.type)


def current(kind: Kind) -> str:
    """The id this page is about, from the page address or else the last one used; "" where there is none."""
    found = str(st.query_params.get(kind) or st.session_state.get(f"id:{kind}", ""))
    if not all(_ID.fullmatch(part) for part in (found.split(_SEPARATOR) if kind == "files" else [found])):
        return ""
    choose(kind, found)
    return found


def files() -> tuple[str, ...]:
    """The ids of the files that are being imported."""
    return tuple(part for part in current("files").split(_SEPARATOR) if part)


def choose_files(ids: Sequence[str]) -> None:
    """Import these files from now on."""
    choose("files", joined(ids))


def joined(ids: Sequence[str]) -> str:
    """Ids as one word of a page address."""
    return _SEPARATOR.join(ids)


def choose(kind: Kind, identifier: str) -> None:
    """Work with this one from now on; "" forgets it."""
    st.session_state[f"id:{kind}"] = identifier
    if identifier and st.query_params.get(kind) != identifier:
        st.query_params[kind] = identifier
    elif not identifier and kind in st.query_params:
        del st.query_params[kind]


def go(page: str, **ids: str) -> NoReturn:
    """Open another page with these words in its address; ids among them are what the person works with from then on."""
    for kind in ("data", "run", "files"):
        if kind in ids:
            st.session_state[f"id:{kind}"] = ids[kind]
    st.switch_page(page, query_params={kind: value for kind, value in ids.items() if value})


def address(name: str) -> str:
    """A further word in the page address, such as the edits of the bench; "" where it is absent."""
    return str(st.query_params.get(name, ""))


def set_address(name: str, value: str) -> None:
    """Write a further word into the page address, or take it out with ""."""
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def forget_bench() -> None:
    """Take the sequence and its edits off the bench."""
    for name in ("row", "seq", "edits", "done"):
        set_address(name, "")


def recall(key: str, default: Any = None) -> Any:
    """What :func:`remember` kept in this browser tab, or a widget's value by its key."""
    return st.session_state.get(key, default)


def remember(key: str, value: Any) -> None:
    """Keep something for this browser tab only."""
    st.session_state[key] = value


def forget(key: str) -> None:
    """Let a widget begin anew, or lose what :func:`remember` kept."""
    st.session_state.pop(key, None)


def choices() -> tuple[tuple[str, str], ...]:
    """The corrections of an import: those in the page address (``?set-alphabet=dna``), or else the last ones made."""
    found = {name.removeprefix(_SET): value for name, value in st.query_params.items() if name.startswith(_SET)}
    kept = st.session_state.get("choices", {})
    files = st.session_state.get("id:files", "")
    if not found and kept.get("files") == files:
        found = kept["values"]
    for name, value in found.items():
        set_address(f"{_SET}{name}", value)
    st.session_state["choices"] = {"files": files, "values": found}
    return tuple(sorted(found.items()))


def choose_setting(name: str, value: str) -> None:
    """Correct one line of an import; "" takes the correction back, the last one too."""
    set_address(f"{_SET}{name}", value)
    if not value:
        st.session_state.get("choices", {}).get("values", {}).pop(name, None)


def forget_import() -> None:
    """Begin a new import; the files stay on disk."""
    for name in [name for name in st.query_params if name.startswith(_SET)]:
        set_address(name, "")
    st.session_state.pop("choices", None)
    choose("files", "")


def fresh_key(name: str) -> str:
    """A widget key that :func:`renew_key` replaces, which empties the widget."""
    return f"{name}:{st.session_state.get(f'fresh:{name}', 0)}"


def renew_key(name: str) -> None:
    """Empty the widget that uses this key."""
    st.session_state[f"fresh:{name}"] = st.session_state.get(f"fresh:{name}", 0) + 1


def address_was_misread() -> bool:
    """Whether Streamlit took this address for a page that does not exist.

    It sees the folder ``pages/`` and, until ``st.navigation`` has run once in this process, looks for pages directly in
    it (1.67.0). So the first link into the app after a restart gets "Page not found" over the right page; loading it
    again is enough. Ask before ``st.navigation``.
    """
    return bool(PagesManager.uses_pages_directory) and urlsplit(st.context.url or "").path.strip("/") != ""
