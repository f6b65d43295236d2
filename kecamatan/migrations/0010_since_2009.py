import datetime

from django.db import migrations, models


def remove_impossible(apps, schema_editor):
    """Take away what no page would take any more; ``manage.py rollup --rebuild`` drops the rows that came of it."""
    apps.get_model("kecamatan", "ChangedMonth").objects.filter(month__lt=datetime.date(2009, 1, 1)).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("kecamatan", "0009_voided_counts"),
    ]

    operations = [
        migrations.RunPython(remove_impossible, migrations.RunPython.noop),
        migrations.AddField(
            model_name="changedmonth",
            name="failed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="changedmonth",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__gte", datetime.date(2009, 1, 1))), name="kecamatan_changedmonth_since_2009"
            ),
        ),
    ]
