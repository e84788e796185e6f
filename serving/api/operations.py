"""For operators and developers: ``/livez``, ``/readyz``, ``/metrics``, ``/docs``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from serving import monitoring
from serving.house import house
from serving.pages.reference import reference_page
from serving.problems import Problem

router = APIRouter(tags=["operations"])

_NO_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@router.get("/livez", summary="The process answers", response_class=Response)
async def get_livez() -> Response:
    """Tell that the process answers, whatever it has to serve."""
    return _json({"status": "alive"})


@router.get("/readyz", summary="A checked model serves", response_class=Response)
async def get_readyz(request: Request) -> Response:
    """Tell whether a model serves: its hashes hold, its golden households are answered as when it was made.

    Where a newer bundle was refused and the last good one stays, `refused` says why.
    """
    champion = house(request).champion
    refusal = champion.refusal
    served = champion.served
    if served is None:
        raise Problem(
            503, f"No model serves: {refusal.reason if refusal else 'none has been looked at yet'}."
        )
    content: dict[str, Any] = {
        "status": "ready",
        "version": served.bundle.version,
        "bundle_sha256": served.bundle.sha256,
        "trained_on": served.bundle.trained_on,
    }
    if refusal:
        content["refused"] = asdict(refusal)
    return _json(content)


@router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
async def get_metrics(request: Request) -> Response:
    """Give the metrics of this process in Prometheus' text form."""
    held = house(request)
    if served := held.champion.served:
        held.metrics.serves(served.bundle.version, served.bundle.sha256)
    return Response(held.metrics.text(), headers={"Content-Type": monitoring.CONTENT_TYPE})


@router.get("/docs", summary="This interface for readers", response_class=HTMLResponse)
async def get_docs(request: Request) -> HTMLResponse:
    """Show this interface as a page, drawn here: no script, nothing from elsewhere."""
    page = reference_page(request.app.openapi())
    return HTMLResponse(page, headers={"Content-Security-Policy": _NO_SCRIPTS})


def _json(content: dict[str, Any]) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")
