"""The application: settings in, ASGI out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import anyio
import anyio.to_thread
import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from features.policy import illustrative, read_policy
from models.signing import public_key
from serving.answers import AnswerLog
from serving.api import assessments, operations, transparency
from serving.bundles import POLL_SECONDS, Champion
from serving.house import House
from serving.monitoring import Metrics
from serving.problems import Problem, problem_response, title
from serving.requests import AroundRequests
from serving.schemas import SECURITY_SCHEMES, components
from serving.security import KeyRing
from serving.settings import Settings, environment, settings_from

LOG = logging.getLogger("fangpin.service")


def create_app(settings: Settings, *, now: Callable[[], datetime] | None = None) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings : Settings
    now : callable, optional
        The clock, with its time zone; the machine's otherwise.

    Raises
    ------
    BadPolicy
        Where the policy cannot be used.
    Foreign
        Where the answer log cannot be opened.
    Usage
        Where the key of the bundles cannot be read.
    """
    policy = illustrative() if settings.policy is None else read_policy(settings.policy)
    pinned = None if settings.bundle_key is None else public_key(settings.bundle_key)
    house = House(
        settings=settings,
        policy=policy,
        champion=Champion(settings.bundles, policy, settings.profile, time.monotonic, pinned),
        keys=KeyRing(settings.keys),
        answers=AnswerLog(settings.answer_log, settings.answer_log_sync),
        metrics=Metrics(),
        threads=anyio.CapacityLimiter(settings.threads),
        now=now or _now,
    )
    app = FastAPI(
        title="Fangpin 防贫",
        version=version("fangpin"),
        description="The probability that a rural household returns to poverty or falls into it, and why. "
        "A score orders visits; it never decides.",
        docs_url=None,
        redoc_url=None,
        lifespan=_watching,
    )
    app.state.house = house
    for routes in (assessments, transparency, operations):
        app.include_router(routes.router)
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_middleware(AroundRequests, metrics=house.metrics)
    _document(app)
    return app


def from_environment() -> FastAPI:
    """Make the application from the environment; what ``fangpin-serve run`` starts in every process."""
    log_as_json()
    return create_app(settings_from(environment()))


def log_as_json() -> None:
    """Send every log line to standard error as one line of JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(_AsJson())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)


class _AsJson(logging.Formatter):
    """A line of JSON; messages that are one already are taken in. Of an exception only the kind is told."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        text = record.getMessage()
        if record.name.startswith("fangpin.") and text.startswith("{"):
            line |= orjson.loads(text)
        else:
            line["message"] = text
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return orjson.dumps(line).decode()


def _now() -> datetime:
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def _watching(app: FastAPI) -> AsyncIterator[None]:
    """Watch the champion while the application runs."""
    house: House = app.state.house
    watch = asyncio.create_task(_watch(house.champion))
    yield
    watch.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watch
    house.answers.close()


async def _watch(champion: Champion) -> None:
    told: object = None
    while True:
        await anyio.to_thread.run_sync(champion.look)
        served, refusal = champion.served, champion.refusal
        if told != (state := (served and served.bundle.sha256, refusal)):
            told = state
            line = {
                "event": "bundle",
                "serves": served.bundle.sha256 if served else None,
                "version": served.bundle.version if served else None,
                "refused": refusal.folder if refusal else None,
                "reason": refusal.reason if refusal else None,
            }
            LOG.log(logging.WARNING if refusal else logging.INFO, orjson.dumps(line).decode())
        await asyncio.sleep(POLL_SECONDS)


async def _on_problem(request: Request, problem: Exception) -> Response:
    if not isinstance(problem, Problem):
        raise problem
    return problem_response(problem, request.state.request_id)


async def _on_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    problem = Problem(error.status_code, title(error.status_code) + ".", headers=error.headers)
    return problem_response(problem, request.state.request_id)


async def _on_invalid(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return problem_response(
        Problem(422, "The request has another form than documented."), request.state.request_id
    )


def _document(app: FastAPI) -> None:
    """Add the contract's tables to the OpenAPI document, made when first asked for."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            document["components"] = {"schemas": components(), "securitySchemes": SECURITY_SCHEMES}
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
