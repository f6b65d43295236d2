"""What beat asks of this app."""

from __future__ import annotations

from celery import shared_task

from repairs.attachments import remove_orphans
from repairs.workflow import close_resolved_tickets


@shared_task(name="repairs.close_resolved_tickets")
def close_tickets() -> int:
    """Close the repairs that nobody contradicted for 7 days; returns how many. Safe to run twice."""
    return close_resolved_tickets()


@shared_task(name="repairs.remove_orphaned_files")
def remove_orphaned_files() -> int:
    """Remove the uploaded files that no ticket holds; returns how many. Safe to run twice."""
    return remove_orphans()
