"""Golden households: made-up histories whose answers a bundle carries, re-scored before it serves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from features.check import accept
from features.errors import Foreign
from features.policy import Policy
from models.assessment import assess
from models.bundle import Bundle

MADE_AT = "golden"


def golden_answers(bundle: Bundle, policy: Policy) -> dict[str, Any]:
    """Return the golden households of the house and what a model answers for them.

    Returns
    -------
    dict
        ``as_of``, ``tables`` (plain values, so that a bundle outlives later golden households) and
        ``answers`` by household: probabilities, points and vector hash, exact. The version, the
        bundle's hash and the policy's texts are not among them, for they come after the model.
    """
    content = json.loads((files("models") / "golden.json").read_text(encoding="utf-8"))
    return {**content, "answers": _answers(bundle, policy, content)}


def check_golden(bundle: Bundle, policy: Policy) -> None:
    """Re-score the golden households that a bundle carries.

    Raises
    ------
    Foreign
        Where the bundle has none, or an answer differs in any bit from the one it was made with.
    """
    if bundle.golden is None:
        raise Foreign("the bundle has no golden households")
    again, made = _answers(bundle, policy, bundle.golden), bundle.golden["answers"]
    differ = [name for name, answer in made.items() if again.get(name) != answer]
    if differ or again.keys() != made.keys():
        raise Foreign(
            f"{len(differ) or 'other'} golden households are answered otherwise than when it was made"
        )


def _answers(bundle: Bundle, policy: Policy, content: Mapping[str, Any]) -> dict[str, Any]:
    given = assess(bundle, policy, accept(content["tables"]), content["as_of"], made_at=MADE_AT)
    return {
        one.household_id: {
            "probability": one.probability,
            # Bundles without intervals were made without this key, and must pass as they did.
            **({} if one.interval is None else {"interval": list(one.interval)}),
            "also": list(one.also),
            "points_by_concept": dict(one.points_by_concept),
            "vector_sha256": one.vector_sha256,
        }
        for one in given
    }
