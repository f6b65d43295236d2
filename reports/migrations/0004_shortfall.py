"""Keep why the target was missed; every row that is there waits to be computed anew."""

from django.db import migrations, models

from reports.migrations._marks import mark_rows

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


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_parent"), ("kecamatan", "0004_fewer_indexes")]

    operations = [
        *(migrations.AddField("regionmonth", name, models.IntegerField(default=0)) for name in COLUMNS),
        migrations.RunPython(mark_rows, migrations.RunPython.noop),
    ]
