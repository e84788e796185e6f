"""One page that a browser opens without anything beside it, made of a Markdown text and its pictures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape

from markdown_it import MarkdownIt

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #202020; max-width: 60rem; margin: 1.5rem auto;
  padding: 0 1rem; overflow-wrap: break-word; }
ul { padding-left: 1.2rem; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 2rem; }
blockquote { margin: 1rem 0; padding: .1rem .8rem; background: #fff3d6; border-left: 4px solid #c2870c; }
table { display: block; overflow-x: auto; border-collapse: collapse; font-size: .88rem;
  font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #e2e2e2; vertical-align: top;
  overflow-wrap: normal; }
img { display: block; max-width: 100%; height: auto; margin: 1rem 0; }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}</body>
</html>
"""


def page(title: str, text: str) -> str:
    """Return a Markdown text as a page of HTML; what looks like HTML in it is shown, not obeyed.

    Parameters
    ----------
    title : str
        For the browser's tab.
    text : str
        Markdown, with tables; its pictures inlined, as `inlined` writes them.
    """
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return _PAGE.format(title=escape(title), style=_STYLE, body=body)


def inlined(pictures: Mapping[str, bytes]) -> str:
    """Return pictures as Markdown that holds them whole.

    Parameters
    ----------
    pictures : mapping of str to bytes
        PNG files by what they show.

    Examples
    --------
    >>> inlined({"Gains": b"PNG"})
    '![Gains](data:image/png;base64,UE5H)'
    """
    return "\n\n".join(
        f"![{shows}](data:image/png;base64,{base64.b64encode(png).decode()})"
        for shows, png in pictures.items()
    )
