"""What is expected of a book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_forecasts"
down_revision = "2026_11_21_ledger"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "forecast",
        sa.Column("id", BIG, nullable=False),
        sa.Column("book_id", BIG, nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("up_to", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=120), nullable=False),
        sa.Column("points", DOCUMENT, nullable=False),
        sa.Column("backtest", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_forecast_book_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_forecast_book_id_target", "forecast", ["book_id", "target"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_forecast_book_id_target", table_name="forecast")
    op.drop_table("forecast")
