"""Pairs of entries that somebody said are no transfer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_two_entries"
down_revision = "2026_11_21_watch"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('two_entries',
    sa.Column('id', BIG, nullable=False),
    sa.Column('source_id', BIG, nullable=False),
    sa.Column('target_id', BIG, nullable=False),
    sa.Column('book_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_two_entries_book_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['transaction.id'], name=op.f('fk_two_entries_source_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['target_id'], ['transaction.id'], name=op.f('fk_two_entries_target_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_two_entries')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('two_entries', schema=None) as batch_op:
        batch_op.create_index('ix_two_entries_target_id', ['target_id'], unique=False)
        batch_op.create_index('uq_two_entries_source_id_target_id', ['source_id', 'target_id'], unique=True)


def downgrade() -> None:
    op.drop_table('two_entries')
