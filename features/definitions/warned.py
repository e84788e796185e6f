"""Warnings of one kind: how a feature that counts them is written, whichever concept it belongs to."""

from features.channels import Channel
from features.feature import Concept, Feature, Say
from features.readings import months_of


def warned(concept: Concept, kind: str, en: str, zh: str) -> Feature:
    """Return the number of departmental warnings of a kind over the last 12 months."""
    return Feature(
        f"{kind}_warned_12m",
        concept,
        months_of(Channel("warnings", "", (("kind", (kind,)),))).recorded(12),
        "times",
        1,
        f"Warnings of {en} over the last 12 months",
        f"近12个月{zh}预警次数",
        Say(f"近12个月有{{value}}条{zh}预警", f"{{value}} warnings of {en} in 12 months", "", ""),
    )
