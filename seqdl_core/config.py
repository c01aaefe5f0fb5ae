"""Configs: one frozen class describes a choice to the form, the command line, the disk and the reader.

    class CnnConfig(Config):
        filters: int = Field(64, ge=4, le=1024, title="Filters", description="How many motifs it may learn.")

``parse`` turns what a person typed into such an object or explains what is wrong; ``fields_of`` lists what a form
draws, and ``idle_settings`` what it leaves out, since it would do nothing:

    k: int = Field(3, ge=1, le=8, title="Word length", json_schema_extra={"counts": {"features": ["words"]}})
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from seqdl_core.errors import ConfigError, suggest


class Config(BaseModel):
    """The parent of every config: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


C = TypeVar("C", bound=Config)


@dataclass(frozen=True)
class ConfigField:
    """One setting as a form or a help text needs it.

    ``kind`` is ``int``, ``float``, ``bool``, ``str``, ``choice`` or ``list``; ``low`` and ``high`` are the bounds;
    ``words`` is what a form calls each of the ``choices``.

    ``counts`` says when the setting does something: where one of these conditions holds; always where there is none. A
    condition names other settings, or facts of the data (:data:`FACTS`), each with a list of the values that will do or
    the least that will; of a list of names the least number of them. A setting declares one condition, or a list of
    them, as ``json_schema_extra={"counts": ...}``.
    """

    name: str
    title: str
    help: str
    kind: str
    default: Any
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    words: tuple[str, ...]
    advanced: bool
    counts: tuple[Mapping[str, Any], ...] = ()


FACTS = ("output", "alphabet", "both_ways", "normalises")
"""What a setting may count for beside other settings; :func:`seqdl_core.tasks.facts_of` tells them of some data.

``output``: ``sequence``, ``positions``, ``letters`` (hidden ones), ``bins`` or ``pairs``. ``alphabet``: ``dna``,
``rna`` or ``protein``. ``both_ways``: whether a sequence and its reverse complement mean the same. ``normalises``:
whether the targets are measured values.
"""


def fields_of(config: type[Config]) -> list[ConfigField]:
    """Describe every setting of a config class, in the order it declares them."""
    return [_describe(name, field) for name, field in config.model_fields.items()]


def idle_settings(config: type[Config], values: Mapping[str, Any], facts: Mapping[str, Any]) -> frozenset[str]:
    """The settings that do nothing for such data beside these values; the default stands for a value that is missing.

    Args:
        values: as a form holds them: numbers as numbers, lists as lists or as the text that was typed.
        facts: a value for each of :data:`FACTS`.
    """
    fields = fields_of(config)
    known = {field.name: _read(field, values.get(field.name, field.default)) for field in fields} | dict(facts)
    return frozenset(one.name for one in fields if one.counts and not any(_holds(each, known) for each in one.counts))


def _holds(condition: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    for name, wanted in condition.items():
        value = known[name]
        if isinstance(wanted, list):
            enough = value in wanted
        else:
            enough = (len(value) if isinstance(value, list | tuple) else value) >= wanted
        if not enough:
            return False
    return True


def _describe(name: str, field: FieldInfo) -> ConfigField:
    bounds: dict[str, float] = {}
    for constraint in field.metadata:
        for key in ("ge", "gt", "le", "lt"):
            value = getattr(constraint, key, None)
            if value is not None:
                bounds[key] = value
    choices: tuple[str, ...] = ()
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        kind, choices = "choice", tuple(str(choice) for choice in get_args(annotation))
    elif get_origin(annotation) in (tuple, list):
        kind = "list"
    elif annotation in (int, float, bool, str):
        kind = annotation.__name__
    else:
        raise TypeError(f"setting {name!r} has type {annotation!r}, which no form can draw")
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    counts: Any = extra.get("counts", ())
    return ConfigField(
        name=name,
        title=field.title or name.replace("_", " ").capitalize(),
        help=field.description or "",
        kind=kind,
        default=field.default,
        low=bounds.get("ge", bounds.get("gt")),
        high=bounds.get("le", bounds.get("lt")),
        choices=choices,
        words=tuple(map(str, words)) if isinstance(words := extra.get("words"), list) else choices,
        advanced=bool(extra.get("advanced", False)),
        counts=(counts,) if isinstance(counts, dict) else tuple(counts),
    )


def parse(config: type[C], values: Mapping[str, Any], *, where: str = "") -> C:
    """Build a config from what a person chose; text is read as the setting's type ("0.2" as 0.2, "5,3" as a list).

    Raises:
        ConfigError: for unknown names (each with the nearest) and values outside their bounds, all of them at once.
    """
    found, problems = _parsed(config, values, where)
    if found is None:
        raise together(problems)
    return found


def problems_of(config: type[Config], values: Mapping[str, Any], *, where: str = "") -> dict[str, ConfigError]:
    """What :func:`parse` would refuse, by the name of the setting; "" where it is none alone."""
    return _parsed(config, values, where)[1]


def together(problems: Mapping[str, ConfigError]) -> ConfigError:
    """Errors about several settings told as one, each with its own way out."""
    if len(problems) == 1:
        return next(iter(problems.values()))
    fixes = [f"{name}: {problem.fix}" if name else problem.fix for name, problem in problems.items() if problem.fix]
    return ConfigError(
        " ".join(problem.what for problem in problems.values()),
        where="; ".join(dict.fromkeys(problem.where for problem in problems.values() if problem.where)),
        fix=" ".join(fixes),
    )


def _parsed(config: type[C], values: Mapping[str, Any], where: str) -> tuple[C | None, dict[str, ConfigError]]:
    known = {field.name: field for field in fields_of(config)}
    problems = {name: unknown_setting(name, known, where=where) for name in values if name not in known}
    found = None
    try:
        found = config.model_validate({name: _read(known[name], one) for name, one in values.items() if name in known})
    except ValidationError as failure:
        for slip in failure.errors():
            name = str(slip["loc"][0]) if slip["loc"] else ""
            said = slip["msg"].removeprefix("Value error, ")
            if name in problems:  # the second item of a list that is wrong
                continue
            problems[name] = ConfigError(
                f"'{name}' cannot be {values.get(name)!r}: {said[:1].lower()}{said[1:]}." if name else f"{said}.",
                where=f"{where}, setting {known[name].title}" if where and name in known else where,
                fix=_allowed(known[name]) if name in known else "",
            )
    return (None if problems else found), problems


def unknown_setting(name: str, known: Iterable[str], *, where: str = "") -> ConfigError:
    """There is no setting of this name; the nearest of those there are is suggested."""
    return ConfigError(f"There is no setting called '{name}'.", where=where, fix=suggest(name, known))


def parse_assignments(pairs: Sequence[str], *, where: str = "--set") -> dict[str, str]:
    """Read ``["filters=32", "dropout=0.1"]`` into a mapping."""
    values: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise ConfigError(
                f"'{pair}' is not a setting.", where=where, fix="Write it as name=value, such as dropout=0.1."
            )
        values[name.strip()] = value.strip()
    return values


def _read(field: ConfigField, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if field.kind == "list":
        return [part.strip() for part in value.strip("[]() ").split(",") if part.strip()]
    return value.strip()


def _allowed(field: ConfigField) -> str:
    if field.choices:
        return f"Choose one of: {', '.join(field.choices)}."
    if field.low is not None and field.high is not None:
        return f"Give a value from {field.low:.12g} to {field.high:.12g}; the default is {field.default}."
    return f"The default is {field.default}." if field.default not in ("", ()) else "Leave it out for the default."
