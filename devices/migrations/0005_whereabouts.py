"""Where each device is, kept on the device; the indexes of the list of devices."""

from typing import Any

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models
from django.db.models import Exists, OuterRef

WORDS = ("serial", "brand", "model", "asset_code", "register_number")
"""The columns in which words are searched, as ``icontains`` compares them."""


def note_what_stands(apps: Any, schema_editor: Any) -> None:
    device, placement = apps.get_model("devices", "Device"), apps.get_model("devices", "Placement")
    standing = placement.objects.filter(device=OuterRef("pk"), ended_at=None)
    device.objects.filter(Exists(standing)).update(whereabouts="in_set")


def index_words(apps: Any, schema_editor: Any) -> None:
    """Let words be found among all devices of the nation; other databases than PostgreSQL hold few of them."""
    if schema_editor.connection.vendor == "postgresql":
        columns = ", ".join(f"upper({name}::text) gin_trgm_ops" for name in WORDS)
        schema_editor.execute(f"CREATE INDEX devices_device_words ON devices_device USING gin ({columns})")


def drop_words(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX devices_device_words")


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0004_symptoms"),
        ("kecamatan", "0002_submission"),
    ]

    operations = [
        migrations.AddField(
            model_name="device",
            name="whereabouts",
            field=models.CharField(
                choices=[
                    ("in_set", "Terpasang"),
                    ("stored", "Disimpan"),
                    ("stolen", "Dicuri"),
                    ("written_off", "Dihapuskan"),
                ],
                default="stored",
                max_length=11,
                verbose_name="keberadaan",
            ),
        ),
        migrations.RunPython(note_what_stands, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["kecamatan", "kind", "id"], name="devices_device_list"),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["condition", "kecamatan", "kind", "id"], name="devices_device_condition"),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["source", "kecamatan", "kind", "id"], name="devices_device_source"),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(
                condition=models.Q(("whereabouts", "in_set"), _negated=True),
                fields=["whereabouts", "kecamatan", "kind", "id"],
                name="devices_device_elsewhere",
            ),
        ),
        TrigramExtension(),
        migrations.RunPython(index_words, drop_words),
    ]
