"""Journal the rows of earlier imports as one change each, so that undo finds them as it does those of new ones."""

from alembic import op

revision = "2026_11_30_import_changes"
down_revision = "2026_11_30_import_mappings"


def upgrade() -> None:
    json = "jsonb_build_object" if op.get_bind().dialect.name == "postgresql" else "json_object"
    op.execute(
        "INSERT INTO change (change_set_id, table_name, row_id, action, after) "
        f"SELECT id, 'transaction', 0, 'bulk', {json}('import_batch_id', import_batch_id) FROM change_set "  # noqa: S608
        "WHERE actor = 'import' AND undoes_id IS NULL AND import_batch_id IS NOT NULL"
    )


def downgrade() -> None:
    """Earlier versions undo an import by its batch, and cannot read such changes."""
    column = "CAST(before AS TEXT)" if op.get_bind().dialect.name == "postgresql" else "before"
    op.execute(f"DELETE FROM change WHERE action = 'bulk' AND ({column} IS NULL OR {column} = 'null')")  # noqa: S608
