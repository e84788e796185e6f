"""Reading what a mapping does at the door: which columns become pseudonyms, how rows find their household."""

from __future__ import annotations

from typing import Literal

from features.ledgers.mapping import Match, Pseudonym
from features.ledgers.words import Spec, Words

_KINDS: tuple[Literal["household", "person", "record"], ...] = ("household", "person", "record")


def read_pseudonyms(words: Words, spec: Spec) -> dict[str, Pseudonym]:
    """Return the pseudonyms: a kind for a column of the same name, or a kind and the columns it is of."""
    read = {}
    for name, told in spec.items():
        place = f"pseudonyms.{name}"
        one: Spec = {"kind": told} if isinstance(told, str) else words.part(spec, name, "pseudonyms")
        words.only(one, place, "kind of")
        if "kind" not in one:
            words.fault(f"{place}.kind", "missing: household, person or record")
        of = words.texts(one, "of", place) if "of" in one else (name,)
        read[name] = Pseudonym(words.choice(one, "kind", place, _KINDS), of)
    return read


def read_match(words: Words, spec: Spec) -> Match | None:
    """Return how rows find their household, None where the ledger brings its own."""
    if not spec:
        return None
    words.only(spec, "match", "household person")
    if len(spec) != 1:
        words.fault("match", "say one of household and person")
    by: Literal["household", "person"] = "person" if "person" in spec else "household"
    return Match(by, words.text(spec, by, "match", needed=True))
