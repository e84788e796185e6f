"""One text, two forms: what the Markdown says the page says too, and nothing beside it is needed."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

from models.card_page import inlined, page

TEXT = """# A county

- Target: `entry` within 12 months
- share < 1 & more_than_one_word

## Measures

|  | roc_auc | said |
| --- | --- | --- |
| LightGBM | 0.8 | a \\| b |
| area rate | – | <script>alert(1)</script> |
"""
PNG = b"\x89PNG and what follows"
ALONE = {"meta", "img"}
"""Tags that hold nothing."""


class Seen(HTMLParser):
    """What a reader sees of a page: words outside the head's style, cells, and what is loaded."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.cells: list[str] = []
        self.loaded: list[str] = []
        self._in: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note what is opened, and what is loaded."""
        if tag not in ALONE:
            self._in.append(tag)
        self.cells += [""] if tag in {"td", "th"} else []
        self.loaded += [value for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag):
        """Close what was opened last."""
        if tag not in ALONE:
            assert self._in.pop() == tag

    def handle_data(self, data):
        """Note the words."""
        if "body" in self._in:
            self.words += data.split()
        if self._in[-1:] in (["td"], ["th"]):
            self.cells[-1] += data


def test_the_page_says_the_words_of_the_text_in_their_order():
    """Without the marks of Markdown; what looks like HTML is shown."""
    words = re.sub(r"[#`]|^- |\| ---|\\(?=\|)|(?<!\\)\|", " ", TEXT, flags=re.MULTILINE).split()
    assert Seen(page("A county", TEXT)).words == words


def test_a_table_has_its_cells():
    """Escaped bars part none of them."""
    cells = ["", "roc_auc", "said", "LightGBM", "0.8", "a | b", "area rate", "–", "<script>alert(1)</script>"]
    assert Seen(page("A county", TEXT)).cells == cells


def test_pictures_are_in_the_page_whole():
    """Nothing else is loaded, from nowhere."""
    shown = page("A county", f"{TEXT}\n{inlined({'Gains': PNG, 'ROC, and precision': PNG})}\n")
    loaded = Seen(shown).loaded
    assert [base64.b64decode(each.removeprefix("data:image/png;base64,")) for each in loaded] == [PNG, PNG]
    assert 'alt="ROC, and precision"' in shown
    assert "http" not in shown


def test_a_title_is_no_html():
    """It is somebody's words."""
    assert "<title>Ill &amp; &lt;old&gt;</title>" in page("Ill & <old>", "")
