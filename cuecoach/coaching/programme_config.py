"""What a plan makes of a run: its config, and the programme that goes along with it."""

from __future__ import annotations

from collections.abc import Collection

from cuecoach.coaching.programme import lesson
from cuecoach.coaching.programme_run import Programme
from cuecoach.coaching.programme_state import PlanState
from cuecoach.config import RunConfig


def planned(
    config: RunConfig, plan: PlanState | None, learnt: Collection[str] | None = None
) -> tuple[RunConfig, Programme | None]:
    """Return the config of a run and its programme; the config as it is and None, when the run is under no plan.

    Parameters
    ----------
    config, plan
        Of the runner.
    learnt
        Metrics of which earlier runs told what is normal; None for any.
    """
    if plan is None or plan.focus is None or plan.today is None:
        return config, None
    return under_plan(config, plan), Programme(
        plan, (), warm_up_s=config.gates.warm_up, seed=config.seed, learnt=learnt
    )


def under_plan(config: RunConfig, plan: PlanState) -> RunConfig:
    """Return the config of a run under this plan: focus, caps where they are lower, what it withholds and asks of cadence.

    Without a plan that knows its day, the config is returned as it is.
    """
    found = None if plan.today is None else lesson(plan, plan.today)
    if found is None or found.kind == "easy":
        return config
    caps = config.caps.model_copy(
        update={
            "per_km": min(config.caps.per_km, found.per_km),
            "per_run": min(config.caps.per_run, found.per_run),
        }
    )
    changes: dict[str, object] = {"caps": caps}
    if found.kind != "upkeep":
        changes["focus"] = plan.focus
        # A beat that is always there would teach nothing but to follow it; one that nobody wanted stays off.
        changes["metronome"] = "off" if found.beat is None or config.metronome == "off" else "when needed"
    if found.withhold is not None:
        changes["response"] = config.response.model_copy(update={"withhold": 100 * found.withhold})
    if found.raise_percent is not None and config.cadence.target is None:
        changes["cadence"] = config.cadence.model_copy(update={"raise_": found.raise_percent})
    return config.model_copy(update=changes)
