"""Every route says who may use it, and is closed to everybody else. See ``routes/test_privacy.py`` for rows."""

from __future__ import annotations

import re

from tests.support.routes import PRIVATE_ROUTES, ROUTES


def test_each_route_declares_its_policy():
    undeclared = [str(each) for each in ROUTES if each.policy not in {"public", "member", "admin"}]
    assert undeclared == [], "these need opt = PUBLIC, MEMBER or ADMIN"


def test_words_in_paths_are_tokens_and_file_names():
    """Each action has a route of its own, so that each is tried by the tests that walk over the routes."""
    words = {word for each in ROUTES for word in re.findall(r"{(\w+):str}", each.path)}
    assert words <= {"token", "name", "path"}


def test_private_routes_are_closed_to_strangers(stranger):
    for route in PRIVATE_ROUTES:
        if route.path.startswith("/api/"):
            answer = stranger.client.request(route.method, route.example_path, json={})
            assert answer.status_code == 401, route
            assert answer.headers["www-authenticate"] == "Bearer", route
        else:
            ask = stranger.get if route.method == "GET" else stranger.post
            answer = ask(route.example_path)
            assert answer.status_code == 303, route
            assert answer.headers["location"].startswith("/login"), route


def test_admin_routes_are_closed_to_members(alice):
    for route in PRIVATE_ROUTES:
        if route.policy == "admin":
            answer = alice.get(route.example_path) if route.method == "GET" else alice.post(route.example_path)
            assert answer.status_code == 403, route
