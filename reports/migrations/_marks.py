"""What several migrations share."""

from itertools import islice
from uuid import uuid4

from django.utils import timezone

BATCH = 1000


def mark_rows(apps, schema_editor):
    """Mark the place and month of each stored row, so that the next drains fill its new columns."""
    mark, now = apps.get_model("kecamatan", "ChangedMonth"), timezone.now()
    rows = apps.get_model("reports", "RegionMonth").objects.filter(level="kecamatan").order_by()
    marks = (
        mark(kecamatan_id=pk, month=month, stamp=uuid4(), marked_at=now)
        for pk, month in rows.values_list("region_id", "month").iterator(chunk_size=BATCH)
    )
    while batch := list(islice(marks, BATCH)):
        mark.objects.bulk_create(batch, ignore_conflicts=True)
