"""Remember with a bank's files which account they are of, and what its categories mean."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_import_mappings"
down_revision = "2026_11_30_book_cursor"


def upgrade() -> None:
    json = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
    with op.batch_alter_table("import_mapping", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("own_account", sa.String(length=40), nullable=False, server_default=""))
        table.add_column(sa.Column("categories", json, nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("import_mapping", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_column("categories")
        table.drop_column("own_account")
