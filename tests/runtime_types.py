"""The checker that holds every annotation of the core, shapes included, to its word while tests run.

``install`` hooks the import of the core. Jaxtyping compares shapes between the arguments of a call and its return; for
that it binds the arguments of every call anew, which costs some twenty times the check itself. A function whose
annotations hold no shape has nothing to compare, so the same checker wraps it alone.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, get_args

import jaxtyping
from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True, violation_type=jaxtyping.TypeCheckError))
_with_shapes = jaxtyping.jaxtyped


def install(package: str) -> None:
    """Check the annotations of every module of this package that is imported from now on."""
    jaxtyping.jaxtyped = _decorator  # what the hook writes above every function and class
    jaxtyping.install_import_hook(package, f"{__name__}.check")


def _decorator(function: Any = None, *, typechecker: Any = None) -> Any:
    if function is None:
        return lambda function: _decorated(function, typechecker)
    return _decorated(function, typechecker)


def _decorated(function: Any, typechecker: Callable[[Any], Any]) -> Any:
    if isinstance(function, FunctionType) and not any(map(holds_shape, function.__annotations__.values())):
        return typechecker(function)
    return _with_shapes(function, typechecker=typechecker)


def holds_shape(annotation: object) -> bool:
    """Whether a shape is in it, however deep; an annotation in quotes may name one."""
    if isinstance(annotation, list):  # the arguments of a Callable
        return any(map(holds_shape, annotation))
    shaped = isinstance(annotation, type) and issubclass(annotation, jaxtyping.AbstractArray)
    return shaped or isinstance(annotation, str) or any(map(holds_shape, get_args(annotation)))
