"""Orders: from what a person chose to a checked ``run.json``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seqdl_core.config import Config, fields_of, idle_settings, parse, problems_of, together, unknown_setting
from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import ConfigError, DataError
from seqdl_core.runs.records import RunSpec, now
from seqdl_core.training.config import TrainingConfig

if TYPE_CHECKING:  # pages ask for titles before torch is loaded
    from seqdl_core.models import Architecture


def new_spec(
    *,
    run_id: str,
    owner: str,
    name: str,
    architecture: str,
    architecture_config: Mapping[str, Any],
    training: Mapping[str, Any],
    dataset: Dataset,
    data: str | None = None,
    jaspar: str = "",
    fold: int = 0,
    task: str = "",
) -> RunSpec:
    """Check an order and write every setting out, the defaults too.

    Args:
        data: how ``run.json`` names the dataset's folder; by default its absolute path.
        fold: the fold that tests in this dataset, from 1; 0 where no folds take turns.
        task: as :func:`learned_as` takes it.

    Raises:
        UnknownName: for an architecture or JASPAR motif that is not there.
        ConfigError: for settings that are unknown or out of bounds, an architecture that does not suit the data, or a
            training that would not fit the memory that is free now.
        DataError: when the dataset has no test part.
        RunError: when the device that was asked for is not there.
    """
    from seqdl_core.own_networks import architecture_named, title
    from seqdl_core.runs.fitting import require_fit

    chosen = architecture_named(architecture)
    dataset = learned_as(dataset, task)
    info = dataset.info
    for what, wanted, offered in (("task", info.task, chosen.tasks), ("alphabet", info.alphabet, chosen.alphabets)):
        if wanted not in offered:
            raise ConfigError(
                f"The architecture '{title(chosen.name)}' does not know the {what} '{wanted}' of this data set.",
                where=f"architecture {title(chosen.name)}",
                fix=f"It knows {', '.join(offered)}. Choose another architecture or other data.",
            )
    require_test_part(dataset)
    settings, config = _parsed(chosen, architecture_config, training)
    _require_sense(settings, dataset)
    if jaspar:
        from seqdl_core.sequences.motifs import jaspar as find_motif

        find_motif(jaspar)
    own, plain = config.model_dump(mode="json"), settings.model_dump(mode="json")
    require_fit(info, chosen.name, own, plain)
    return RunSpec(
        id=run_id,
        owner=owner,
        name=_told_apart(name.strip(), fold) or f"{info.name} · {title(chosen.name)}",
        architecture=chosen.name,
        architecture_config=own,
        training=plain,
        data=data if data is not None else str(dataset.folder.absolute()),
        data_hash=dataset.hash,
        jaspar=jaspar,
        fold=fold,
        task=info.task,
        created=now(),
    )


def _parsed(
    chosen: "Architecture", architecture: Mapping[str, Any], training: Mapping[str, Any]
) -> tuple[TrainingConfig, Config]:
    """The settings of training and of the network; what is wrong with either is told at once."""
    from seqdl_core.own_networks import title

    name = title(chosen.name)
    problems = problems_of(TrainingConfig, training, where="training")
    problems |= problems_of(chosen.config, architecture, where=name)
    if problems:
        raise together(problems)
    return parse(TrainingConfig, training), parse(chosen.config, architecture)


def learned_as(dataset: Dataset, task: str = "") -> Dataset:
    """A data set as a run means it: with ``masked`` its letters are what is learned, whatever labels it has.

    Sequences without labels are learned from in no other way; otherwise an empty ``task`` is the data set's own.
    """
    info = dataset.info
    if info.task == "masked" or (task != "masked" and (task or info.task) != "unlabelled"):
        return dataset
    letters = tuple(dataset.alphabet.letters)
    changes = {"task": "masked", "negatives": "given", "targets": ("letter",), "label_names": letters, "higher_is": ""}
    return Dataset(dataset.folder, info.model_copy(update=changes), dataset.hash)


def _told_apart(name: str, fold: int) -> str:
    """What a person called the runs, with the fold behind it; a data set's own name tells its fold."""
    return f"{name} (fold {fold})" if name and fold else name


def require_test_part(dataset: Dataset) -> None:
    """Raise DataError where the dataset has no test part."""
    if not dataset.has("test"):
        raise DataError(
            "The data set has no test part, so no result could be told from luck.",
            where=dataset.info.name,
            fix="Import it again with a test file, or let the import hold back a part for the test.",
        )


def _require_sense(settings: TrainingConfig, dataset: Dataset) -> None:
    """Raise ConfigError where a setting was asked for that would do nothing with this data."""
    from seqdl_core.tasks import TASKS, facts_of
    from seqdl_core.training.augmentation import require_no_shift_of_bins

    task, alphabet = TASKS.get(dataset.info.task), dataset.alphabet
    idle = idle_settings(TrainingConfig, {}, facts_of(task, alphabet))
    require_no_shift_of_bins(settings, task)
    if settings.normalisation not in ("auto", "none") and "normalisation" in idle:
        raise ConfigError(
            f"The normalisation '{settings.normalisation}' is for measured values, and this data set has {task.title}.",
            where="normalisation",
            fix="Leave it at auto.",
        )
    if settings.substitution_rate and "substitution_rate" in idle:
        raise ConfigError(
            f"Substitution replaces amino acids, and this data set holds {alphabet.title}.",
            where="substitution_rate",
            fix="Leave it at 0; mutation_rate replaces letters of any alphabet.",
        )


def split_settings(
    settings: Mapping[str, str], architecture: type[Config], *, where: str = "--set"
) -> tuple[dict[str, str], dict[str, str]]:
    """Sort settings into those of the architecture and those of training, by their names.

    Raises:
        ConfigError: for names that neither knows, with the nearest over both, and values out of bounds, all at once.
    """
    of_architecture = {field.name for field in fields_of(architecture)}
    of_training = {field.name for field in fields_of(TrainingConfig)}
    known = of_architecture | of_training
    own = {name: value for name, value in settings.items() if name in of_architecture}
    training = {name: value for name, value in settings.items() if name in of_training - of_architecture}
    problems = {name: unknown_setting(name, known, where=where) for name in settings if name not in known}
    problems |= problems_of(architecture, own, where=where) | problems_of(TrainingConfig, training, where=where)
    if problems:
        raise together(problems)
    return own, training
