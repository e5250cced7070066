"""What comes again, and what wants a second look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = "2026_11_21_watch"
down_revision = "2026_11_21_forecasts"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table('watch',
    sa.Column('book_id', BIG, autoincrement=False, nullable=False),
    sa.Column('change_set_id', BIG, nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_watch_book_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('book_id', name=op.f('pk_watch')),
    sqlite_autoincrement=True
    )
    op.create_table('recurring',
    sa.Column('id', BIG, nullable=False),
    sa.Column('book_id', BIG, nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('payee_id', BIG, nullable=True),
    sa.Column('kind', sa.Enum('bill', 'income', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('amount_max_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('account_id', BIG, nullable=True),
    sa.Column('category_id', BIG, nullable=True),
    sa.Column('cadence', sa.Enum('weekly', 'fortnightly', 'monthly', 'quarterly', 'yearly', name='cadence', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('interval', sa.SmallInteger(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('count', sa.Integer(), nullable=True),
    sa.Column('notice_days', sa.SmallInteger(), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('"interval" BETWEEN 1 AND 60', name=op.f('ck_recurring_interval')),
    sa.CheckConstraint('amount_minor > 0 AND amount_max_minor >= amount_minor', name=op.f('ck_recurring_amounts')),
    sa.CheckConstraint('length(currency) = 3 AND upper(currency) = currency', name=op.f('ck_recurring_currency_code')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recurring_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_recurring_book_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_recurring_category_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['payee_id'], ['payee.id'], name=op.f('fk_recurring_payee_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recurring')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('recurring', schema=None) as batch_op:
        batch_op.create_index('ix_recurring_book_id', ['book_id'], unique=False)

    op.create_table('bill_mark',
    sa.Column('id', BIG, nullable=False),
    sa.Column('book_id', BIG, nullable=False),
    sa.Column('recurring_id', BIG, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_bill_mark_book_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recurring_id'], ['recurring.id'], name=op.f('fk_bill_mark_recurring_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill_mark')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('bill_mark', schema=None) as batch_op:
        batch_op.create_index('uq_bill_mark_recurring_id_due_on', ['recurring_id', 'due_on'], unique=True)

    op.create_table('recurring_candidate',
    sa.Column('id', BIG, nullable=False),
    sa.Column('book_id', BIG, nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.Enum('bill', 'income', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('cadence', sa.Enum('weekly', 'fortnightly', 'monthly', 'quarterly', 'yearly', name='cadence', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('low_minor', sa.BigInteger(), nullable=False),
    sa.Column('high_minor', sa.BigInteger(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('confidence', sa.SmallInteger(), nullable=False),
    sa.Column('missed_on', sa.Date(), nullable=True),
    sa.Column('before_minor', sa.BigInteger(), nullable=True),
    sa.Column('after_minor', sa.BigInteger(), nullable=True),
    sa.Column('changed_on', sa.Date(), nullable=True),
    sa.Column('last_transaction_id', BIG, nullable=True),
    sa.Column('state', sa.Enum('new', 'accepted', 'dismissed', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('recurring_id', BIG, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_recurring_candidate_book_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['last_transaction_id'], ['transaction.id'], name=op.f('fk_recurring_candidate_last_transaction_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['recurring_id'], ['recurring.id'], name=op.f('fk_recurring_candidate_recurring_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recurring_candidate')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('recurring_candidate', schema=None) as batch_op:
        batch_op.create_index('uq_recurring_candidate_book_id_key', ['book_id', 'key'], unique=True)

    op.create_table('finding',
    sa.Column('id', BIG, nullable=False),
    sa.Column('book_id', BIG, nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('amount_high', 'amount_low', 'new_payee', 'duplicate', 'price_rise', 'missing_bill', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('kinds', DOCUMENT, nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('payee', sa.String(length=120), nullable=False),
    sa.Column('payee_key', sa.String(length=200), nullable=False),
    sa.Column('transaction_id', BIG, nullable=True),
    sa.Column('candidate_id', BIG, nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('low_minor', sa.BigInteger(), nullable=False),
    sa.Column('high_minor', sa.BigInteger(), nullable=False),
    sa.Column('score', sa.SmallInteger(), nullable=False),
    sa.Column('comparable', DOCUMENT, nullable=False),
    sa.Column('state', sa.Enum('open', 'normal', 'dismissed', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_finding_book_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['candidate_id'], ['recurring_candidate.id'], name=op.f('fk_finding_candidate_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['transaction_id'], ['transaction.id'], name=op.f('fk_finding_transaction_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.create_index('ix_finding_transaction_id', ['transaction_id'], unique=False, sqlite_where=sa.text('transaction_id IS NOT NULL'), postgresql_where=sa.text('transaction_id IS NOT NULL'))
        batch_op.create_index('uq_finding_book_id_key', ['book_id', 'key'], unique=True)



def downgrade() -> None:
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.drop_index('uq_finding_book_id_key')
        batch_op.drop_index('ix_finding_transaction_id', sqlite_where=sa.text('transaction_id IS NOT NULL'), postgresql_where=sa.text('transaction_id IS NOT NULL'))

    op.drop_table('finding')
    with op.batch_alter_table('recurring_candidate', schema=None) as batch_op:
        batch_op.drop_index('uq_recurring_candidate_book_id_key')

    op.drop_table('recurring_candidate')
    with op.batch_alter_table('bill_mark', schema=None) as batch_op:
        batch_op.drop_index('uq_bill_mark_recurring_id_due_on')

    op.drop_table('bill_mark')
    with op.batch_alter_table('recurring', schema=None) as batch_op:
        batch_op.drop_index('ix_recurring_book_id')

    op.drop_table('recurring')
    op.drop_table('watch')
