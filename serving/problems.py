"""What went wrong, as RFC 9457 problem details; places and rules, never the values that were sent."""

from __future__ import annotations

import http
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is off in a request.

    Parameters
    ----------
    pointer : str
        JSON pointer (RFC 6901) into the body; ``""`` is the whole of it.
    detail : str
        The rule. Never the value.
    """

    pointer: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        """Return it as JSON has it."""
        return {"pointer": self.pointer, "detail": self.detail}


class Problem(Exception):
    """A request that gets no answer, with its status and reason.

    Parameters
    ----------
    status : int
        HTTP status.
    detail : str
        What to do about it, in words.
    faults : iterable of Fault, optional
        Where in the body.
    headers : mapping, optional
        Headers of the response.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


def pointer(*steps: str | int) -> str:
    """Return the JSON pointer of steps from the whole body.

    Examples
    --------
    >>> pointer("households", 0, "a/b")
    '/households/0/a~1b'
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def problem_response(problem: Problem, request_id: str) -> Response:
    """Return a problem as a response."""
    content = {
        "type": "about:blank",
        "title": title(problem.status),
        "status": problem.status,
        "detail": problem.detail,
        "request_id": request_id,
        "errors": [fault.as_dict() for fault in problem.faults],
    }
    return Response(orjson.dumps(content), problem.status, problem.headers, MEDIA_TYPE)


def title(status: int) -> str:
    """Return the title of a status."""
    return http.HTTPStatus(status).phrase
