"""Add transaction.is_valuation: a change in value of a property, loan or investment, which moves no money."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_valuations"
down_revision = "2026_11_30_import_changes"


def upgrade() -> None:
    op.add_column("transaction", sa.Column("is_valuation", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    valuations = "SELECT id FROM \"transaction\" WHERE is_valuation"
    op.execute(f'UPDATE "transaction" SET transfer_id = NULL WHERE id IN ({valuations})')
    op.execute("DELETE FROM transfer WHERE id NOT IN (SELECT transfer_id FROM \"transaction\" WHERE transfer_id IS NOT NULL)")
    op.drop_column("transaction", "is_valuation")
