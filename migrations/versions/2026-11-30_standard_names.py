"""Rename columns and tables to the standard terms, also in the journal's stored values."""

from alembic import op
from sqlalchemy import text

revision = "2026_11_30_standard_names"
down_revision = "2026_11_21_initial"

COLUMNS = (("filed_by", "categorised_by"), ("because", "reason"))
TABLE = ("two_entries", "dismissed_transfer_pair")
INDEXES = ("uq_{}_source_id_target_id", "ix_{}_target_id")


def upgrade() -> None:
    _rename(COLUMNS, *TABLE)


def downgrade() -> None:
    _rename(tuple((new, old) for old, new in COLUMNS), *reversed(TABLE))


def _rename(columns: tuple[tuple[str, str], ...], old_table: str, new_table: str) -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for old, new in columns:
        op.execute(f'ALTER TABLE "transaction" RENAME COLUMN {old} TO {new}')
        for side in ("before", "after"):
            column, kind = (f"CAST({side} AS TEXT)", "JSONB") if postgresql else (side, "TEXT")
            op.execute(
                text(
                    f"UPDATE change SET {side} = CAST(replace({column}, :old, :new) AS {kind}) "  # noqa: S608
                    f"WHERE table_name = 'transaction' AND {column} LIKE :pattern"
                ).bindparams(old=f'"{old}":', new=f'"{new}":', pattern=f'%"{old}":%')
            )
    for name in INDEXES:
        op.drop_index(name.format(old_table), table_name=old_table)
    op.rename_table(old_table, new_table)
    op.create_index(INDEXES[0].format(new_table), new_table, ["source_id", "target_id"], unique=True)
    op.create_index(INDEXES[1].format(new_table), new_table, ["target_id"])
    op.execute(
        text("UPDATE change SET table_name = :new WHERE table_name = :old").bindparams(old=old_table, new=new_table)
    )
    if postgresql:
        op.execute(f'ALTER TABLE "transaction" RENAME CONSTRAINT ck_transaction_{columns[0][0]} TO ck_transaction_{columns[0][1]}')
        for name in ("pk_{}", "fk_{}_book_id", "fk_{}_source_id", "fk_{}_target_id"):
            op.execute(f"ALTER TABLE {new_table} RENAME CONSTRAINT {name.format(old_table)} TO {name.format(new_table)}")
