"""Only ``app/services/ledger`` writes transactions, splits, transfers and tombstones.

The code is scanned for statements, ORM writes and SQL text. What a scan cannot see, such as an attribute that is set on
a loaded row, the ORM refuses at the flush (``test_ledger_events``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.cases import each_case

APP = Path(__file__).parents[2] / "app"
LEDGER = APP / "services" / "ledger"
MODELS = {"Transaction", "Split", "Transfer", "Tombstone"}
STATEMENTS = {"insert", "update", "delete", "insert_into"}
SESSION_WRITES = {"add", "add_all", "delete", "merge"}
WRITING_SQL = re.compile(
    r"\b(?:insert\s+into|update|delete\s+from|copy)\s+[\"`\[]?(?:transaction|split|transfer|tombstone)\b", re.IGNORECASE
)


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def assignments(function: ast.AST) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    """Yield what variables are set to, and the variables."""
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            yield node.iter, [node.target]
        elif isinstance(node, ast.Assign):
            yield node.value, node.targets
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield node.value, [node.target]


def ledger_rows(function: ast.AST) -> set[str]:
    """Return the variables that hold ledger rows: set to, or looped over, an expression that names a model."""
    found: set[str] = set()
    for _ in range(3):  # a variable may be set from another one that comes later in the walk
        for value, targets in assignments(function):
            makes_other = isinstance(value, ast.Call) and called(value)[:1].isupper() and called(value) not in MODELS
            if names_in(value) & (MODELS | found) and not makes_other:
                for target in targets:
                    found |= names_in(target) if isinstance(target, ast.Name | ast.Tuple) else set()
    return found


def writes(source: str) -> Iterator[str]:
    """Yield the places of a module that write ledger tables."""
    tree = ast.parse(source)
    for scope in (tree, *(each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))):
        rows = ledger_rows(scope) if scope is not tree else set()
        for node in ast.walk(scope):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITING_SQL.search(node.value):
                yield f"line {node.lineno}: SQL {node.value[:60]!r}"
            if isinstance(node, ast.Call) and is_write(node, rows):
                yield f"line {node.lineno}: {ast.unparse(node)[:60]}"


def is_write(node: ast.Call, rows: set[str]) -> bool:
    named = names_in(node.args[0]) if node.args else set()
    if isinstance(node.func, ast.Name):
        return node.func.id in STATEMENTS and bool(named & MODELS)
    owner = ast.unparse(node.func.value).split(".")[-1] if isinstance(node.func, ast.Attribute) else ""
    is_session_write = owner == "session" and called(node) in SESSION_WRITES and bool(named & (MODELS | rows))
    return is_session_write or called(node) == "copy_records_to_table"


@each_case(
    "planted",
    [
        "async def f(s): await s.execute(insert(Transaction), rows)",
        "async def f(s): await s.execute(update(Split).values(memo=''))",
        "async def f(s): await s.execute(delete(Transfer.__table__))",
        "async def f(self): self.session.add(Tombstone(book_id=1))",
        "async def f(self):\n    row = await self.session.get(Transaction, 1)\n    await self.session.delete(row)",
        "async def f(self):\n    for row in await found(select(Split)):\n        await self.session.delete(row)",
        "async def f(c): await c.execute(text('UPDATE \"transaction\" SET memo = 1'))",
        "async def f(d): await d.copy_records_to_table('transaction', records=[])",
    ],
)
def test_a_planted_write_is_found(planted: str) -> None:
    assert len(set(writes(planted))) == 1


def test_no_other_module_writes_the_ledger() -> None:
    found = {
        str(module.relative_to(APP)): places
        for module in sorted(APP.rglob("*.py"))
        if LEDGER not in module.parents and (places := sorted(set(writes(module.read_text()))))
    }

    assert found == {}
