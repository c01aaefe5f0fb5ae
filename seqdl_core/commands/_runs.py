"""What the commands about runs say at their end."""

from typing import Any

from seqdl_core.evaluation.metrics import Interval
from seqdl_core.evaluation.wording import interval_text
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.results import judgement_of


def summary(run: RunFolder) -> dict[str, Any]:
    """What a script wants to know about a run that just ended."""
    status, judgement = run.status(), judgement_of(run)
    fold = {"fold": run.spec.fold} if run.spec.fold else {}
    return {
        "run": str(run.path),
        **fold,
        "state": status.state,
        "model": str(run.model_path) if run.model_path.is_file() else None,
        "epochs": status.epoch,
        "memory_mb": round(status.memory_mb, 1),
        "metrics": judgement.to_json()["metrics"] if judgement else None,
        "verdict": judgement.verdict if judgement else None,
    }


def show_summary(result: dict[str, Any]) -> str:
    """The same for a person."""
    if result["state"] != "finished":
        return f"The run is {result['state']}. Go on with: python -m seqdl_core resume {result['run']}"
    lines = [f"{name:<11} {interval_text(interval_of(interval))}" for name, interval in result["metrics"].items()]
    return "\n".join([result["verdict"], *lines, f"model       {result['model']}"])


def interval_of(plain: dict[str, float | None]) -> Interval:
    """An interval as JSON holds it."""
    return Interval(plain["value"], plain["low"], plain["high"])
