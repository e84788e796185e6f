"""Names and numbers become keyed pseudonyms at the door; nothing behind it sees them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

import numpy as np

from features.errors import Usage
from features.ledgers.framing import framed
from features.ledgers.mapping import LedgerMapping, Pseudonym
from features.ledgers.numbers import birth_year, is_faulty, plain_number, plain_text, sex
from features.ledgers.source import Given, Ledger

LENGTH = 24
"""Hexadecimal digits of a pseudonym (96 bits)."""

SETTING = "FANGPIN_PSEUDONYM_KEY"


def require_key(mapping: LedgerMapping, key: bytes | None) -> None:
    """Refuse to read a ledger with names or numbers without the key for its pseudonyms.

    Raises
    ------
    Usage
        Naming the setting, where the mapping makes pseudonyms and there is no key.
    """
    if mapping.pseudonyms and not key:
        raise Usage(
            f"the mapping {mapping.name} turns {', '.join(mapping.pseudonyms)} into pseudonyms: "
            f"set {SETTING} to the county's key, the same for all ledgers and years"
        )


def pseudonym(key: bytes, kind: str, texts: Sequence[str]) -> str:
    """Return the keyed pseudonym of a household, person or record.

    Notes
    -----
    HMAC-SHA256 over the kind and the texts, each led by its length, cut to 24 hexadecimal digits.
    """
    return hmac.new(key, framed((kind, *texts)), hashlib.sha256).hexdigest()[:LENGTH]


def pseudonymised(ledger: Ledger, mapping: LedgerMapping, key: bytes | None) -> Ledger:
    """Return the ledger with pseudonyms in the place of what they are made of."""
    require_key(mapping, key)
    if not mapping.pseudonyms or key is None:
        return ledger
    made: dict[str, Given] = {}
    said = []
    for name, rule in mapping.pseudonyms.items():
        numbers, missing, position = _numbers(ledger, rule)
        made[name] = _given([pseudonym(key, rule.kind, each) for each in numbers], position, missing)
        if rule.kind == "person" and len(rule.of) == 1:
            single = [each[0] for each in numbers]
            made[f"{name}.birth_year"] = _given([birth_year(each) for each in single], position, missing)
            made[f"{name}.sex"] = _given([sex(each) for each in single], position, missing)
            faulty = np.array([is_faulty(each) for each in single], dtype=bool)[position] & ~missing
            if faulty.any():
                said.append(
                    f"{rule.of[0]}: {int(faulty.sum())} rows with a faulty id number, taken as they are"
                )
    named = mapping.columns()
    gone = [name for rule in mapping.pseudonyms.values() for name in rule.of if name not in named]
    return ledger.with_columns(made, without=gone).saying(*said)


def _numbers(ledger: Ledger, rule: Pseudonym) -> tuple[list[tuple[str, ...]], np.ndarray, np.ndarray]:
    """Return the distinct numbers, where any part is missing, and each row's position among them."""
    columns = [ledger.columns[name] for name in rule.of]
    missing = np.logical_or.reduce([column.missing for column in columns])
    texts = [[column.texts[at] for at in column.distinct[1].tolist()] for column in columns]
    plain = plain_number if rule.kind == "person" and len(rule.of) == 1 else plain_text
    rows = [tuple(map(plain, row)) for row in zip(*texts, strict=True)]
    places = {row: place for place, row in enumerate(dict.fromkeys(rows))}
    return list(places), missing, np.array([places[row] for row in rows], dtype=np.intp)


def _given(texts: Sequence[str], position: np.ndarray, missing: np.ndarray) -> Given:
    values = np.array(texts, dtype=np.str_)[position] if texts else np.array([], dtype="<U1")
    return Given(values, missing | (values == ""))
