"""Who may import whom, as the design says: an ``ast`` walk over every module, no import executed."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Each room may import itself and what stands here. Rooms on the left of a line never reach to the right of it.
_FLOOR = {"errors", "files"}
_BELOW = {
    "errors": set(),
    "files": set(),
    "registry": {"errors"},
    "config": {"errors"},
    "sequences": _FLOOR | {"registry", "config"},
    "data": _FLOOR | {"registry", "config", "sequences"},
    "tasks": _FLOOR | {"registry", "config", "sequences"},
    "models": _FLOOR | {"registry", "config", "sequences", "tasks"},
}
_BELOW["own_networks"] = _BELOW["models"] | {"models"}
_BELOW["model_file"] = _BELOW["own_networks"] | {"own_networks"}
_BELOW["anatomy"] = _BELOW["model_file"] | {"model_file"}
_BELOW["predict"] = _BELOW["model_file"] | {"data", "model_file"}
_BELOW["baselines"] = _BELOW["predict"] | {"predict"}
_BELOW["evaluation"] = _BELOW["baselines"] | {"baselines"}
_BELOW["conversion"] = _BELOW["model_file"] | {"model_file"}
_BELOW["training"] = _BELOW["predict"] | {"predict"}
_BELOW["interpretation"] = _BELOW["predict"] | {"predict", "baselines", "training", "evaluation"}
_BELOW["variants"] = _BELOW["interpretation"] | {"interpretation"}
_BELOW["sizing"] = _BELOW["training"] | {"training", "anatomy"}
_BELOW["runs"] = _BELOW["variants"] | {"variants", "anatomy", "sizing"}
_BELOW["figures"] = {"errors", "sequences"}
_BELOW["commands"] = _BELOW["runs"] | {"runs", "conversion"}
_BELOW["__main__"] = _BELOW["commands"] | {"commands"}
_BELOW["__init__"] = set()

_CORE = sorted((ROOT / "seqdl_core").rglob("*.py"))
_PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _imported(path: Path) -> set[str]:
    """Every module that a file imports, with the names taken from packages (``seqdl_core.models``) spelled out."""
    found: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name comes from"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _each(paths: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test that looks at every file: as tests of their own, 1,700 of them took longer than their looking."""

    def of_all(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            wrong = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as problem:
                    wrong.append(f"{path.relative_to(ROOT)}: {problem}")
            assert not wrong, "\n".join(wrong)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return of_all


def _room(path: Path) -> str:
    return path.relative_to(ROOT / "seqdl_core").parts[0].removesuffix(".py")


@_each(_CORE)
def test_the_core_follows_the_table(path: Path) -> None:
    room = _room(path)
    allowed = _BELOW[room] | {room, "__version__"}
    for name in _imported(path):
        parts = name.split(".")
        assert parts[0] not in ("streamlit", "pages", "app"), f"the core knows no pages: {name}"
        if parts[0] == "seqdl_core":
            assert parts[1] in allowed, f"{room} may not import {name}"


@_each([path for path in _CORE if _room(path) == "figures"])
def test_figures_know_no_model(path: Path) -> None:
    allowed = {"numpy", "pandas", "plotly", "logomaker", "matplotlib", "seqdl_core", "jaxtyping"}
    for name in _imported(path):
        top = name.split(".")[0]
        assert top in allowed or top in _STANDARD, f"a figure may not import {name}"


@_each(_PAGES)
def test_pages_know_no_torch(path: Path) -> None:
    allowed = {"streamlit", "pages", "seqdl_core", "pandas", "plotly", "numpy", "fontTools"}
    for name in _imported(path):
        top = name.split(".")[0]
        assert top in allowed or top in _STANDARD, f"a page may not import {name}"
        assert top != "app"


@_each([*_CORE, *_PAGES])
def test_modules_stay_readable(path: Path) -> None:
    text = path.read_text("utf-8")
    lines = len(text.splitlines())
    is_page = path.is_relative_to(ROOT / "pages") and "_ui" not in path.parts
    assert lines <= (120 if is_page else 400), f"{lines} lines: look for the second subject"
    assert ast.get_docstring(_tree(path)), "every module says in a docstring what it is for"
    assert path.stem not in {"utils", "helpers", "common", "misc", "base", "manager"}
    assert "from __future__ import annotations" not in text or is_page


@_each([*_CORE, *_PAGES])
def test_nothing_that_runs_what_people_bring(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.keyword):
            assert node.arg not in ("unsafe_allow_html", "allow_pickle", "shell") or (
                isinstance(node.value, ast.Constant) and node.value.value is False
            ), f"{node.arg} is not to be switched on"
        if isinstance(node, ast.Call) and not _reads_tensors_only(node):
            assert ast.unparse(node.func) not in (
                "eval",
                "exec",
                "torch.load",
                "pickle.load",
                "pickle.loads",
                "yaml.load",
            )


@_each([*_CORE, *_PAGES])
def test_code_that_people_bring_runs_in_one_place(path: Path) -> None:
    """A network of one's own, where the administrator allows it."""
    if path == ROOT / "seqdl_core" / "own_networks" / "running.py":
        return
    for node in ast.walk(_tree(path)):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        assert name not in ("exec_module", "load_module", "spec_from_loader", "spec_from_file_location", "runpy")


def _reads_tensors_only(node: ast.Call) -> bool:
    """torch's restricted reader, switched on in so many words; it refuses whatever is not a tensor."""
    return ast.unparse(node.func) == "torch.load" and any(
        word.arg == "weights_only" and ast.unparse(word.value) == "True" for word in node.keywords
    )


_STANDARD = __import__("sys").stdlib_module_names
