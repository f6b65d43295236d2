import datetime

from django.db import migrations, models


def remove_impossible(apps, schema_editor):
    """Take away what no page would take any more; ``manage.py rollup --rebuild`` drops the rows that came of it."""
    apps.get_model("devices", "InventoryCheck").objects.filter(day__lt=datetime.date(2009, 1, 1)).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0007_labels"),
        ("kecamatan", "0010_since_2009"),
    ]

    operations = [
        migrations.RunPython(remove_impossible, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="inventorycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("day__gte", datetime.date(2009, 1, 1))), name="devices_inventorycheck_since_2009"
            ),
        ),
    ]
