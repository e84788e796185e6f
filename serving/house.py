"""What one running application holds, and how a route gets at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import anyio
from starlette.requests import Request

from features.errors import Foreign
from features.policy import Policy
from serving.answers import AnswerLog
from serving.bundles import Champion, Served
from serving.monitoring import Metrics
from serving.problems import Problem
from serving.security import Key, KeyRing
from serving.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a request may need; made once, handed to the routes by the application.

    Parameters
    ----------
    settings : Settings
    policy : Policy
    champion : Champion
    keys : KeyRing
    answers : AnswerLog
    metrics : Metrics
    threads : anyio.CapacityLimiter
        Bounds the requests that are assessed at once.
    now : callable
        The clock of the door: the moment, with its time zone.
    """

    settings: Settings
    policy: Policy
    champion: Champion
    keys: KeyRing
    answers: AnswerLog
    metrics: Metrics
    threads: anyio.CapacityLimiter
    now: Callable[[], datetime]

    def moment(self) -> datetime:
        """Return the moment in the county's time zone."""
        return self.now().astimezone(ZoneInfo(self.policy.time_zone))

    def served(self) -> Served:
        """Return the bundle that serves.

        Raises
        ------
        Problem
            503 where there is none.
        """
        served = self.champion.served
        if served is None:
            refusal = self.champion.refusal
            reason = refusal.reason if refusal else "no bundle has been looked at yet"
            raise Problem(503, f"No model serves: {reason}.", headers={"Retry-After": "5"})
        return served


def house(request: Request) -> House:
    """Return what the application of a request holds."""
    held: House = request.app.state.house
    return held


def asking(request: Request) -> Key:
    """Return the key that a request carries.

    Raises
    ------
    Problem
        401 where there is none that holds, 503 where the file of keys cannot be read.
    """
    headers = request.headers
    try:
        key = house(request).keys.admit(headers.get("authorization"), headers.get("x-api-key"))
    except (Foreign, OSError) as error:
        raise Problem(503, "The file of keys cannot be read.", headers={"Retry-After": "60"}) from error
    request.state.key_id = key.id
    return key
