"""Answers to what stands out, on the overview and on its own page; the page of models."""

from __future__ import annotations

import pytest

from app.ml import artifacts
from tests.support.detection import findings, first

SAID = "Streambox charged €17.99. Usually €13.99."


def test_it_is_on_the_overview_and_answered_there(alice, risen):
    assert SAID in alice.get("/").text
    assert "Compared with" in alice.get("/inbox").text

    finding = first(alice, "findings")
    answer = alice.htmx("post", f"/anomalies/{finding}/accept")
    assert "Streambox costs €17.99 from now on" in answer.text
    assert answer.headers["hx-trigger"] == "saldo:changed"
    assert SAID not in alice.get("/").text
    assert "Unusual" not in alice.get("/inbox").text
    assert "This is normal" in alice.get(f"/transactions/{risen[-1]}").text

    undo = answer.text.partition('hx-post="/activity/')[2].partition('"')[0]
    assert alice.htmx("post", f"/activity/{undo}").status_code == 200
    assert SAID in alice.get("/").text
    assert "Streambox" in alice.get("/transactions?anomalies=yes").text


def test_it_works_without_scripts(alice, risen):
    finding = first(alice, "findings")

    assert alice.post(f"/anomalies/{finding}/dispute").status_code == 303
    assert alice.work(findings) == []


@pytest.mark.parametrize(("verb", "status"), [("remove", 422), ("end", 422), ("eat", 404)])
def test_an_answer_that_does_not_fit_changes_nothing(alice, risen, verb, status):
    finding = first(alice, "findings")

    assert alice.htmx("post", f"/anomalies/{finding}/{verb}").status_code == status
    assert len(alice.work(findings)) == 1


def test_it_is_private(alice, bob, risen):
    finding = first(alice, "findings")

    for verb in ("accept", "dismiss", "dispute", "remove", "end"):
        assert bob.htmx("post", f"/anomalies/{finding}/{verb}").status_code == 404
    assert len(alice.work(findings)) == 1


def test_the_operator_sees_each_model_and_whether_it_is_sound(alice, carol):
    shown = carol.get("/admin/models").text

    for name, pinned in artifacts.PINS.items():
        assert pinned in shown
        assert f'id="model-{name}"' in shown
    assert "/admin/models" in carol.get("/settings").text
    assert "/admin/models" not in alice.get("/settings").text
    assert alice.get("/admin/models").status_code == 403


def test_a_changed_model_is_told(carol, monkeypatch):
    monkeypatch.setitem(artifacts.PINS, "budgets", "0" * 64)

    assert "Models that differ from the release" in carol.get("/admin/models").text
