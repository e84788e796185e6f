"""The interface as one page, drawn from the OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, Template


def reference_page(document: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI document."""
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    return _template().render(
        info=document["info"],
        operations=operations,
        schemas=document["components"]["schemas"],
        kind_of=kind_of,
    )


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return the kind of values of a schema in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(kind_of(each) for each in schema["anyOf"])
    kind = schema.get("format") or schema.get("type", "anything")
    names = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if "items" in schema:
        return f"{names} of {kind_of(schema['items'])}"
    return names


@cache
def _template() -> Template:
    text = (files("serving") / "pages" / "reference.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)
