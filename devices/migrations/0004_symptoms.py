"""The symptoms that a report offers, by kind of device: reference data."""

from django.db import migrations

POWERED = (
    "server",
    "pc",
    "monitor",
    "fingerprint_scanner",
    "iris_scanner",
    "camera",
    "signature_pad",
    "ups",
    "card_reader",
    "card_printer",
    "router",
    "vsat",
    "generator",
)
CONNECTED = ("fingerprint_scanner", "iris_scanner", "camera", "signature_pad", "card_reader", "card_printer")
ALL = (*POWERED, "tripod")
SYMPTOMS = [
    ("wont_turn_on", "Tidak menyala", POWERED),
    ("turns_off", "Menyala, lalu mati sendiri", ("server", "pc", "monitor", "ups", "router", "vsat", "generator")),
    ("not_detected", "Menyala, tidak dikenali komputer", CONNECTED),
    ("no_fingerprint", "Menyala, sidik jari tidak terbaca", ("fingerprint_scanner",)),
    ("no_iris", "Menyala, iris tidak terbaca", ("iris_scanner",)),
    ("bad_picture", "Gambar buram atau gelap", ("camera", "monitor")),
    ("no_signature", "Tanda tangan tidak terbaca", ("signature_pad",)),
    ("no_card", "Kartu tidak terbaca", ("card_reader",)),
    ("bad_print", "Tidak mencetak, atau cetakannya buruk", ("card_printer",)),
    ("slow", "Lambat atau sering macet", ("server", "pc")),
    ("no_program", "Aplikasi perekaman tidak bisa dibuka", ("server", "pc")),
    ("no_connection", "Menyala, tidak ada jaringan", ("router", "vsat")),
    ("no_backup", "Tidak menyimpan daya", ("ups",)),
    ("loose_cable", "Kabel atau colokan longgar", POWERED),
    ("damaged", "Pecah, patah atau terbakar", ALL),
    ("gone", "Hilang, tidak ada di tempat", ALL),
    ("other", "Lainnya", ALL),
]


def add_symptoms(apps, schema_editor):
    DeviceKind = apps.get_model("devices", "DeviceKind")
    DeviceSymptom = apps.get_model("devices", "DeviceSymptom")
    for rank, (code, name, kinds) in enumerate(SYMPTOMS, start=1):
        symptom = DeviceSymptom.objects.create(code=code, name=name, rank=rank)
        symptom.kinds.set(DeviceKind.objects.filter(code__in=kinds))


class Migration(migrations.Migration):
    dependencies = [("devices", "0003_devicesymptom")]

    operations = [migrations.RunPython(add_symptoms, migrations.RunPython.noop)]
