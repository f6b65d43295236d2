"""The one row that serialises the writing of rollup rows."""

from django.db import migrations


def add_lock(apps, schema_editor):
    apps.get_model("reports", "RollupLock").objects.create()


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunPython(add_lock, migrations.RunPython.noop)]
