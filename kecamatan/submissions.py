"""Makes every form safe to send twice: a double tap, a resend after a lost answer, the back button.

A form carries a key, made when it was opened. The first submission under it writes and keeps its answer, in one
transaction; the same submission again gets that answer and writes nothing, another body under the key is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone

from kecamatan.models import Submission
from lib.errors import KeyReused
from lib.payload import payload_hash

SENT_BEFORE = "Formulir ini sudah pernah terkirim dengan isi lain. Isi di bawah belum tersimpan."
KEPT = timedelta(days=60)
"""How long a submission is remembered: twice as long as a report may wait on a phone and still count for its day."""

NOT_THE_BODY = ("csrfmiddlewaretoken", "client_key", "version", "seen")
"""What the page puts into a form: after Back the same submission comes from a page that has seen more since."""


@transaction.atomic
def answer_once(key: UUID, body: QueryDict, *, by: Any, write: Callable[[], str]) -> str:
    """Return the address that ``write`` leads to; of the first time, where this submission was made before.

    ``write`` makes the change and may refuse it: then nothing is kept, and the form may be sent again. Raises
    :class:`KeyReused` for another body, or another person, under the same key.
    """
    fingerprint = _fingerprint(body)
    submission = Submission(client_key=key, payload_hash=fingerprint, by=by, at=timezone.now())
    try:
        with transaction.atomic():
            submission.save(force_insert=True)
    except IntegrityError:
        # PostgreSQL waited for the first writer to finish; SQLite lets in one writer at a time.
        return _answer(Submission.objects.get(pk=key), fingerprint, by)
    submission.answer = write()
    submission.save(update_fields=["answer"])
    return submission.answer


def keep_answer(key: UUID, body: QueryDict, *, by: Any, answer: str) -> None:
    """Note where a submission led that its own row makes safe to send twice, so that a resend finds the way at once.

    What a form would say of it by now plays no part then: what it is about may have changed meanwhile.
    """
    row = Submission(client_key=key, payload_hash=_fingerprint(body), by=by, at=timezone.now(), answer=answer)
    Submission.objects.bulk_create([row], ignore_conflicts=True)


def answer_of(key: UUID, body: QueryDict, *, by: Any) -> str | None:
    """Return the address to which this submission led before, or ``None`` where it was not made yet.

    A page asks first where the change itself takes the row out of the person's sight. Raises :class:`KeyReused` as
    :func:`answer_once` does.
    """
    earlier = Submission.objects.filter(pk=key).first()
    return _answer(earlier, _fingerprint(body), by) if earlier else None


def forget_old() -> int:
    """Forget the submissions of long ago, and return how many: nobody resends a form after so long."""
    gone, _ = Submission.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return gone


def _fingerprint(body: QueryDict) -> str:
    return payload_hash(**{name: body.getlist(name) for name in body if name not in NOT_THE_BODY})


def _answer(earlier: Submission, fingerprint: str, by: Any) -> str:
    if (earlier.payload_hash, earlier.by_id) != (fingerprint, by.pk):
        raise KeyReused(SENT_BEFORE)
    return earlier.answer
