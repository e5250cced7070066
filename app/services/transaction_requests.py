"""Sentences sent to the API: added at once, and stored so that the result can be read again."""

from __future__ import annotations

from sqlalchemy import select

from app.errors import NotFound, SaldoError
from app.i18n import _
from app.models import Job, JobState
from app.models.base import now
from app.services.base import Service

KIND = "transaction_request"
MAX_PROBLEM = 500  # characters


class TransactionRequestService(Service):
    """The requests of one book. Each is a finished job whose arguments name the transactions."""

    async def add(self, text: str) -> Job:
        """Add the transactions of a sentence. What cannot be added is the problem of the request."""
        added: list[int] = []
        problem = ""
        try:
            added = [row.id for row in await self.services.quick_add.add(await self.services.quick_add.read(text))]
        except SaldoError as error:
            problem = error.message
            if self.services.journal.change_set_id is not None:
                raise  # a part was added already: all of it is rolled back
        job = Job(
            book_id=self.member.book.id,
            user_id=self.member.user.id,
            kind=KIND,
            state=JobState.DONE if added else JobState.FAILED,
            arguments={"text": text, "transactions": added},
            problem=problem[:MAX_PROBLEM],
            finished_at=now(),
        )
        self.session.add(job)
        await self.session.flush()
        return job

    async def get(self, request_id: int) -> Job:
        own = select(Job).where(Job.id == request_id, Job.kind == KIND, Job.book_id == self.member.book.id)
        job = await self.session.scalar(own)
        if job is None:
            raise NotFound(_("Request not found."))
        return job
