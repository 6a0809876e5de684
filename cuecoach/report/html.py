"""Small pieces of HTML; all text goes through `esc`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def esc(text: object) -> str:
    """Return text that HTML shows as it is written, in elements and in quoted attributes."""
    return escape(str(text), quote=True)


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, ids: Sequence[str] = (), kind: str = ""
) -> str:
    """Return a table whose first column heads its rows.

    Parameters
    ----------
    caption, head, rows
        Plain text.
    ids
        An id for each row.
    kind
        A class of the table.
    """
    out = [f'<div class="wide"><table class="{esc(kind)}">' if kind else '<div class="wide"><table>']
    out.append(f"<caption>{esc(caption)}</caption><thead><tr>")
    out += [f'<th scope="col">{esc(name)}</th>' for name in head]
    out.append("</tr></thead><tbody>")
    for k, row in enumerate(rows):
        out.append(f'<tr id="{esc(ids[k])}">' if ids else "<tr>")
        for name, cell in zip(head, row, strict=True):
            tag = 'th scope="row"' if name is head[0] else "td"
            out.append(f'<{tag} data-of="{esc(name)}">{esc(cell)}</{tag.split()[0]}>')
        out.append("</tr>")
    out.append("</tbody></table></div>")
    return "".join(out)


def section(key: str, heading: str, *parts: str) -> str:
    """Return a section with its heading; nothing when it has no content."""
    body = "\n".join(part for part in parts if part)
    if not body:
        return ""
    return f'<section aria-labelledby="{key}"><h2 id="{key}">{esc(heading)}</h2>\n{body}\n</section>\n'


def para(text: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f'<p class="{kind}">{esc(text)}</p>' if kind else f"<p>{esc(text)}</p>"
