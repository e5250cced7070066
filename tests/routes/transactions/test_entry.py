"""One transaction on its own page: form, splits, files, transfer."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from app.models import Account, AccountKind, Status, User
from app.schemas.transactions import TransactionIn, TransactionPatch
from app.services.transaction_list import Filter
from tests.support import entries
from tests.support.cases import each_case
from tests.support.flows import FORM


def lines(person: Any) -> list[Any]:
    return person.work(lambda services: services.transaction_list.page(Filter())).lines


@pytest.fixture
def row(alice: Any) -> int:
    entry = TransactionIn(payee="Zzyxq", amount="-12.50", booked_on="2026-03-14", tags=["Trip"])
    return alice.work(lambda services: services.transactions.add(entry)).id


def test_the_form_books_an_outflow_with_its_splits(alice: Any) -> None:
    assert alice.get("/transactions/new").status_code == 200
    data = {
        **FORM,
        "tags": "Trip, Work",
        "split_amount": ["10", "2.5"],
        "split_category": ["", ""],
        "split_memo": ["a", ""],
    }
    answer = alice.post("/transactions", data)
    assert answer.status_code == 303
    (line,) = lines(alice)
    assert (line.minor, line.tags, [part.minor for part in line.parts]) == (-1250, ["Trip", "Work"], [-1000, -250])
    assert "/undo" in alice.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("language", "currency", "flow", "typed", "minor"),
    [
        ("de-CH", "CHF", "out", "12.-", -1200),
        ("de-DE", "EUR", "out", "12,-", -1200),
        ("nl", "EUR", "out", "€ 5,-", -500),
        ("de-CH", "CHF", "in", "12.-", 1200),
        ("de-CH", "CHF", "out", "1'000.–", -100000),
    ],
)
def test_a_dash_for_zero_cents_is_no_minus(
    alice: Any, language: str, currency: str, flow: str, typed: str, minor: int
) -> None:
    async def prepare(services: Any) -> int:
        (await services.session.get_one(User, services.member.user.id)).locale = language
        row = Account(book_id=services.member.book.id, name="Other", kind=AccountKind.CHECKING, currency=currency)
        services.session.add(row)
        await services.session.flush()
        return row.id

    account = alice.work(prepare)
    answer = alice.post("/transactions", {**FORM, "flow": flow, "amount": typed, "account": str(account)})
    assert answer.status_code == 303
    assert [line.minor for line in lines(alice)] == [minor]


@each_case(
    ("wrong", "sentence"),
    [
        ({"amount": "x"}, "is not an amount"),
        ({"amount": ""}, "Enter an amount"),
        ({"booked_on": "2026-02-31"}, "This is not a date"),
        ({"account": "99999"}, "Choose one of your accounts"),
        ({"currency": "ZZZ"}, "is not a currency"),
        ({"currency": "ISK", "booked_on": "2012-01-02"}, "ISK"),
        ({"memo": "a\x00b"}, "can’t be stored"),
        ({"split_amount": ["10"], "split_category": [""], "split_memo": [""]}, "remains"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(alice: Any, wrong: dict[str, Any], sentence: str) -> None:
    for send in (alice.post, lambda path, data: alice.htmx("post", path, data=data)):
        answer = send("/transactions", {**FORM, **wrong})
        assert answer.status_code == 422
        assert sentence in answer.text
    assert lines(alice) == []


def test_another_part_is_added_without_saving(alice: Any, row: int) -> None:
    answer = alice.htmx("post", f"/transactions/draft?of={row}", data={**FORM, "do": "part"})
    assert answer.text.count('name="split_amount"') == 2
    assert lines(alice)[0].parts == []
    assert alice.post(f"/transactions/draft?of={row}", {**FORM, "do": "part"}).status_code == 200
    assert alice.post("/transactions/draft", {**FORM, "do": "part"}).status_code == 200


def test_the_page_saves_what_was_changed(alice: Any, row: int) -> None:
    page = alice.get(f"/transactions/{row}").text
    version = page.split('name="version" value="')[1].split('"')[0]
    data = {**FORM, "amount": "20", "flow": "in", "tags": "Work", "memo": "back", "version": version, "category": ""}
    assert alice.post(f"/transactions/{row}", data).status_code == 303
    (line,) = lines(alice)
    assert (line.minor, line.tags, line.memo) == (2000, ["Work"], "back")


def test_two_tabs_see_both_versions_and_choose(alice: Any, row: int) -> None:
    page = alice.get(f"/transactions/{row}").text
    version = page.split('name="version" value="')[1].split('"')[0]
    first = {**FORM, "amount": "20", "tags": "Work", "memo": "first", "version": version, "category": ""}
    assert alice.post(f"/transactions/{row}", first).status_code == 303
    second = {**first, "amount": "30", "memo": "second", "payee": "Qwxv"}
    for send in (alice.post, lambda path, data: alice.htmx("post", path, data=data)):
        late = send(f"/transactions/{row}", second)
        assert late.status_code == 409
        assert late.text.count("data-differs") == 3
        for shown in ("−€30.00", "−€20.00", "first", "second", "Qwxv", "Keep the saved version"):
            assert shown in late.text
    assert lines(alice)[0].minor == -2000
    over = late.text.split('name="over" value="')[1].split('"')[0]
    assert alice.post(f"/transactions/{row}", {**second, "over": over}).status_code == 303
    (line,) = lines(alice)
    assert (line.minor, line.memo, line.payee) == (-3000, "second", "Qwxv")


def test_a_split_is_compared_too(alice: Any, row: int) -> None:
    page = alice.get(f"/transactions/{row}").text
    version = page.split('name="version" value="')[1].split('"')[0]
    alice.post(f"/transactions/{row}", {**FORM, "memo": "first", "version": version, "category": "", "tags": "Trip"})
    parts = {"split_amount": ["10", "2.5"], "split_category": ["", ""], "split_memo": ["", ""]}
    late = alice.post(f"/transactions/{row}", {**FORM, **parts, "version": version, "tags": "Trip"})
    assert late.status_code == 409
    assert "Uncategorized 10, Uncategorized 2.5" in late.text


def test_a_reconciled_entry_is_unlocked_by_hand(alice: Any, row: int) -> None:
    lock = TransactionPatch(status=Status.RECONCILED)
    alice.work(lambda services: services.transactions.edit(row, lock))
    assert "Unlock" in alice.get(f"/transactions/{row}").text
    assert alice.post(f"/transactions/{row}", {"memo": "seen", "tags": "Trip", "category": ""}).status_code == 303
    assert alice.post(f"/transactions/{row}/delete").status_code == 409
    assert alice.post(f"/transactions/{row}/unlock").status_code == 303
    assert lines(alice)[0].memo == "seen"
    assert not lines(alice)[0].is_locked


def test_duplicate_and_delete_end_with_an_undo(alice: Any, row: int) -> None:
    alice.post(f"/transactions/{row}/duplicate")
    assert len(lines(alice)) == 2
    answer = alice.post(f"/transactions/{row}/delete")
    assert "Deleted Zzyxq" in alice.get(answer.headers["location"]).text
    assert len(lines(alice)) == 1


def picture(kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, kind, exif=b"Exif\x00\x00secret" if kind == "JPEG" else b"")
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_and_given_back_safely(alice: Any, bob: Any, row: int, kind: str) -> None:
    files = {"file": ('../re"ceipt.html', picture(kind), "text/html")}
    answer = alice.htmx("post", f"/transactions/{row}/files", files=files)
    assert answer.status_code == 200, answer.text
    path = "/transactions/files/" + answer.text.split('href="/transactions/files/')[1].split('"')[0]
    back = alice.get(path)
    assert back.headers["content-type"] == f"image/{kind.lower()}"
    assert back.headers["content-disposition"].startswith("attachment; filename*=UTF-8''re_ceipt.")
    assert back.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in back.headers["content-security-policy"]
    assert b"secret" not in back.content
    assert bob.get(path).status_code == 404
    assert bob.post(f"{path}/delete").status_code == 404
    assert alice.htmx("post", f"{path}/delete").status_code == 200
    assert alice.get(path).status_code == 404


@each_case(
    ("content", "status"),
    [(b"<html>", 415), (b"\x89PNG\r\n\x1a\nbroken", 415), (b"RIFFxxxxAVI ", 415), (b"", 415),
     (b"%PDF-" + b"x" * 10_500_000, 413)],
)  # fmt: skip
def test_other_files_are_refused(alice: Any, row: int, content: bytes, status: int) -> None:
    answer = alice.htmx("post", f"/transactions/{row}/files", files={"file": ("a.png", content, "image/png")})
    assert answer.status_code == status


def test_two_rows_become_a_transfer_and_two_rows_again(alice: Any, row: int) -> None:
    async def arrive(services: Any) -> int:
        account = Account(book_id=services.member.book.id, name="Savings", kind=AccountKind.SAVINGS, currency="EUR")
        services.session.add(account)
        await services.session.flush()
        entry = TransactionIn(account=account.id, amount="12.50", booked_on="2026-03-15")
        return (await services.transactions.add(entry)).id

    other = alice.work(arrive)
    assert "Link as transfer" in alice.get(f"/transactions/{row}").text
    assert alice.post(f"/transactions/{row}/link", {"other": str(other)}).status_code == 303
    assert all(line.transfer_id for line in lines(alice))
    assert alice.get(f"/transactions/{other}").status_code == 200
    assert alice.post(f"/transactions/{row}/unlink").status_code == 303
    assert not any(line.transfer_id for line in lines(alice))


def test_a_transfer_form_moves_money(alice: Any, row: int) -> None:
    async def open_account(services: Any) -> int:
        account = Account(book_id=services.member.book.id, name="Savings", kind=AccountKind.SAVINGS, currency="EUR")
        services.session.add(account)
        await services.session.flush()
        return account.id

    assert "You have one account" in alice.get("/transfers/new").text
    savings = alice.work(open_account)
    cash = lines(alice)[0].account_id
    assert alice.get("/transfers/new").status_code == 200
    data = {"from": str(cash), "to": str(savings), "amount": "1,000.00"}
    assert alice.post("/transfers", data).status_code == 303
    assert sorted(line.minor for line in lines(alice)) == [-100000, -1250, 100000]
    for wrong in ({"to": ""}, {"to": str(cash)}, {"amount": "-5"}, {"booked_on": "x"}, {"to": "99999"}):
        assert alice.post("/transfers", {**data, **wrong}).status_code == 422


@pytest.mark.parametrize("verb", ["delete", "duplicate", "unlock", "link", "unlink", "recategorise-similar", "files"])
def test_it_is_private(alice: Any, bob: Any, row: int, verb: str) -> None:
    assert bob.get(f"/transactions/{row}").status_code == 404
    assert bob.post(f"/transactions/{row}").status_code == 404
    assert bob.post(f"/transactions/{row}/{verb}", {"other": str(row)}).status_code == 404
    assert bob.post(f"/transactions/draft?of={row}", FORM).status_code == 404


@pytest.mark.parametrize("text", ["1.005", "12.345", "-1.005"])
def test_an_amount_that_may_mean_two_is_asked_about(alice: Any, text: str) -> None:
    """In English a point stands before the cents: “1.005” is a slip, and no thousand euros."""
    form = {"booked_on": "2026-03-01", "payee": "Typed Baker", "amount": text, "flow": "out", "memo": "typed"}
    before = alice.api("GET", "/api/v1/transactions").json()["pagination"]["total"]
    answer = alice.post("/transactions", form)
    assert answer.status_code == 422
    assert "could be" in answer.text
    assert "Typed Baker" in answer.text
    assert text in answer.text
    assert alice.api("GET", "/api/v1/transactions").json()["pagination"]["total"] == before


def test_saving_and_deleting_return_to_the_list_with_its_filters(alice: Any, row: int) -> None:
    listed = alice.get("/transactions?tag=Trip").text
    link = f"/transactions/{row}?back=%2Ftransactions%3Ftag%3DTrip"
    assert link in listed
    assert f'href="/transactions/{row}"' in alice.get("/transactions").text
    shown = alice.get(link).text
    assert 'name="back" value="/transactions?tag=Trip"' in shown
    assert 'href="/transactions?tag=Trip"' in shown

    back = {"back": "/transactions?tag=Trip"}
    saved = alice.post(f"/transactions/{row}", {**FORM, "tags": "Trip", **back})
    assert saved.headers["location"].startswith("/transactions?tag=Trip")
    savings = entries.account(alice, "Savings")
    stays = alice.post(f"/transactions/{row}/transfer", {"account": str(savings), **back})
    assert stays.headers["location"].startswith(f"/transactions/{row}?done=")
    assert "back=%2Ftransactions%3Ftag%3DTrip" in stays.headers["location"]
    deleted = alice.post(f"/transactions/{row}/delete", back)
    assert deleted.headers["location"].startswith("/transactions?tag=Trip&done=")


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_only_a_local_path_is_returned_to(alice: Any, row: int, elsewhere: str) -> None:
    assert elsewhere not in alice.get(f"/transactions/{row}", params={"back": elsewhere}).text
    deleted = alice.post(f"/transactions/{row}/delete", {"back": elsewhere})
    assert deleted.headers["location"].startswith("/transactions?done=")
