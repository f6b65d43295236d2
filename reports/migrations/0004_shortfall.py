"""Keep why the target was missed; every row that is there waits to be computed anew."""

from itertools import islice
from uuid import uuid4

from django.db import migrations, models
from django.utils import timezone

COLUMNS = (
    "shortfall",
    "shortfall_central_server",
    "shortfall_network",
    "shortfall_power",
    "shortfall_staff",
    "shortfall_devices",
    "shortfall_lost",
    "shortfall_unreported",
    "shortfall_ahead",
    "shortfall_other",
    "hosted_minutes",
)
BATCH = 1000


def mark_rows(apps, schema_editor):
    """Mark the place and month of each stored row, so that the next drains fill the new columns."""
    mark, now = apps.get_model("kecamatan", "ChangedMonth"), timezone.now()
    rows = apps.get_model("reports", "RegionMonth").objects.filter(level="kecamatan").order_by()
    marks = (
        mark(kecamatan_id=pk, month=month, stamp=uuid4(), marked_at=now)
        for pk, month in rows.values_list("region_id", "month").iterator(chunk_size=BATCH)
    )
    while batch := list(islice(marks, BATCH)):
        mark.objects.bulk_create(batch, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_parent"), ("kecamatan", "0004_fewer_indexes")]

    operations = [
        *(migrations.AddField("regionmonth", name, models.IntegerField(default=0)) for name in COLUMNS),
        migrations.RunPython(mark_rows, migrations.RunPython.noop),
    ]
