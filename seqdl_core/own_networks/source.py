"""What a file of one's own says without being run: whether it is Python, which class is its network, what it is for."""

import ast

from seqdl_core.errors import ConfigError

MOST_BYTES = 1_000_000
ARGUMENTS = ("letters", "length", "targets")
"""What the constructor of a network is called with: A, L and T."""

EXAMPLE = """\
from torch import nn

class MotifNet(nn.Module):
    '''Counts motifs wherever they stand.'''

    def __init__(self, letters, length, targets):
        super().__init__()
        self.scan = nn.Conv1d(letters, 16, 9)
        self.score = nn.Linear(16, targets)

    def forward(self, one_hot):  # (N, letters, length)
        found = self.scan(one_hot).relu().amax(2)
        return self.score(found)  # (N, targets)
"""
"""The shortest file that holds what a network of one's own needs; where it has a child of Config, its constructor also
takes ``config``."""

_CONTRACT = "class MotifNet(nn.Module) with __init__(self, letters, length, targets)"


def name_in(source: bytes, where: str) -> str:
    """The name of the one class whose constructor takes letters, length and targets; other classes are its parts.

    Raises:
        ConfigError: where the file is too large, is not Python, or holds no such class or several.
    """
    found = _networks(source, where)
    if not found:
        raise ConfigError(
            "No class of the file is a network: none has a constructor that takes letters, length and targets.",
            where=where,
            fix=f"Write one, such as {_CONTRACT}.",
        )
    if len(found) > 1:
        raise ConfigError(
            f"{len(found)} classes of the file take letters, length and targets: "
            f"{', '.join(one.name for one in found[:4])}.",
            where=f"{where}, line {found[1].lineno}",
            fix="Keep one network in the file; the constructors of its parts take other arguments.",
        )
    name = found[0].name
    if not (name.isascii() and len(name) <= 64):
        raise ConfigError(
            "The name of the network is too long, or has other letters than A to Z, digits and _.",
            where=f"{where}, line {found[0].lineno}",
            fix="Give the class a name such as MotifNet.",
        )
    return name


def summary_in(source: bytes, where: str) -> str:
    """The first line of what the file, or its network, says of itself; "" where it says nothing."""
    said = ast.get_docstring(_tree(source, where)) or ast.get_docstring(_networks(source, where)[0]) or ""
    return said.partition("\n")[0].strip()[:200]


def _networks(source: bytes, where: str) -> list[ast.ClassDef]:
    return [one for one in _tree(source, where).body if isinstance(one, ast.ClassDef) and _takes_a_shape(one)]


def _takes_a_shape(one: ast.ClassDef) -> bool:
    for part in one.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            taken = {argument.arg for argument in (*part.args.args, *part.args.kwonlyargs)}
            return taken.issuperset(ARGUMENTS)
    return False


def _tree(source: bytes, where: str) -> ast.Module:
    if len(source) > MOST_BYTES:
        raise ConfigError(
            "The file is larger than 1 MB, which no source of a network is.",
            where=where,
            fix="Bring the Python file that defines the network; weights are trained here.",
        )
    try:
        return ast.parse(source.decode("utf-8-sig"))
    except SyntaxError as slip:
        raise ConfigError(
            f"The file is not Python: {slip.msg}.",
            where=f"{where}, line {slip.lineno}",
            fix="Mend the line; python FILE.py names it too.",
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise ConfigError(
            "The file is not Python: it holds other than UTF-8 text, or is nested too deeply.",
            where=where,
            fix="Bring the Python file that defines the network.",
        ) from None
