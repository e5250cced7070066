"""A valid request for each route that takes ids."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import PASSWORD
from tests.support import examples
from tests.support.examples import CSV, DAY, MAKERS, Maker
from tests.support.routes import Route

MONTH = DAY.isoformat()[:7]


@dataclass(frozen=True)
class Example:
    """A valid request. ``"{name}"`` stands for the id of a row that ``make`` or ``MAKERS`` makes under this name."""

    form: dict[str, Any] | None = None
    json: Any = None
    files: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)
    htmx: bool = False
    signed_in: bool = False  # the API wants a session, not a personal token
    make: dict[str, Maker] = field(default_factory=dict)

    @property
    def body_names(self) -> list[str]:
        return re.findall(r"{(\w+)}", repr((self.form, self.json, self.query)))

    def makers(self, route: Route) -> dict[str, Maker]:
        return {name: self.make.get(name) or MAKERS[name] for name in [*route.id_names, *self.body_names]}

    def send(self, person: Any, route: Route, ids: dict[str, int]) -> Any:
        path = re.sub(r"{(\w+):int}", lambda found: str(ids[found[1]]), route.path)
        arguments: dict[str, Any] = {"params": self.query and filled(self.query, ids)}
        if route.path.startswith("/api/"):
            body = {"json": filled(self.json, ids)} if self.json is not None else {}
            if self.signed_in:
                credentials = {"email": f"{person.name}@example.org", "password": PASSWORD}
                token = person.api("POST", "/api/v1/auth/login", json=credentials).json()["access_token"]
                arguments["headers"] = {"Authorization": f"Bearer {token}"}
            return person.api(route.method, path, **arguments, **body)
        if route.method == "POST":
            arguments |= {"data": filled(self.form or {}, ids), "files": self.files}
        ask = person.htmx if self.htmx else lambda method, *args, **more: getattr(person, method)(*args, **more)
        return ask(route.method.lower(), path, **arguments)


def filled(value: Any, ids: dict[str, int]) -> Any:
    """``value`` with ids in place of their names; JSON keeps them as numbers."""
    if isinstance(value, dict):
        return {key: filled(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, ids) for each in value]
    found = re.fullmatch(r"{(\w+)}", value) if isinstance(value, str) else None
    return ids[found[1]] if found else value


def on(name: str, maker: Maker, **more: Any) -> Example:
    return Example(make={name: maker}, **more)


OTHER_ACCOUNT = {"other_account_id": examples.account}
OTHER_CATEGORY = {"other_category_id": examples.category}
ENTRY = {"flow": "out", "amount": "1.00", "payee": "Baker", "booked_on": DAY.isoformat()}
STATEMENT = {"until": DAY.isoformat(), "balance": "0"}
BILL = {"kind": "bill", "cadence": "monthly", "interval": "1", "starts_on": DAY.isoformat(), "amount": "9"}
CATEGORY = {"name": "Renamed", "group": "{group_id}", "icon": "tag", "colour": "2"}
RATE = {"base": "EUR", "quote": "USD", "rate": "1.2", "as_of": DAY.isoformat()}
SPLIT = [{"amount": "-0.50", "category": "{category_id}"}, {"amount": "-0.50", "category": None}]
HTMX = Example(htmx=True)
UNSURE = {"batch_id": examples.import_with_unsure_line}
LINKED = {"other_id": examples.incoming_transaction}

EXAMPLES: dict[str, Example] = {
    "GET /accounts/{account_id:int}": Example(query={"on": DAY.isoformat()}),
    "POST /accounts/{account_id:int}": Example(
        form={"name": "Renamed", "kind": "savings", "currency": "EUR", "opening_balance": "5"}
    ),
    "GET /accounts/{account_id:int}/value": on("account_id", examples.asset_account),
    "POST /accounts/{account_id:int}/value": on(
        "account_id", examples.asset_account, form={"on": DAY.isoformat(), "value": "1000"}
    ),
    "GET /accounts/{account_id:int}/edit": Example(),
    "POST /accounts/{account_id:int}/archive": Example(),
    "POST /accounts/{account_id:int}/restore": Example(),
    "POST /accounts/{account_id:int}/up": Example(),
    "POST /accounts/{account_id:int}/down": Example(),
    "POST /accounts/{account_id:int}/default": Example(),
    "POST /accounts/{account_id:int}/delete": Example(),
    "GET /accounts/{account_id:int}/reconcile": Example(query=STATEMENT),
    "POST /accounts/{account_id:int}/reconcile": on(
        "account_id", examples.account_with_transaction, form={**STATEMENT, "balance": "7", "adjust": "on"}
    ),
    "POST /accounts/{account_id:int}/reconcile/difference": Example(form=STATEMENT),
    "GET /activity/{change_set_id:int}": Example(),
    "POST /activity/{change_set_id:int}/undo": Example(),
    "POST /anomalies/{finding_id:int}/accept": Example(),
    "POST /anomalies/{finding_id:int}/dismiss": Example(),
    "POST /anomalies/{finding_id:int}/dispute": Example(),
    "POST /anomalies/{finding_id:int}/remove": on("finding_id", examples.duplicate_finding),
    "POST /anomalies/{finding_id:int}/end": on("finding_id", examples.missing_bill),
    "GET /categories/{category_id:int}": Example(query={"month": MONTH}),
    "POST /categories/{category_id:int}": Example(form=CATEGORY),
    "GET /categories/{category_id:int}/edit": Example(),
    "GET /categories/{category_id:int}/merge": Example(),
    "POST /categories/{category_id:int}/merge": Example(form={"into": "{other_category_id}"}, make=OTHER_CATEGORY),
    "POST /categories/{category_id:int}/archive": Example(),
    "POST /categories/{category_id:int}/restore": Example(),
    "POST /categories/{category_id:int}/up": Example(),
    "POST /categories/{category_id:int}/down": Example(),
    "POST /categories/{category_id:int}/delete": Example(),
    "POST /categories/groups/{group_id:int}": Example(form={"name": "Renamed"}),
    "GET /categories/groups/{group_id:int}/edit": Example(),
    "POST /categories/groups/{group_id:int}/up": Example(),
    "POST /categories/groups/{group_id:int}/down": Example(),
    "POST /categories/groups/{group_id:int}/delete": Example(),
    "POST /currencies/rates/{rate_id:int}": Example(form=RATE),
    "POST /currencies/rates/{rate_id:int}/delete": Example(),
    "GET /currencies/rates/{rate_id:int}/edit": Example(),
    "GET /imports/{batch_id:int}": Example(),
    "POST /imports/{batch_id:int}/fix-opening-balance": on("batch_id", examples.finished_import),
    "POST /imports/{batch_id:int}/commit": Example(form={"unsure": "skip"}),
    "POST /imports/{batch_id:int}/decide": Example(form={"row-2": "skip"}, make=UNSURE),
    "POST /imports/{batch_id:int}/discard": Example(),
    "POST /imports/{batch_id:int}/link": Example(
        form={"one": "{transaction_id}", "other": "{other_id}"},
        make={"batch_id": examples.finished_import, **LINKED},
    ),
    "POST /imports/{batch_id:int}/mapping": Example(form={"account": "{account_id}"}),
    "POST /imports/{batch_id:int}/undo": on("batch_id", examples.finished_import),
    "POST /inbox/{transaction_id:int}/file": Example(form={"category": "{category_id}"}),
    "POST /payees/{payee_id:int}": Example(form={"name": "Renamed"}),
    "POST /payees/{payee_id:int}/delete": Example(),
    "GET /payees/{payee_id:int}/edit": Example(),
    "GET /payees/{payee_id:int}/merge": Example(),
    "POST /payees/{payee_id:int}/merge": Example(
        form={"into": "{other_payee_id}"}, make={"other_payee_id": examples.payee}
    ),
    "POST /recurring/bills/{bill_id:int}/paid": Example(),
    "POST /recurring/candidates/{candidate_id:int}/accept": Example(),
    "POST /recurring/candidates/{candidate_id:int}/dismiss": Example(),
    "POST /recurring/{recurring_id:int}": Example(
        form={**BILL, "payee": "Landlord", "account": "{account_id}", "category": "{category_id}"}
    ),
    "GET /recurring/{recurring_id:int}/edit": Example(),
    "POST /recurring/{recurring_id:int}/pause": Example(),
    "POST /recurring/{recurring_id:int}/resume": on("recurring_id", examples.paused_recurring),
    "POST /recurring/{recurring_id:int}/end": Example(),
    "POST /recurring/{recurring_id:int}/delete": Example(),
    "POST /recurring/{recurring_id:int}/price": on("recurring_id", examples.recurring_with_new_price),
    "POST /rules/{rule_id:int}": Example(
        form={"payee_contains": "Baker", "account": "{account_id}", "category": "{category_id}"}
    ),
    "GET /rules/{rule_id:int}/edit": Example(),
    "POST /rules/{rule_id:int}/run": on("rule_id", examples.matching_rule),
    "POST /rules/{rule_id:int}/up": Example(),
    "POST /rules/{rule_id:int}/down": Example(),
    "POST /rules/{rule_id:int}/on": Example(),
    "POST /rules/{rule_id:int}/off": Example(),
    "POST /rules/{rule_id:int}/delete": Example(),
    "POST /settings/sessions/{session_id:int}/end": Example(),
    "POST /settings/tokens/{token_id:int}/revoke": Example(),
    "POST /tags/{tag_id:int}": Example(form={"name": "renamed"}),
    "POST /tags/{tag_id:int}/delete": Example(),
    "GET /tags/{tag_id:int}/edit": Example(),
    "GET /tags/{tag_id:int}/merge": Example(),
    "POST /tags/{tag_id:int}/merge": Example(form={"into": "{other_tag_id}"}, make={"other_tag_id": examples.tag}),
    "GET /transactions/files/{attachment_id:int}": Example(),
    "POST /transactions/files/{attachment_id:int}/delete": Example(),
    "POST /transactions/filters/{filter_id:int}/delete": Example(),
    "GET /transactions/{transaction_id:int}": Example(),
    "POST /transactions/{transaction_id:int}": Example(
        form={**ENTRY, "account": "{account_id}", "category": "{category_id}"}
    ),
    "GET /transactions/{transaction_id:int}/category": HTMX,
    "POST /transactions/{transaction_id:int}/category": Example(form={"category": "{category_id}"}, htmx=True),
    "POST /transactions/{transaction_id:int}/delete": Example(),
    "POST /transactions/{transaction_id:int}/duplicate": Example(),
    "GET /transactions/{transaction_id:int}/edit": HTMX,
    "POST /transactions/{transaction_id:int}/files": Example(files={"file": ("a.pdf", b"%PDF-1.4", "application/pdf")}),
    "POST /transactions/{transaction_id:int}/transfer": Example(
        form={"account": "{other_account_id}"}, make=OTHER_ACCOUNT
    ),
    "POST /transactions/{transaction_id:int}/link": Example(form={"other": "{other_id}"}, make=LINKED),
    "POST /transactions/{transaction_id:int}/recategorise-similar": on(
        "transaction_id", examples.corrected_transaction
    ),
    "GET /transactions/{transaction_id:int}/row": HTMX,
    "POST /transactions/{transaction_id:int}/row": Example(form={"category": "{category_id}"}, htmx=True),
    "POST /transactions/{transaction_id:int}/unlink": on("transaction_id", examples.transfer_leg),
    "POST /transactions/{transaction_id:int}/unlock": on("transaction_id", examples.reconciled_transaction),
    # The API
    "GET /api/v1/accounts/{account_id:int}": Example(),
    "PATCH /api/v1/accounts/{account_id:int}": Example(json={"name": "Renamed"}),
    "DELETE /api/v1/accounts/{account_id:int}": Example(),
    "POST /api/v1/bills/{bill_id:int}/paid": Example(),
    "GET /api/v1/categories/{category_id:int}": Example(),
    "PATCH /api/v1/categories/{category_id:int}": Example(json={"name": "Renamed", "group": "{group_id}"}),
    "DELETE /api/v1/categories/{category_id:int}": Example(),
    "POST /api/v1/categories/{category_id:int}/merge": Example(
        json={"into": "{other_category_id}"}, make=OTHER_CATEGORY
    ),
    "POST /api/v1/changes/{change_set_id:int}/undo": Example(),
    "GET /api/v1/currency/rates/{rate_id:int}": Example(),
    "PATCH /api/v1/currency/rates/{rate_id:int}": Example(json=RATE),
    "DELETE /api/v1/currency/rates/{rate_id:int}": Example(),
    "GET /api/v1/imports/{batch_id:int}": Example(),
    "POST /api/v1/imports/{batch_id:int}/decide": Example(json={"rows": {"2": "skip"}}, make=UNSURE),
    "POST /api/v1/imports/{batch_id:int}/undo": on("batch_id", examples.finished_import, json={}),
    "GET /api/v1/payees/{payee_id:int}": Example(),
    "PATCH /api/v1/payees/{payee_id:int}": Example(json={"name": "Renamed"}),
    "DELETE /api/v1/payees/{payee_id:int}": Example(),
    "POST /api/v1/payees/{payee_id:int}/merge": Example(
        json={"into": "{other_payee_id}"}, make={"other_payee_id": examples.payee}
    ),
    "GET /api/v1/recurring/{recurring_id:int}": Example(),
    "PATCH /api/v1/recurring/{recurring_id:int}": Example(
        json={"amount": "9.00", "account": "{account_id}", "category": "{category_id}", "payee": "{payee_id}"}
    ),
    "DELETE /api/v1/recurring/{recurring_id:int}": Example(),
    "POST /api/v1/recurring/{recurring_id:int}/pause": Example(),
    "POST /api/v1/recurring/{recurring_id:int}/resume": on("recurring_id", examples.paused_recurring),
    "GET /api/v1/rules/{rule_id:int}": Example(),
    "PATCH /api/v1/rules/{rule_id:int}": Example(
        json={"when": {"account": "{account_id}"}, "then": {"category": "{category_id}"}}
    ),
    "DELETE /api/v1/rules/{rule_id:int}": Example(),
    "POST /api/v1/rules/{rule_id:int}/run": on("rule_id", examples.matching_rule),
    "GET /api/v1/tags/{tag_id:int}": Example(),
    "PATCH /api/v1/tags/{tag_id:int}": Example(json={"name": "renamed"}),
    "DELETE /api/v1/tags/{tag_id:int}": Example(),
    "POST /api/v1/tags/{tag_id:int}/merge": Example(
        json={"into": "{other_tag_id}"}, make={"other_tag_id": examples.tag}
    ),
    "DELETE /api/v1/tokens/{token_id:int}": Example(signed_in=True),
    "GET /api/v1/transactions/requests/{request_id:int}": Example(),
    "GET /api/v1/transactions/requests/{request_id:int}/status": Example(),
    "GET /api/v1/transactions/{request_id:int}/status": Example(),
    "GET /api/v1/transactions/{transaction_id:int}": Example(),
    "PATCH /api/v1/transactions/{transaction_id:int}": Example(
        json={"account": "{account_id}", "category": "{category_id}"}
    ),
    "DELETE /api/v1/transactions/{transaction_id:int}": Example(),
    "DELETE /api/v1/transfers/{transfer_id:int}": Example(),
}

#: Requests without an id in the path that name rows.
REFERENCES: dict[str, Example] = {
    "POST /transactions": Example(form={**ENTRY, "account": "{account_id}", "category": "{category_id}"}),
    "POST /transactions/draft": Example(form=ENTRY, query={"of": "{transaction_id}"}, htmx=True),
    "POST /transactions/bulk": Example(
        form={"do": "file", "id": "{transaction_id}", "category": "{category_id}"}, htmx=True
    ),
    "POST /transfers": Example(
        form={"from": "{account_id}", "to": "{other_account_id}", "amount": "1", "booked_on": DAY.isoformat()},
        make=OTHER_ACCOUNT,
    ),
    "POST /inbox/line": Example(form={"batch": "{batch_id}", "line": "2", "answer": "skip"}, make=UNSURE),
    "POST /inbox/transfer": Example(form={"source": "{transaction_id}", "target": "{other_id}"}, make=LINKED),
    "GET /rules/new": Example(query={"from": "{transaction_id}"}),
    "POST /rules": Example(form={"payee_contains": "x", "account": "{account_id}", "category": "{category_id}"}),
    "POST /recurring": Example(
        form={**BILL, "payee": "Landlord", "account": "{account_id}", "category": "{category_id}"}
    ),
    "POST /categories": Example(form={**CATEGORY, "name": "New one"}),
    "POST /imports": Example(form={"account": "{account_id}"}, files={"file": ("a.csv", CSV, "text/csv")}),
    "POST /api/v1/transactions": Example(
        json={"amount": "-1.00", "account": "{account_id}", "category": "{category_id}", "booked_on": DAY.isoformat()}
    ),
    "POST /api/v1/transfers": Example(
        json={"from": "{account_id}", "to": "{other_account_id}", "amount": "1.00"}, make=OTHER_ACCOUNT
    ),
    "POST /api/v1/categories": Example(json={"name": "New one", "group": "{group_id}"}),
    "POST /api/v1/rules": Example(json={"when": {"account": "{account_id}"}, "then": {"category": "{category_id}"}}),
    "POST /api/v1/rules/preview": Example(
        json={"when": {"account": "{account_id}"}, "then": {"category": "{category_id}"}}
    ),
    "POST /api/v1/recurring": Example(
        json={
            "payee": "{payee_id}",
            "amount": "9.00",
            "starts_on": DAY.isoformat(),
            "account": "{account_id}",
            "category": "{category_id}",
        }
    ),
    "POST /api/v1/transactions/import": Example(
        json={"account": "{account_id}", "transactions": [{"booked_on": DAY.isoformat(), "amount": "-1.00"}]}
    ),
    "POST /api/v1/transactions/score": Example(json={"category": "{category_id}", "amount": "1.00"}),
}


def make_rows(person: Any, route: Route, example: Example) -> dict[str, int]:
    """Make the rows that a request names; ids by name."""

    async def work(services: Any) -> dict[str, int]:
        return {name: await make(services) for name, make in example.makers(route).items()}

    return person.work(work)
