"""Rules that import-linter cannot check."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def imports_of(path: Path) -> Iterator[tuple[str, str]]:
    """Each (module, name) that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", each.name) for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def test_no_test_module_imports_another():
    found = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in files("tests")
        for module, name in imports_of(path)
        if module.startswith("tests") and any(part.startswith("test_") for part in f"{module}.{name}".split("."))
    ]
    assert found == [], "move what they share to tests/support"


def test_only_services_models_and_the_database_contain_sql():
    """Elsewhere SQLAlchemy is imported for its exceptions and the type of a session."""
    allowed = {"app/services", "app/models", "app/db.py"}
    found = [
        f"{path.relative_to(ROOT)}: {module}.{name}"
        for path in files("app")
        if not any(str(path.relative_to(ROOT)).startswith(each) for each in allowed)
        for module, name in imports_of(path)
        if module.split(".")[0] == "sqlalchemy" and not module.endswith(".exc") and name != "AsyncSession"
    ]
    assert found == []


def test_heavy_libraries_are_not_imported_at_start():
    heavy = ["prophet", "pandas", "sklearn", "scipy", "google.genai", "huey"]
    code = f"import sys, app.asgi; app.asgi.create_app(); print([each for each in {heavy} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
