"""Writing that a program on the way broke or changed: mended where that is safe, else refused."""

from __future__ import annotations

import codecs
import re
import unicodedata

from features.ledgers.traditional import SIMPLIFIED, TRADITIONAL

_TO_SIMPLIFIED = str.maketrans(TRADITIONAL, SIMPLIFIED)
_TONED = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹḿ"
_PINYIN = re.compile(rf"(?<=[\u4e00-\u9fff])\((?=[a-zü]*[{_TONED}])[a-zü{_TONED}]{{1,6}}\)")
"""A reading in brackets behind a character, as web pages for learners and broken converters put it."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FEW = 2
"""From so many characters on, a text that makes sense in another encoding is no accident."""
_MISREAD = (("gb18030", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gb18030"), ("cp1252", "utf-8"))
"""Encodings by which a text was read, and in which it had been written."""

LOST_DIGITS = "\ufdd0"
"""Stands for a long number that Excel kept as a float, so that its last digits are gone."""
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d{2}")
_SHEET_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")


def plain_signs(text: str) -> str:
    """Return a text with half-width signs and no spaces around it."""
    return unicodedata.normalize("NFKC", text).strip()


def mended(text: str) -> str:
    """Return a header or code word in simplified characters and half-width signs, without readings.

    Only the characters of the house's own words are changed. Never for ids, names and places.

    Examples
    --------
    >>> [mended(text) for text in ("戶編號", "首頁(yè)是", "是（否）", " 是 ")]
    ['户编号', '首頁是', '是(否)', '是']
    """
    return _PINYIN.sub("", plain_signs(text)).translate(_TO_SIMPLIFIED)


def fault_of(text: str) -> str:
    """Return what is broken in a text, in words, or nothing.

    Examples
    --------
    >>> fault_of("鹤峰乡"), fault_of("鹤峰\ufffd")
    ('', 'characters lost by an earlier program (shown as \ufffd)')
    """
    if "\ufffd" in text:
        return "characters lost by an earlier program (shown as \ufffd)"
    if LOST_DIGITS in text:
        return "a long number without its last digits: the column was not kept as text"
    if _SHEET_ERROR.fullmatch(text):
        return "an error of the spreadsheet"
    if _PINYIN.search(plain_signs(text)):
        return "readings in brackets behind the characters"
    if not text.isascii() and any(_reads_as(text, *pair) for pair in _MISREAD):
        return "text that was read in a wrong encoding before it was saved"
    return ""


def lost_digits(text: str) -> str:
    """Return the mark for lost digits where a text is an id that was kept as a number."""
    return LOST_DIGITS if _SCIENTIFIC.fullmatch(text) else text


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True


def _reads_as(text: str, read: str, written: str) -> bool:
    if written == "utf-8" and _encodes(text, "gb2312"):
        return False  # plain Chinese whose bytes happen to make sense
    try:
        meant = codecs.getincrementaldecoder(written)().decode(text.encode(read))
    except UnicodeError:
        return False
    return len(_HAN.findall(meant)) >= _FEW and len(_HAN.findall(meant)) * 2 >= len(meant)
