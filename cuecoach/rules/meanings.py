"""What every word of the cue language means, in a line each: for the hover of an editor and the reference page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Settings at the top of a file.
FILE_SETTINGS: Final[Mapping[str, str]] = {
    "version": "The version of the cue language: `1`.",
    "language": "The language the words are written in, as a code: `en`, `de`, `pt-BR`.",
    "rules": "The rules, each under its name: small letters, digits and `-`, at most 40 characters, like `run-tall`.",
}

#: Settings of a rule.
SETTINGS: Final[Mapping[str, str]] = {
    "extends": (
        "Takes another rule and changes only the settings given here: `posture/run-tall` of a bundled file, `run-tall` of this "
        "file, or `other.yaml/run-tall` of a file beside it."
    ),
    "about": "What the rule is for, in one line.",
    "focus": (
        "One word for a group of rules, such as `cadence`, `posture`, `hips`, `lean`, `bounce`, `symmetry` or `fatigue`; "
        "a config can let only one group speak."
    ),
    "when": "A question about the moment. While the answer is yes, the rule has a reason to speak.",
    "for": "How long `when` must hold, short dips apart; 0 s to 10 min. Ten seconds or more is steady.",
    "until": (
        "What ends the rule once it is active; without it, that `when` is no longer true. Halfway back is a good start."
    ),
    "only_if": "A gate: outside of this the rule rests, and its hold starts anew.",
    "cooldown": "Silence after the last time it was heard, counted from the start of the sound; 0 s to 1 h.",
    "limit": "How often at most: `2 per km`, `4 per run` or `10 per hour`.",
    "priority": "Which rule speaks when two are due: `urgent` before `high` before `normal` before `low`.",
    "say": "One wording, or a list of them, best first. Five words at most are easily taken in.",
    "play": (
        "A recording beside the file, in place of the voice: `run-tall.wav`, or `sounds/run-tall.wav`. WAV, FLAC or Ogg, "
        "0.2 s to 5 s long."
    ),
    "if_no_change": "What follows when the words under `say` were heard and the metric did not move.",
    "beat": "A length, 5 s to 10 min: answer with a beat to step to first, with words only if that did not help.",
    "praise": "Said when it is mended soon after the cue.",
    "repeat": "`false`: only once until it is mended and comes back.",
    "evidence": (
        "How well it is supported: `A` a randomised trial or a summary of trials, `B` a controlled or small trial, "
        "`C` observation or experts, `D` a choice without direct evidence."
    ),
    "because": "The reason, with its source, in a few words.",
    "enabled": "`false`: stays in the file and is silent.",
}

#: Settings inside a block of a rule.
BLOCKS: Final[Mapping[str, Mapping[str, str]]] = {
    "if_no_change": {
        "say": "Other wordings, tried in turn.",
        "drill": "A short exercise, step by step: up to five steps of at most five words.",
    },
    "say": {
        "play": "A recording beside the file.",
        "text": "What is shown while it plays; the file's name unless said.",
    },
}

#: Functions: how each is written, and what it gives. `min` and `max` have two ways.
FUNCTIONS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "mean": (("mean(cadence, 30 s)", "average of the last 30 s"),),
    "median": (("median(cadence, 30 s)", "middle value of the last 30 s"),),
    "min": (
        ("min(cadence, 30 s)", "lowest value of the last 30 s"),
        ("min(a, b)", "the smallest of two or more values; unknown ones are skipped"),
    ),
    "max": (
        ("max(cadence, 30 s)", "highest value of the last 30 s"),
        ("max(a, b)", "the largest of two or more values; unknown ones are skipped"),
    ),
    "sd": (("sd(cadence, 60 s)", "spread (standard deviation) of the last 60 s; needs three values"),),
    "slope": (("slope(pelvic_tilt, 5 min)", "how fast it changes, by a straight line; compare with `0.5 deg/min`"),),
    "last": (("last(cadence)", "the newest value, not smoothed"),),
    "abs": (("abs(x)", "the size of a value, without its sign"),),
    "count": (("count(a, b, c)", "how many of two to eight conditions are true; compare with a number: `>= 2`"),),
    "baseline": (("baseline(cadence)", "your own usual of a metric you name"),),
    "start": (("start(cadence)", "how this run started, of a metric you name"),),
    "noise": (("noise(cadence)", "the usual wobble of a metric you name"),),
    "target": (("target(cadence)", "what the plan asks of a metric you name"),),
}

#: What a value is compared with. Each means the one metric of its comparison.
REFERENCES: Final[Mapping[str, str]] = {
    "baseline": "your own usual at this speed and sensor place, learnt from uncued running",
    "start": "the middle value of minutes 6 to 10 of this run, while running",
    "noise": "how much the smoothed value wobbles in your steady running",
    "target": "what the plan asks now; only cadence has one",
}

#: Names that are neither metrics nor references nor states.
OTHERS: Final[Mapping[str, str]] = {
    "elapsed": "the time since the start of the run",
    "distance": "the way so far; it needs a speed",
}

#: Yes-or-no facts.
STATES: Final[Mapping[str, str]] = {
    "running": "the runner runs",
    "walking": "the runner walks",
    "still": "the runner stands",
    "surging": "clearly faster than the easy speed, for 15 s",
    "climbing": "the ground rises by more than `max_grade` of the config",
    "beating": "a beat is being heard",
}

#: Why a rule speaks or is silent.
REASONS: Final[Mapping[str, str]] = {
    "not met": "`when` is not true",
    "holding": "`when` is true, `for` is not over",
    "due": "it wants to speak now",
    "cooling down": "heard not long ago",
    "limit reached": "its own limit, or the most per kilometre or run",
    "gated": "the coach is silent now (warm-up, walking …) or `only_if` is not true",
    "no fresh data": "a sensor's value is missing; it says which",
    "baseline not ready": "baseline, start or target is not known yet; it says which",
    "spoken": "it spoke, or laid a beat",
    "outranked": "another rule speaks now",
    "too soon after another cue": "the voice is busy, the gap between cues is not over, or its own beat still sounds",
    "expired": "the cue could not start in time",
    "faded": "the plan keeps the coach silent now; it says why",
    "not in focus": "the config lets only another group speak",
    "muted by the runner": "the runner asked for quiet",
    "sensor slipped": "a sensor moved on the body; what its angles tell is silent until it is calibrated again",
    "no change": "everything it has was heard, and the metric did not move; silent for the rest of the run",
    "nearly mended": "it was heard, and little of the fault is left: the next cue waits for up to twice the cooldown",
    "withheld": "left unsaid by chance, to see what happens without a cue (`response: {withhold: ...}`, or the plan)",
    "reminded": "the plan asked for its anchor phrase; nothing was wrong",
}
