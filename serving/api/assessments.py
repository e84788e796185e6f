"""``POST /v1/assessments``."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from serving.house import House, asking, house
from serving.problems import Problem
from serving.requests import read_body
from serving.schemas import ASSESSMENTS
from serving.security import Key
from serving.service import Answer, Desk, demo_notice, model_of, policy_of

router = APIRouter(tags=["assessments"])


@router.post(
    "/v1/assessments", summary="Assess households", response_class=Response, openapi_extra=ASSESSMENTS
)
async def post_assessments(request: Request) -> Response:
    """Assess 1 to 500 households from the facts in the body, as of the end of a day.

    Each household comes with its tables as in the data contract. The facts are not kept; each
    answer is, in an append-only log. `assessments` has one entry for each household in the order
    of the request: its assessment, or `household_id` and `errors` where its facts break the
    contract. Where that is so for all of them, the answer is a 422 with every error. Tables under
    `context` stand in for those of the model, table by table; `context_sha256` names what was used.
    `known_on` is the as-of day unless the key has `backfill`.
    """
    held = house(request)
    key = asking(request)
    body = await read_body(request, held.settings.max_body_bytes)
    request_id: str = request.state.request_id
    content, households = await anyio.to_thread.run_sync(
        _answered, held, key, body, request_id, limiter=held.threads
    )
    request.state.households = households
    return Response(content, media_type="application/json")


def _answered(held: House, key: Key, body: bytes, request_id: str) -> tuple[bytes, int]:
    """Return the body of the answer, written to the log before it is sent."""
    served = held.served()
    moment = held.moment()
    made_at = moment.isoformat(timespec="milliseconds")
    answer = Desk(served, held.policy, held.metrics).answer(body, key, moment.date(), made_at)
    with held.metrics.stage("log"):
        _keep(held, answer, key, request_id)
    content: dict[str, Any] = {
        "model": model_of(served),
        "policy": policy_of(held.policy),
        **demo_notice(served, held.policy),
        "assessments": answer.entries,
    }
    return orjson.dumps(content), len(answer.entries)


def _keep(held: House, answer: Answer, key: Key, request_id: str) -> None:
    try:
        held.answers.append(
            {"request_id": request_id, "key": key.id, "assessment": one.as_dict()}
            for one in answer.assessments
        )
    except OSError as error:
        raise Problem(503, "The answer cannot be kept, so it is not given.") from error
