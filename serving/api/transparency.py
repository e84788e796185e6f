"""What the model is and what it looks at: ``GET /v1/model``, ``GET /v1/features``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from features.definitions import FEATURES
from serving.house import asking, house
from serving.schemas import FEATURE_LIST, MODEL
from serving.service import demo_notice, model_of, policy_of

router = APIRouter(tags=["transparency"])


@router.get("/v1/model", summary="The model that serves", response_class=Response, openapi_extra=MODEL)
async def get_model(request: Request) -> Response:
    """Tell which model serves: what it predicts, what it learnt from, how well it does, by which policy."""
    asking(request)
    held = house(request)
    served = held.served()
    bundle = served.bundle
    content = {
        "model": {
            **model_of(served),
            "created": dict(bundle.origin.created),
            "features": list(bundle.model.features),
            "cost": bundle.model.cost,
            "card": bundle.card,
        },
        "policy": policy_of(held.policy),
        **demo_notice(served, held.policy),
    }
    return Response(orjson.dumps(content), media_type="application/json")


@router.get(
    "/v1/features", summary="What the model looks at", response_class=Response, openapi_extra=FEATURE_LIST
)
async def get_features(request: Request) -> Response:
    """List the features of the model in the order of its vector, with meaning, unit and source tables."""
    asking(request)
    held = house(request)
    served = held.served()
    content = {
        "model": model_of(served),
        **demo_notice(served, held.policy),
        "features": [_feature(name) for name in served.bundle.model.features],
    }
    return Response(orjson.dumps(content), media_type="application/json")


def _feature(name: str) -> dict[str, Any]:
    feature = FEATURES[name]
    return {
        "id": feature.id,
        "concept": feature.concept,
        "unit": feature.unit,
        "direction": feature.direction,
        "window": asdict(feature.window) if feature.window else None,
        "en": feature.en,
        "zh": feature.zh,
        "tables": list(feature.tables),
        "fingerprint": feature.fingerprint,
    }
