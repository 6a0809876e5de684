"""Everything the coach knows of one runner across runs, as one value that can be written down and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from cuecoach.coaching.longest_run import PastRun
from cuecoach.coaching.programme_state import PlanState
from cuecoach.coaching.words_known import WordsKnown
from cuecoach.errors import UsageError
from cuecoach.signals.normals import Normals
from cuecoach.signals.normals_json import block, count, items, normals_from_json, normals_to_json

#: The form of the JSON; another number when an older program could misread it.
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of one runner.

    Attributes
    ----------
    normals
        What is normal, by sensor and metric.
    words
        Which words helped.
    plan
        Where the programme stands; None without one.
    told
        What was said once and need not be said again, by short names.
    calf
        How sore calves or Achilles tendons were when the runner was last asked, 0 to 10; None when nothing is to follow.
    runs
        The runs of the last thirty days that were long enough to count, oldest first.
    """

    normals: Normals = field(default_factory=Normals)
    words: WordsKnown = field(default_factory=WordsKnown)
    plan: PlanState | None = None
    told: tuple[str, ...] = ()
    calf: int | None = None
    runs: tuple[PastRun, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return what :meth:`from_json` reads: dicts, lists, texts and numbers only."""
        return {
            "version": VERSION,
            "normals": normals_to_json(self.normals),
            "words": self.words.to_json(),
            "plan": None if self.plan is None else self.plan.to_json(),
            "told": list(self.told),
            "calf": self.calf,
            "runs": [run.to_json() for run in self.runs],
        }

    @classmethod
    def from_json(cls, data: object) -> Knowledge:
        """Read what :meth:`to_json` gave.

        Raises
        ------
        UsageError
            When it was written in another form, or a key is unknown, missing or holds something else.
        """
        if isinstance(data, Mapping):
            version = cast("Mapping[str, object]", data).get("version")
            if version != VERSION:
                raise UsageError(f"it has version {version}, and this program reads version {VERSION}")
        whole = block(data, "runner", ("version", "normals"), ("words", "plan", "told", "calf", "runs"))
        words, plan, told = whole.get("words"), whole.get("plan"), items(whole.get("told", []), "told")
        if not all(isinstance(each, str) for each in told):
            raise UsageError("`told` must be a list of texts")
        calf = whole.get("calf")
        if calf is not None and count(calf, "calf") > 10:
            raise UsageError("`calf` must be a number from 0 to 10")
        return cls(
            normals=normals_from_json(whole["normals"]),
            words=WordsKnown() if words is None else WordsKnown.from_json(words),
            plan=None if plan is None else PlanState.from_json(plan),
            told=tuple(cast("list[str]", told)),
            calf=None if calf is None else count(calf, "calf"),
            runs=tuple(PastRun.from_json(run) for run in items(whole.get("runs", []), "runs")),
        )
