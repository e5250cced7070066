"""Store payees under a key that keeps every word of the name, so that typed names stay apart."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_payee_keys"
down_revision = "2026_11_30_standard_names"


def upgrade() -> None:
    """Two payees of one book never get the same key: the old key stays where the new one is taken."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT id, book_id, name, key FROM payee ORDER BY id")).all()
    taken = {(row.book_id, row.key) for row in found}
    for row in found:
        key = name_key(row.name)
        if (row.book_id, key) not in taken:
            taken.add((row.book_id, key))
            connection.execute(sa.text("UPDATE payee SET key = :key WHERE id = :id"), {"key": key, "id": row.id})


def downgrade() -> None:
    """Keys of names are keys of the earlier version, too: it only compared them more loosely."""


def name_key(name: str) -> str:
    split = unicodedata.normalize("NFKD", name.casefold().replace("’", "'"))
    plain = " ".join("".join(c for c in split if not unicodedata.combining(c)).split())
    return (plain or name.casefold().strip())[:120]
