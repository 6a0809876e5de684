"""The picture as a file: checked before anything is measured, drawn at the end."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cuecoach.cli.measure.targets import beside, put_in_place, unwritable
from cuecoach.cli.measure.trace import Trace
from cuecoach.errors import UsageError
from cuecoach.events import Activity

if TYPE_CHECKING:
    from cuecoach.cli.measure.measuring import Measured, News, Wanted

_SUFFIXES: Final = (".png", ".svg", ".pdf")
_DPI: Final = 160


def check_picture(path: Path) -> None:
    """Make sure that a picture can be drawn into such a file.

    Raises
    ------
    UsageError
        Another suffix, or nothing to draw with.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError(
            f"`{path.name}` is no kind of picture that can be drawn; end the name in {', '.join(_SUFFIXES)}"
        )
    if find_spec("matplotlib") is None:
        raise UsageError("a picture needs matplotlib; install it with `pip install 'cuecoach[report]'`")


class PictureFile:
    """Gathers what a picture needs, and draws it at the end."""

    def __init__(self, path: Path, wanted: Wanted) -> None:
        self._path = path
        self._wanted = wanted
        self._trace = Trace()
        self._activity: list[tuple[float, Activity | None]] = []

    def add(self, news: News) -> None:
        """Keep what a block made known."""
        self._trace.add(news.update.steps)
        changes: list[tuple[float, Activity | None]] = [(c.since, c.activity) for c in news.update.activity]
        self._activity += sorted(changes + [(since, None) for since, _ in news.gaps], key=lambda change: change[0])

    def finish(self, done: Measured) -> None:
        """Draw it and put the file in its place.

        Raises
        ------
        UsageError
            The file cannot be written.
        """
        import matplotlib as mpl

        from cuecoach.cli.measure.picture import draw
        from cuecoach.cli.measure.zoom import read_zoom, steady_stretch

        stretch = steady_stretch(self._trace.ic)
        zoom = None if stretch is None else read_zoom(self._wanted, stretch)
        kind = self._path.suffix.lower()[1:]
        figure = draw(self._wanted.path.name, done, self._trace, self._activity, zoom)
        # text stays text, and the same run gives the same file
        settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "cuecoach", "pdf.fonttype": 42}
        undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
        try:
            with unwritable(self._path), mpl.rc_context(settings):
                figure.savefig(beside(self._path), format=kind, dpi=_DPI, metadata=undated)
                put_in_place(self._path)
        finally:
            beside(self._path).unlink(missing_ok=True)
