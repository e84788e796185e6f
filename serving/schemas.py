"""The form of requests and answers for ``/openapi.json`` and ``/docs``, made from the data contract.

The contract itself checks what comes in (`features.check`); these schemas tell readers and
generators of clients the same in JSON Schema.
"""

from __future__ import annotations

from typing import Any

from features.contract import Column, Table
from features.tables import CONTEXT_TABLES, HOUSEHOLD_TABLES
from serving.facts import LONGEST_TEXT, MOST_HOUSEHOLDS, OWN
from serving.problems import MEDIA_TYPE

Schema = dict[str, Any]

_FILLED_IN = {"record_id", "known_on"}
"""Required by the contract, filled in by the service where they are not sent."""


def column_schema(column: Column) -> Schema:
    """Return the schema of one column."""
    kind = _kind(column)
    if column.least is not None:
        kind["minimum"] = column.least
    if column.most is not None:
        kind["maximum"] = column.most
    if not column.required or column.name in _FILLED_IN:
        kind["type"] = [kind["type"], "null"]
        if "enum" in kind:
            kind["enum"] = [*kind["enum"], None]
    return {"title": column.zh, "description": _meaning(column), "x-use": column.use, **kind}


def _meaning(column: Column) -> str:
    meaning = f"{column.en} · {column.zh}"
    if column.unit:
        meaning += f" [{column.unit}]"
    if column.codes:
        meaning += ": " + "; ".join(f"{code.id} = {code.en} {code.zh}" for code in column.codes)
    return meaning


def _kind(column: Column) -> Schema:
    match column.kind:
        case "id":
            return {"type": "string", "maxLength": LONGEST_TEXT}
        case "date":
            return {"type": "string", "format": "date"}
        case "code":
            return {"type": "string", "enum": [code.id for code in column.codes]}
        case "flag":
            return {"type": "boolean"}
        case "count":
            return {"type": "integer"}
        case _:
            return {"type": "number"}


def row_schema(table: Table) -> Schema:
    """Return the schema of a row of a table as it is sent."""
    owner = "household_id" if table.grain == "household" else ""
    dated = {"occurred_on"} if table.grain == "area" else set()
    return {
        "type": "object",
        "title": table.zh,
        "description": f"{table.en} · {table.zh}",
        "properties": {
            column.name: column_schema(column) for column in table.columns if column.name != owner
        },
        "required": [
            column.name
            for column in table.columns
            if column.required and column.name not in _FILLED_IN | dated | {owner}
        ],
        "additionalProperties": False,
    }


def components() -> dict[str, Schema]:
    """Return all schemas by name."""
    own = HOUSEHOLD_TABLES[OWN]
    rows = {name: row_schema(table) for name, table in (HOUSEHOLD_TABLES | CONTEXT_TABLES).items()}
    household: Schema = {
        "type": "object",
        "description": "A household: the columns of its own row, and its facts by table.",
        "properties": {
            **{column.name: column_schema(column) for column in own.columns},
            **{name: _rows_of(name, table) for name, table in HOUSEHOLD_TABLES.items()},
        },
        "required": ["household_id", "area"],
        "additionalProperties": False,
    }
    return {**rows, "household": household, **_ANSWERS}


def _rows_of(name: str, table: Table) -> Schema:
    return {"type": "array", "items": _ref(name), "description": f"{table.en} · {table.zh}"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: int) -> Schema:
    told = {
        400: "The body is not JSON.",
        401: "No key that holds.",
        403: "The key may not ask about these households.",
        413: "The body is too large.",
        415: "The body is not said to be JSON.",
        422: "The request breaks the data contract.",
        503: "No model serves, or the answer cannot be kept.",
    }
    content = {MEDIA_TYPE: {"schema": _ref("problem")}}
    return {str(status): {"description": told[status], "content": content} for status in statuses}


def _object(description: str = "", **properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    return {**schema, "description": description} if description else schema


_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_ANY: Schema = {"type": "object"}
_TOLD = _object(zh=_TEXT, en=_TEXT)
_NULLABLE: Schema = {"type": ["object", "null"]}
_ERRORS: Schema = {"type": "array", "items": _object(pointer=_TEXT, detail=_TEXT)}

_ANSWERS: dict[str, Schema] = {
    "problem": _object(
        "RFC 9457 problem details. Pointers lead into the request; values are never repeated.",
        type=_TEXT,
        title=_TEXT,
        status={"type": "integer"},
        detail=_TEXT,
        request_id=_TEXT,
        errors=_ERRORS,
    ),
    "refused": _object(
        "A household whose facts break the contract.",
        household_id={"type": ["string", "null"]},
        errors=_ERRORS,
    ),
    "assessment": _object(
        "What is said of one household as of one day. Null where there is nothing to say.",
        assessment_id=_TEXT,
        household_id=_TEXT,
        as_of={"type": "string", "format": "date"},
        made_at={"type": "string", "format": "date-time"},
        target=_TEXT,
        probability={"type": ["number", "null"], "description": "Of the target within the horizon."},
        horizon_months={"type": "integer"},
        interval={
            "type": ["array", "null"],
            "items": _NUMBER,
            "description": "For the true chance: it lies inside for nine households in ten.",
        },
        also={"type": "array", "items": _ANY},
        odds=_NULLABLE,
        level={"type": ["string", "null"]},
        course={"type": ["string", "null"]},
        sufficiency={"type": "string", "enum": ["enough", "thin", "insufficient"]},
        confidence_zh=_TEXT,
        display=_NULLABLE,
        reasons={"type": "array", "items": _ANY, "description": "At most four, with the facts behind each."},
        points_by_concept={
            "type": "object",
            "additionalProperties": _NUMBER,
            "description": "In units of probability; they add up to probability minus the area's rate.",
        },
        rules={"type": ["array", "null"], "items": _ANY},
        unknown={"type": "array", "items": _TOLD},
        ask={"type": "array", "items": _TOLD},
        supports=_NULLABLE,
        model=_ANY,
        policy=_ANY,
        cuts_sha256={"type": ["string", "null"]},
        context_sha256=_TEXT,
        vector_sha256=_TEXT,
        notice=_TEXT,
        demo_notice={"type": ["string", "null"]},
    ),
}

_DEMO: Schema = {"type": "string", "description": "Present unless the model was trained on real households."}

ASSESSMENTS: Schema = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "as_of": {
                            "type": "string",
                            "format": "date",
                            "description": "The day at whose end they are looked at; today where not given.",
                        },
                        "households": {
                            "type": "array",
                            "items": _ref("household"),
                            "minItems": 1,
                            "maxItems": MOST_HOUSEHOLDS,
                        },
                        "context": {
                            "type": "object",
                            "properties": {
                                name: _rows_of(name, table) for name, table in CONTEXT_TABLES.items()
                            },
                            "additionalProperties": False,
                            "description": "Context tables that stand in for the model's own.",
                        },
                    },
                    "required": ["households"],
                    "additionalProperties": False,
                }
            }
        },
    },
    "responses": {
        "200": _json(
            "One entry for each household, in the order of the request.",
            _object(
                model=_ANY,
                policy=_ANY,
                demo_notice=_DEMO,
                assessments={"type": "array", "items": {"anyOf": [_ref("assessment"), _ref("refused")]}},
            ),
        ),
        **_problems(400, 401, 403, 413, 415, 422, 503),
    },
    "security": [{"bearer": []}, {"api_key": []}],
}

MODEL: Schema = {
    "responses": {
        "200": _json("The model.", _object(model=_ANY, policy=_ANY, demo_notice=_DEMO)),
        **_problems(401, 503),
    },
    "security": [{"bearer": []}, {"api_key": []}],
}

_WINDOW: Schema = {
    **_object(months={"type": "integer"}, ahead={"type": "boolean"}),
    "type": ["object", "null"],
    "description": "The widest window the figure is read from; null where there is none.",
}
_FEATURE = _object(
    id=_TEXT,
    concept=_TEXT,
    unit=_TEXT,
    direction={"type": "integer"},
    window=_WINDOW,
    en=_TEXT,
    zh=_TEXT,
    tables={"type": "array", "items": _TEXT},
    fingerprint=_TEXT,
)

FEATURE_LIST: Schema = {
    "responses": {
        "200": _json(
            "The features.",
            _object(model=_ANY, demo_notice=_DEMO, features={"type": "array", "items": _FEATURE}),
        ),
        **_problems(401, 503),
    },
    "security": [{"bearer": []}, {"api_key": []}],
}

SECURITY_SCHEMES: Schema = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
