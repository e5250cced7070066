"""Jobs: queued work. The table decides what is due, whatever the queue loses."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, PortableJSON, Stamped, WithId, choice


class JobState(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(WithId, Stamped, Base):
    """A job. ``lease_until`` is renewed while a worker runs it; an expired lease means that the worker died."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state", "state", "lease_until"),
        Index("uq_job_key", "key", unique=True),
        {"sqlite_autoincrement": True},
    )

    book_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("book.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(120))
    arguments: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    state: Mapped[JobState] = mapped_column(choice(JobState, "state"), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    run_after: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(500), default="")
