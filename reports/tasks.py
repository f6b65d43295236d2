"""Celery's way in: each task calls one function and is safe to run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from kecamatan.changes import send_quietly
from reports import device_groups, maps, rollups
from reports.verification import verify

logger = logging.getLogger(__name__)

# Two threads do all the work on a small machine: drawing leaves one of them to the drains, and pauses for the others.
DRAWING_SECONDS = 3


@shared_task(name="reports.refresh_rollups")
def refresh_rollups() -> None:
    """Notice passed time and drain every mark; sent when a change commits, and by beat every few seconds."""
    if rollups.refresh():
        send_quietly(draw_maps.name)


@shared_task(name="reports.verify_rollups")
def verify_rollups() -> None:
    """Compare every row with the facts, each night; an error is logged for each difference.

    What could not be computed is tried once more before; an error is logged where it fails again.
    """
    if rollups.try_again():
        rollups.refresh()
    result = verify()
    for difference in result.differences:
        logger.error("Rollup differs: %s", difference)
    if result.failed:
        logger.error("%s rollup rows cannot be computed", result.failed)
    logger.info("Verified %s rollup rows, %s differ", result.rows, len(result.differences))


@shared_task(name="reports.draw_maps")
def draw_maps() -> None:
    """Draw the maps whose rollup rows changed; sent after a drain, and by beat every few seconds."""
    maps.draw_waiting(seconds=DRAWING_SECONDS)


@shared_task(name="reports.build_device_groups")
def build_device_groups() -> None:
    """Build the sums by model and by source of the last months, each night."""
    logger.info("Built %s months of device groups", device_groups.refresh())
