"""Celery's way in: each task calls one function and is safe to run twice."""

from __future__ import annotations

from celery import shared_task

from documents import jobs, mailings


@shared_task(name=jobs.BUILD_TASK)
def build_documents() -> None:
    """Build the reports that wait; sent when one is asked for, and by beat every few seconds."""
    jobs.build_waiting()


@shared_task(name="documents.send_documents")
def send_documents() -> None:
    """Send the reports that are due to their subscribers; by beat every minute."""
    mailings.send_due()
