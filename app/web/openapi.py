"""The OpenAPI document, with the problems that Saldo really answers with."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

METHODS = frozenset({"get", "post", "put", "patch", "delete"})
FIELD = {
    "type": "object",
    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
    "required": ["field", "message"],
}
PROBLEM = {
    "type": "object",
    "description": "What is wrong, for a person to read (RFC 9457), and at which fields.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": FIELD},
    },
    "required": ["type", "title", "status", "detail"],
}
CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def with_refusals(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the problem answers to each operation. ``default`` covers those that any operation may give."""
    schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, item in schema["paths"].items():
        for method in METHODS & item.keys():
            operation = item[method]
            asked = operation["responses"]
            for status in _refusals(path, method, operation):
                asked[str(status.value)] = {"description": status.description or status.phrase, "content": CONTENT}
            asked["default"] = {"description": "Any other refusal", "content": CONTENT}
    return schema


def _refusals(path: str, method: str, operation: dict[str, Any]) -> list[HTTPStatus]:
    found = [HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS]
    if operation.get("parameters") or "requestBody" in operation:
        found.append(HTTPStatus.BAD_REQUEST)
    if "requestBody" in operation:
        found += [HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE]
    if "{" in path:
        found.append(HTTPStatus.NOT_FOUND)
    if method != "get":
        found.append(HTTPStatus.CONFLICT)
    return found
