"""From what is written, by a rule and the rules it extends, to one frozen rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cuecoach.diagnostics import Diagnostic, has_errors
from cuecoach.rules.expression import Expression
from cuecoach.rules.lints import lint
from cuecoach.rules.model import RuleModel, Sound
from cuecoach.rules.recordings import shown_text
from cuecoach.rules.rule import PRIORITIES, NoChange, Recording, Rule
from cuecoach.rules.written import EXPRESSIONS, Written


def assemble(chain: Sequence[Written]) -> tuple[Rule | None, list[Diagnostic]]:
    """Put a rule together.

    Parameters
    ----------
    chain
        The rule it begins with first, the rule itself last; the bases are without errors.

    Returns
    -------
    tuple
        The rule, None when it cannot be used; and everything that is to be said about it.
    """
    own = chain[-1]
    found = list(own.problems)
    model = _merged(chain)
    found += _lacking(own, model)
    if own.model is None or model is None or has_errors(found):
        return None, found
    expressions = {name: expression for name in EXPRESSIONS if (expression := _expression(chain, name)) is not None}
    say, recordings, problems = _wordings(chain, model)
    found += problems
    if "when" not in expressions or has_errors(found):
        return None, found
    more = model.if_no_change
    rule = Rule(
        id=own.id,
        when=expressions["when"],
        about=model.about,
        focus=model.focus,
        hold_s=model.hold_s,
        until=expressions.get("until"),
        only_if=expressions.get("only_if"),
        cooldown_s=model.cooldown,
        limit=model.limit,
        priority=PRIORITIES[model.priority],
        say=say,
        if_no_change=NoChange(_tidy(more.say), _tidy(more.drill)) if more else None,
        recordings=recordings,
        language=_origin(chain, "say").language,
        beat_s=model.beat,
        praise=model.praise,
        repeat=model.repeat,
        evidence=model.evidence,
        because=model.because,
        enabled=model.enabled,
        path=own.document.path,
        line=own.document.locate(own.at, "key").line,
    )
    return rule, [*found, *lint(own.document, rule)]


def _merged(chain: Sequence[Written]) -> RuleModel | None:
    """Return the settings of all, the later ones over the earlier ones; an empty setting takes one away."""
    out: RuleModel | None = None
    for written in chain:
        model = written.model
        if model is None:
            return None
        given = {name: getattr(model, name) for name in model.model_fields_set}
        if "say" in given and "play" not in given:
            given["play"] = None  # It was the sound of other words.
        out = model if out is None else out.model_copy(update=given)
    return out


def _origin(chain: Sequence[Written], setting: str) -> Written:
    """Return who gave a setting; the first of the chain when nobody did."""
    return next((w for w in reversed(chain) if w.gives(setting)), chain[0])


def _expression(chain: Sequence[Written], name: str) -> Expression | None:
    return _origin(chain, name).expressions.get(name)


def _lacking(own: Written, model: RuleModel | None) -> Iterator[Diagnostic]:
    raw = own.document.get(own.at)
    if not isinstance(raw, dict):
        return
    if "when" in raw and raw["when"] is None and (*own.at, "when") not in own.document.poisoned:
        mend = "write for example `when: pelvic_tilt > start + 3 deg`"
        yield own.document.problem(104, "`when` is empty", (*own.at, "when"), part="key", help=mend)
    elif "when" not in raw and (model.when is None if model else "extends" not in raw):
        mend = "write for example `when: pelvic_tilt > start + 3 deg`"
        yield own.document.problem(101, "`when` is missing", own.at, part="key", help=mend)
    heard = ("say", "play", "beat")
    silent = not (model.say or model.play or model.beat) if model else "extends" not in raw
    if silent and not any(name in raw for name in heard):
        mend = "write for example `say: Run tall`"
        yield own.document.problem(109, f"`{own.id}` has nothing to say", own.at, part="key", help=mend)


def _wordings(
    chain: Sequence[Written], model: RuleModel
) -> tuple[tuple[str, ...], dict[str, Recording], list[Diagnostic]]:
    """Return the texts, which of them are recordings, and what does not fit together."""
    own, said, played = chain[-1], _origin(chain, "say"), _origin(chain, "play")
    texts: list[str] = []
    recordings: dict[str, Recording] = {}
    problems: list[Diagnostic] = []
    for wording in model.say:
        if not isinstance(wording, Sound):
            texts.append(" ".join(wording.split()))
            continue
        text = " ".join((wording.text or shown_text(wording.play)).split())
        recording = said.sounds[wording.play]
        if recordings.setdefault(text, recording) != recording:
            message = f"two recordings are both shown as `{text}`"
            problems.append(own.document.problem(105, message, (*own.at, "say"), help="give each a `text` of its own"))
        texts.append(text)
    if model.play is not None:
        if not texts:
            texts.append(shown_text(model.play))
        elif texts[0] in recordings and said is played:
            message = f"`play` and the first wording both name a recording for `{texts[0]}`"
            problems.append(own.document.problem(105, message, (*own.at, "play"), help="leave one of them out"))
        recordings[texts[0]] = played.sounds[model.play]
    return tuple(texts), recordings, problems


def _tidy(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(text.split()) for text in texts)
