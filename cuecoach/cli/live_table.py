"""Something on the screen that is drawn anew while things happen."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class LiveTable:
    """Drawn by `draw` at each `show`; without a terminal nothing is drawn. Use it as a context manager."""

    def __init__(self, console: Console, draw: Callable[[], RenderableType]) -> None:
        from rich.live import Live

        self._draw = draw
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def show(self) -> None:
        """Draw it again."""
        if self._live is not None:
            self._live.update(self._draw(), refresh=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
