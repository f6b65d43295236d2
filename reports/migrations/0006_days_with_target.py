"""Keep by how many reported days a shortfall is told; every row that is there waits to be computed anew."""

from django.db import migrations, models

from reports.migrations._marks import mark_rows

COLUMNS = ("days_expected_with_target", "days_reported_with_target")


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_down_since_and_bands"), ("kecamatan", "0004_fewer_indexes")]

    operations = [
        *(migrations.AddField("regionmonth", name, models.IntegerField(default=0)) for name in COLUMNS),
        migrations.RunPython(mark_rows, migrations.RunPython.noop),
    ]
