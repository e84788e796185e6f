"""What goes around every request: its id, its log line, its seconds, its body, the last resort."""

from __future__ import annotations

import logging
import re
import time
import traceback
import uuid

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.monitoring import Metrics
from serving.problems import Problem, problem_response

LOG = logging.getLogger("fangpin.requests")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECURE = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class AroundRequests:
    """ASGI middleware: takes or makes ``X-Request-ID``, counts, times and logs.

    The log line has method, route, status, milliseconds, key and request id: the route as
    declared, not the path as sent, so no household's id is ever in it.

    Parameters
    ----------
    app : ASGIApp
    metrics : Metrics
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _SECURE.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the message of a foreign exception may hold values: only its place is logged
            _log_unforeseen(error, request_id)
            if not status:
                response = problem_response(
                    Problem(500, "The service failed; its log has the request id."), request_id
                )
                await response(scope, receive, sending)
        finally:
            self._done(scope, status, time.perf_counter() - start)

    def _done(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in {"GET", "POST", "HEAD"} else "other"
        self._metrics.request(method, route, status, seconds)
        state = scope["state"]
        line = {
            "event": "request",
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "request_id": state["request_id"],
            "key": state.get("key_id"),
            "households": state.get("households"),
        }
        LOG.info(orjson.dumps(line).decode())


async def read_body(request: Request, most: int) -> bytes:
    """Read a JSON body, no more of it than allowed.

    Raises
    ------
    Problem
        415 where it is not said to be JSON or is compressed, 413 where it is too large, 400 where
        it ends early.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "Send the body as Content-Type: application/json.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "Send the body uncompressed.")
    too_large = Problem(413, f"The body is larger than {most} bytes.", headers={"Connection": "close"})
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        raise too_large
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise too_large
        parts.append(part)
    return b"".join(parts)


def _log_unforeseen(error: Exception, request_id: str) -> None:
    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    line = {"event": "failure", "error": type(error).__name__, "at": frames[-8:], "request_id": request_id}
    LOG.error(orjson.dumps(line).decode())
