"""The page of a run in a real browser: it asks for nothing, fits a phone, and a keyboard reaches every reason."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cuecoach.report import report_html
from tests.report.sample import coached, earlier

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: The smallest text that is really shown, px.
_SMALLEST = """() => {
  let least = 1e9;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !parent.getClientRects().length) continue;
    if (parent.closest('title, desc, style')) continue;
    least = Math.min(least, parseFloat(getComputedStyle(parent).fontSize));
  }
  return least;
}"""
#: Contrast of each text with the nearest background, the least of all.
_CONTRAST = """() => {
  const light = text => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let least = 99;
  for (const e of document.querySelectorAll('h1, h2, p, dt, dd, small, th, td, caption, figcaption, li, .x, .y, .tip')) {
    let back = e;
    while (back.parentElement && getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)') back = back.parentElement;
    const [a, b] = [light(getComputedStyle(e).color), light(getComputedStyle(back).backgroundColor)];
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return least;
}"""
#: Labels of one axis that lie over each other.
_OVERLAPS = """() => {
  let found = 0;
  for (const plot of document.querySelectorAll('.plot')) {
    const boxes = [...plot.querySelectorAll('.x')].map(e => e.getBoundingClientRect());
    for (let k = 1; k < boxes.length; k++) if (boxes[k].left < boxes[k - 1].right) found++;
  }
  return found;
}"""


@dataclass
class Opened:
    """The page in a tab, and what it said and asked for."""

    page: Any
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "run.html"
    path.write_text(report_html(coached(until=1300), earlier(6)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if _CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with playwright() as driver:
        running = driver.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def show(browser: Any, report: Path) -> Iterator[Opener]:
    contexts: list[Any] = []

    def show(width: int = 1100, height: int = 900, scheme: str = "light") -> Opened:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("console", lambda message: opened.troubles.append(message.text))
        opened.page.on("pageerror", lambda error: opened.troubles.append(str(error)))
        opened.page.goto(report.as_uri())
        return opened

    yield show
    for context in contexts:
        context.close()


def test_it_asks_for_nothing_but_itself_and_complains_of_nothing(show: Opener, report: Path) -> None:
    opened = show()
    opened.page.wait_for_load_state("networkidle")
    assert opened.requests == [report.as_uri()]
    assert opened.troubles == []


def test_every_figure_is_there_and_has_curves(show: Opener) -> None:
    page = show().page
    figures = page.locator("main figure")
    assert figures.count() >= 7
    for k in range(figures.count()):
        box = figures.nth(k).locator("svg").bounding_box()
        assert box is not None
        assert box["width"] > 200
        assert box["height"] > 80
        assert figures.nth(k).locator("svg path:not(.grid)").count() >= 1


def test_tab_reaches_the_marks_and_shows_their_reason(show: Opener) -> None:
    page = show().page
    shown: set[str] = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        tip = page.evaluate(
            "() => { const m = document.activeElement; if (!m.matches('.mark')) return null;"
            " const t = document.getElementById(m.getAttribute('aria-describedby'));"
            " return getComputedStyle(t).display === 'block' ? t.textContent : 'hidden' }"
        )
        if tip:
            shown.add(tip)
    assert len(shown) == page.locator(".mark").count()
    assert "hidden" not in shown
    assert any("“Run tall” pelvic tilt" in tip for tip in shown)


def test_a_pointer_shows_the_reason_too(show: Opener) -> None:
    page = show().page
    mark = page.locator(".mark.cue").first
    tip = page.locator(".mark.cue + .tip").first
    assert not tip.is_visible()
    mark.hover()
    assert tip.is_visible()


@pytest.mark.parametrize("width", [320, 360, 768])
def test_on_a_phone_nothing_scrolls_sideways_and_text_is_readable(show: Opener, width: int) -> None:
    page = show(width, 740).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(_SMALLEST) >= 12
    if width >= 360:
        assert page.evaluate(_OVERLAPS) == 0


def test_a_shown_reason_stays_on_the_phones_screen(show: Opener) -> None:
    page = show(360, 740).page
    for k in range(page.locator(".mark").count()):
        page.locator(".mark").nth(k).focus()
        box = page.locator(".mark + .tip").nth(k).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(show: Opener, scheme: str) -> None:
    assert show(scheme=scheme).page.evaluate(_CONTRAST) >= 4.5


def test_dark_is_dark(show: Opener) -> None:
    colours = [
        show(scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert colours == ["rgb(255, 255, 255)", "rgb(16, 22, 28)"]


def test_it_prints_on_some_pages_of_a4_without_cutting_a_chart(show: Opener) -> None:
    page = show(scheme="dark").page
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 12
    paper = [float(number) for number in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)[0].split()]
    assert paper == pytest.approx([0, 0, 595, 842], abs=1), "A4, in points"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    kept = page.evaluate(
        "[...document.querySelectorAll('figure')].every(f => getComputedStyle(f).breakInside === 'avoid')"
    )
    assert kept
