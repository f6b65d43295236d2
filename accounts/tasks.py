"""Celery's way in: what is forgotten each night. Safe to run twice."""

from __future__ import annotations

import logging

from celery import shared_task
from django.core.management import call_command

from kecamatan import submissions

logger = logging.getLogger(__name__)


@shared_task(name="accounts.forget_old")
def forget_old() -> None:
    """Forget submissions of long ago and sessions that are over."""
    call_command("clearsessions")
    logger.info("Forgot %s submissions", submissions.forget_old())
