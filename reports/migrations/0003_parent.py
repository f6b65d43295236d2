"""Let each row know the region that it is summed into."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Name the parents of the rows that are there; a province's is the nation, 0."""
    places = apps.get_model("kecamatan", "Kecamatan").objects.filter(pk=OuterRef("region_id"))
    kabupaten = apps.get_model("kecamatan", "Kabupaten").objects.filter(pk=OuterRef("region_id"))
    for name in ("RegionMonth", "RegionMonthKind"):
        rows = apps.get_model("reports", name).objects
        rows.filter(level__in=("kecamatan", "dinas")).update(parent_id=Subquery(places.values("kabupaten_id")[:1]))
        rows.filter(level="kabupaten").update(parent_id=Subquery(kabupaten.values("province_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_lock"), ("kecamatan", "0001_initial")]

    operations = [
        migrations.AddField(
            "regionmonth", "parent_id", models.PositiveBigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField(
            "regionmonthkind", "parent_id", models.PositiveBigIntegerField(default=0), preserve_default=False
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "regionmonth",
            models.Index(fields=["month", "level", "parent_id"], name="reports_regionmonth_children"),
        ),
    ]
