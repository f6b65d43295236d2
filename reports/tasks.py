"""Celery's way in: each task calls one function and is safe to run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from reports import rollups
from reports.verification import verify

logger = logging.getLogger(__name__)


@shared_task(name="reports.refresh_rollups")
def refresh_rollups() -> None:
    """Notice passed time and drain every mark; sent when a change commits, and by beat every few seconds."""
    rollups.refresh()


@shared_task(name="reports.verify_rollups")
def verify_rollups() -> None:
    """Compare every row with the facts, each night; an error is logged for each difference."""
    result = verify()
    for difference in result.differences:
        logger.error("Rollup differs: %s", difference)
    logger.info("Verified %s rollup rows, %s differ", result.rows, len(result.differences))
