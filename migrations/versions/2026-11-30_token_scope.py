"""Give personal tokens a scope and an expiry, and rate-limit counters the end of their window."""

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_token_scope"
down_revision = "2026_11_30_payee_keys"

VALID_DAYS = 90  # of tokens made before


def upgrade() -> None:
    expires_on = (date.today() + timedelta(days=VALID_DAYS)).isoformat()
    op.add_column("api_token", sa.Column("may_write", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("api_token", sa.Column("expires_on", sa.Date(), nullable=False, server_default=expires_on))
    _replace_attempts("expires_at")


def downgrade() -> None:
    op.drop_column("api_token", "expires_on")
    op.drop_column("api_token", "may_write")
    _replace_attempts("started_at")


def _replace_attempts(column: str) -> None:
    """Make the table anew: its counters live for an hour."""
    op.drop_table("attempt")
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column(column, sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempt")),
    )
