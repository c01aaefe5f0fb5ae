"""The model of a run, and whether the file in its folder is the one that the run trained."""

from pathlib import Path

from seqdl_core.errors import ModelFileError
from seqdl_core.model_file import Model, ModelCard, load_model, read_card
from seqdl_core.own_networks import title
from seqdl_core.runs.folder import RunFolder


def trained_model(run: RunFolder) -> Model:
    """The run's own model.

    Raises:
        ModelFileError: where there is none, it is damaged, or it is another than the run trains.
    """
    require_own(run, read_card(run.model_path))
    return load_model(run.model_path)


def require_own(run: RunFolder, card: ModelCard) -> None:
    """Refuse a model file in a run folder that was trained as another network, or on other data.

    Raises:
        ModelFileError: naming both.
    """
    spec = run.spec
    if card.architecture != spec.architecture:
        what = f"The model file is {title(card.architecture)}, and the run is {title(spec.architecture)}."
    elif card.data_hash != spec.data_hash:
        what = "The model file was trained on other data than the run has: their hashes differ."
    elif different := [name for name, value in spec.architecture_config.items()
                       if card.architecture_config.get(name) != value]:  # fmt: skip
        name = different[0]
        theirs, ours = card.architecture_config.get(name), spec.architecture_config[name]
        what = f"The model file was trained with {name} = {theirs}, and the run has {name} = {ours}."
    else:
        return
    raise ModelFileError(
        what,
        where=str(run.model_path),
        fix="Put the run's own model file back, or ask this one outside the run folder: predict FILE.",
    )


def require_own_where_a_run_lies(folder: Path) -> None:
    """The same for a folder that may be a run's.

    Raises:
        ModelFileError: as :func:`require_own`.
        RunError: where the folder's ``run.json`` is damaged.
    """
    if (folder / "run.json").is_file():
        run = RunFolder.open(folder)
        require_own(run, read_card(run.model_path))
