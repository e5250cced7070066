"""Add book_cursor: how far each consumer has read a book's journal. It replaces the table watch."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_book_cursor"
down_revision = "2026_11_30_token_scope"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "book_cursor",
        sa.Column("book_id", BIG, nullable=False),
        sa.Column("consumer", sa.String(length=40), nullable=False),
        sa.Column("change_set_id", BIG, nullable=False),
        sa.Column("advanced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name="fk_book_cursor_book_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("book_id", "consumer", name="pk_book_cursor"),
    )
    op.execute(
        "INSERT INTO book_cursor (book_id, consumer, change_set_id, advanced_at) "
        "SELECT book_id, 'detection', change_set_id, looked_at FROM watch UNION ALL "
        "SELECT book_id, 'forecast', version, computed_at FROM forecast WHERE target = 'items'"
    )
    op.execute("UPDATE job SET kind = 'detection' WHERE kind = 'watch'")
    op.drop_table("watch")


def downgrade() -> None:
    op.create_table(
        "watch",
        sa.Column("book_id", BIG, autoincrement=False, nullable=False),
        sa.Column("change_set_id", BIG, nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name="fk_watch_book_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("book_id", name="pk_watch"),
    )
    op.execute(
        "INSERT INTO watch (book_id, change_set_id, looked_at) "
        "SELECT book_id, change_set_id, advanced_at FROM book_cursor WHERE consumer = 'detection'"
    )
    op.execute("UPDATE job SET kind = 'watch' WHERE kind = 'detection'")
    op.drop_table("book_cursor")
