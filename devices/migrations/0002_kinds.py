"""The kinds of components and which of them a set cannot do without (domain.md, "A recording set and when it works")."""

from datetime import date

from django.db import migrations

KINDS = [
    ("server", "Server"),
    ("pc", "Komputer"),
    ("monitor", "Monitor"),
    ("fingerprint_scanner", "Pemindai sidik jari"),
    ("iris_scanner", "Pemindai iris"),
    ("camera", "Kamera"),
    ("tripod", "Tripod"),
    ("signature_pad", "Alat tanda tangan"),
    ("ups", "UPS"),
    ("card_reader", "Pembaca kartu"),
    ("card_printer", "Printer KTP-el"),
    ("router", "Router"),
    ("vsat", "VSAT"),
    ("generator", "Genset"),
]
REQUIRED = ["server", "fingerprint_scanner", "iris_scanner", "camera", "signature_pad"]
# The programme began in 2009; nothing on record is older.
FIRST_MONTH = date(2009, 1, 1)


def add_kinds(apps, schema_editor):
    DeviceKind = apps.get_model("devices", "DeviceKind")
    KindRequirement = apps.get_model("devices", "KindRequirement")
    DeviceKind.objects.bulk_create(
        DeviceKind(code=code, name=name, rank=rank) for rank, (code, name) in enumerate(KINDS, start=1)
    )
    for kind in DeviceKind.objects.filter(code__in=REQUIRED):
        KindRequirement.objects.create(kind=kind, from_month=FIRST_MONTH)


class Migration(migrations.Migration):
    dependencies = [("devices", "0001_initial")]

    operations = [migrations.RunPython(add_kinds, migrations.RunPython.noop)]
