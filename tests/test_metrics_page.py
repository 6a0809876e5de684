"""The page about metrics describes every metric of the catalogue, with its unit, and its pictures can be shown."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

import pytest

from cuecoach.metrics import METRICS

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
PAGE: Final = (DOCS / "metrics.md").read_text(encoding="utf-8")
PICTURES: Final = re.findall(r"!\[(?P<words>[^\]]+)\]\((?P<file>[^)]+\.svg)\)", PAGE)
_SVG: Final = "{http://www.w3.org/2000/svg}"


def section(heading: str) -> str:
    """The text below a heading of the third level, up to the next heading of any level."""
    found = re.search(rf"^### {re.escape(heading)}\n(?P<text>.*?)(?=^#|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found is not None, f"there is no heading `### {heading}`"
    return found["text"]


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_a_heading_with_its_unit(name: str) -> None:
    assert section(name).startswith(f"Unit: `{METRICS[name].unit}`")


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if "proxy" in metric.help])
def test_a_proxy_is_called_a_proxy(name: str) -> None:
    assert "proxy" in section(name)


def test_no_metric_is_described_that_is_not_in_the_catalogue() -> None:
    described = re.findall(r"^### (\w+)\nUnit:", PAGE, flags=re.MULTILINE)
    assert sorted(described) == sorted(METRICS)


@pytest.mark.parametrize(("words", "file"), PICTURES, ids=[file for _, file in PICTURES])
def test_every_picture_says_in_words_what_it_shows(words: str, file: str) -> None:
    root = ET.parse(DOCS / file).getroot()
    assert words
    for tag in ("title", "desc"):
        assert root.findtext(f"{_SVG}{tag}"), tag
    assert root.get("viewBox")


def test_there_are_pictures() -> None:
    assert len(PICTURES) >= 6
