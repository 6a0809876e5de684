"""Properties of the expression language, for any text and any tree."""

from __future__ import annotations

import itertools
import math

import pytest
from fake_context import FakeContext
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.rules import explain
from cuecoach.rules.check import resolve
from cuecoach.rules.compile import DATA, REFERENCE
from cuecoach.rules.expression import compile_expression
from cuecoach.rules.lexer import ExpressionError, Problem
from cuecoach.rules.parser import parse
from cuecoach.rules.tree import to_text
from cuecoach.rules.words import plain

_UNITS = st.sampled_from([None, "deg", "s", "min", "spm", "%", "m/s", "km/h", "deg/min", "mm", "W"])
_NUMBERS = st.integers(0, 99_999).map(lambda n: f"{n / 1000:g}")
_NAMES = st.sampled_from(["cadence", "pelvic_tilt", "target", "baseline", "running", "elapsed", "nonsense", "x_1"])
_ATOMS = st.one_of(_NAMES, st.builds(lambda n, u: f"{n} {u}" if u else n, _NUMBERS, _UNITS))


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sign = st.sampled_from(["+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or"])
    return st.one_of(
        st.builds(lambda a, s, b: f"{a} {s} {b}", inner, sign, inner),
        st.builds(lambda a: f"({a})", inner),
        st.builds(lambda a: f"not ({a})", inner),
        st.builds(lambda a: f"-({a})", inner),
        st.builds(
            lambda f, a, b: f"{f}({a}, {b})", st.sampled_from(["min", "max", "mean", "count", "foo"]), inner, inner
        ),
    )


TEXTS = st.recursive(_ATOMS, _bigger, max_leaves=12)


@settings(deadline=None)
@given(TEXTS)
def test_printing_and_parsing_again_gives_the_same_tree(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError:
        return
    assert parse(to_text(tree)) == tree


@settings(deadline=None)
@given(
    st.one_of(TEXTS, st.text(max_size=60), st.text(alphabet="acdnet_0123456789.,%()<>=!+-*/ \tspmr°\"'", max_size=60))
)
def test_any_text_compiles_or_says_where_it_is_wrong(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        expression = compile_expression(text)
    except ExpressionError as error:
        problems = error.problems
        expression = None
    for problem in problems:
        assert 0 <= problem.start < problem.end <= len(text) + 1
        assert problem.message
    if expression is None:
        assert problems
        return
    assert expression.evaluate(FakeContext(metrics={"cadence": 170.0})) in (True, False, None)
    assert expression.describe(FakeContext())
    assert plain(parse(text))


# ------------------------------------------------------------ compiled closures against the slow walk
_TERMS = st.recursive(
    st.sampled_from(
        [
            "cadence",
            "baseline(cadence)",
            "start(cadence)",
            "target(cadence)",
            "mean(cadence, 30 s)",
            "last(cadence)",
            "170 spm",
            "3 spm",
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda a, s, b: f"({a} {s} {b})", inner, st.sampled_from("+-"), inner),
        st.builds(lambda a, s, n: f"({a} {s} {n} %)", inner, st.sampled_from("+-"), st.integers(0, 50)),
        st.builds(lambda a, s, n: f"({a} {s} {n})", inner, st.sampled_from("*/"), st.integers(1, 5)),
        st.builds(
            lambda f, a: f"{f}({', '.join(a)})",
            st.sampled_from(["min", "max"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        st.builds(lambda a: f"abs(-{a})", inner),
    ),
    max_leaves=5,
)
_QUESTIONS = st.recursive(
    st.one_of(
        st.sampled_from(["running", "surging"]),
        st.builds(lambda a, s, b: f"{a} {s} {b}", _TERMS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), _TERMS),
        st.builds(lambda a, b, c: f"{a} < {b} <= {c}", _TERMS, _TERMS, _TERMS),
    ),
    lambda inner: st.one_of(
        st.builds(lambda a, w, b: f"({a}) {w} ({b})", inner, st.sampled_from(["and", "or"]), inner),
        st.builds(lambda a: f"not ({a})", inner),
        st.builds(
            lambda parts, s, n: f"count({', '.join(parts)}) {s} {n}",
            st.lists(inner, min_size=2, max_size=3),
            st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
            st.integers(0, 3),
        ),
    ),
    max_leaves=4,
)
_VALUES = st.one_of(st.none(), st.integers(150, 190).map(float))
_CONTEXTS = st.builds(
    lambda m, b, s, t, w, n, r, u: FakeContext(
        {"cadence": m}, {"cadence": b}, {"cadence": s}, {}, {"cadence": t}, {("mean", "cadence", 30.0): w},
        {"cadence": n}, {"running": r, "surging": u},
    ),
    _VALUES, _VALUES, _VALUES, _VALUES, _VALUES, _VALUES,
    st.sampled_from([True, False, None]), st.sampled_from([True, False, None]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(_QUESTIONS, _CONTEXTS)
def test_the_compiled_answer_is_that_of_the_slow_walk(text: str, context: FakeContext) -> None:
    if len(text) > 500:
        return
    expression = compile_expression(text)
    term, _ = resolve(parse(text), text)
    assert term is not None
    answer = explain.answer(term, context)
    assert expression.evaluate(context) is answer
    # Something is named as missing exactly when the answer is unknown, and its kind agrees.
    missing = expression.missing(context)
    assert bool(missing) is (answer is None)
    if answer is None:
        stale = {kind for kind, _ in missing} & {"metric", "state", "distance"}
        assert expression.blame(context) == (DATA if stale else REFERENCE)
    assert expression.describe(context)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3),
    st.sampled_from(
        ["{} < 2", "{} <= 1", "{} > 1", "2 <= {}", "{} == 2", "{} != 2", "1 <= {} <= 2", "1 < {} < 2", "{} > 1.5"]
    ),
)
def test_a_count_is_unknown_only_where_the_unknown_could_change_it(states: list[bool | None], asked: str) -> None:
    names = ("climbing", "surging", "beating")
    expression = compile_expression(asked.format(f"count({', '.join(names)})"))
    choices = [(s,) if s is not None else (True, False) for s in states]
    answers = {
        expression.evaluate(FakeContext(states=dict(zip(names, one, strict=True))))
        for one in itertools.product(*choices)
    }
    given_states = dict(zip(names, states, strict=True))
    found = expression.evaluate(FakeContext(states=given_states))
    assert None not in answers
    assert found is (answers.pop() if len(answers) == 1 else None)
    if found is None:
        unknown = [("state", name) for name, state in given_states.items() if state is None]
        assert expression.missing(FakeContext(states=given_states)) == unknown


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_odd_floats_never_raise(odd: float) -> None:
    context = FakeContext(metrics={"cadence": odd}, baselines={"cadence": 170.0})
    for text in (
        "cadence < baseline",
        "cadence / baseline > 1",
        "cadence - cadence > 1 spm",
        "min(cadence, baseline) > 1 spm",
    ):
        expression = compile_expression(text)
        assert expression.evaluate(context) in (True, False, None)
        assert expression.describe(context)
