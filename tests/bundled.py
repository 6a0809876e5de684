"""Bundled set-ups and their rules, read once for all tests of a process. Both are frozen, so they may be shared."""

from functools import cache

from cuecoach.config import RunConfig, load_config
from cuecoach.rules import Rule, load_cues


@cache
def config_of(name: str) -> RunConfig:
    return load_config(name)


@cache
def rules_of(*cues: str) -> tuple[Rule, ...]:
    return load_cues(cues)
