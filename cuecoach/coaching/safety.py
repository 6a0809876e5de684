"""What the runner says of pain, and what follows for a run: nothing, no raise of the cadence, or no coaching (SAF-1)."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from cuecoach.coaching.programme import BAD_PAIN, MOST_PAIN, SORE_CALF
from cuecoach.config import RunConfig

#: What a run may be: coached as set up, easy without any raise, or not coached at all.
Verdict: TypeAlias = Literal["coach", "easy", "rest"]

#: Said once to every runner. No claim goes further than what trials have shown.
DISCLAIMER: Final = (
    "cuecoach is a training aid, not a medical device. Its angles and steps are estimates of a sensor.",
    "Changing your form moves load from some tissues to others; whether that prevents injuries is not settled.",
    "Stop if it hurts.",
)
#: Who should ask before form is changed at all.
ASK_FIRST: Final = (
    "Not with an injury, within 12 weeks of a stress fracture or an operation, in pregnancy or with pelvic pain after a birth, "
    "with a disease of nerves or balance, with hip or back trouble that grows when you arch or tuck, or under 16, "
    "unless a clinician agrees."
)
#: Said once to every runner who hears the coach.
HEARING: Final = (
    "in traffic hear the road too: wear one earphone, or open ones, and keep the volume low; "
    "`level` of `sound` in the config sets how loud the coach is, and nothing gets louder than that"
)


def verdict(pain: int) -> Verdict:
    """Return what a run may be for someone whom it hurts so much, 0 to 10."""
    if pain >= BAD_PAIN:
        return "rest"
    return "easy" if pain > MOST_PAIN else "coach"


def is_sore(calf: int | None) -> bool:
    """Whether calves or Achilles tendons are too sore for a raise: retraining has shifted injuries there (Chan 2018)."""
    return calf is not None and calf >= SORE_CALF


def raises(config: RunConfig) -> bool:
    """Whether a run set up so may lead the runner to quicker steps by a beat."""
    asked = bool(config.cadence.raise_) or config.cadence.target is not None
    return asked and config.metronome in ("when needed", "always")


def unraised(config: RunConfig) -> RunConfig:
    """Return the config with the runner's own cadence as the target, at every speed."""
    own = config.cadence.model_copy(update={"raise_": 0.0, "target": None})
    return config.model_copy(update={"cadence": own})


def easy(config: RunConfig) -> RunConfig:
    """Return the config without any raise, and with no beat that leads: one that was always there follows the steps."""
    beat = "follow" if config.metronome in ("always", "follow") else "off"
    return unraised(config).model_copy(update={"metronome": beat})
