"""What to try for each symptom before a ticket is opened: reference data that an admin may change."""

from django.db import migrations, models

import devices.models

FIRST_AID = {
    "wont_turn_on": [
        "Pastikan kabel daya terpasang kencang di kedua ujung",
        "Coba stopkontak lain",
        "Tekan tombol daya 10 detik, lalu nyalakan lagi",
    ],
    "turns_off": [
        "Pastikan lubang udara tidak tertutup dan tidak panas",
        "Pindahkan ke stopkontak lain, tanpa sambungan bertumpuk",
        "Matikan 10 menit, lalu nyalakan lagi",
    ],
    "not_detected": [
        "Cabut kabel USB, tunggu 10 detik, pasang lagi",
        "Pindahkan ke colokan USB lain",
        "Mulai ulang komputernya",
    ],
    "no_fingerprint": [
        "Bersihkan kaca sensor dengan kain kering yang lembut",
        "Minta warga mengeringkan jarinya",
        "Cabut dan pasang lagi kabelnya",
    ],
    "no_iris": [
        "Bersihkan kaca depan dengan kain kering yang lembut",
        "Hindari cahaya dari belakang warga",
        "Cabut dan pasang lagi kabelnya",
    ],
    "bad_picture": [
        "Bersihkan lensa atau layarnya dengan kain lembut",
        "Tambah cahaya di depan warga",
        "Periksa kabelnya, lalu mulai ulang",
    ],
    "no_signature": [
        "Bersihkan permukaannya dan ganti penanya",
        "Cabut dan pasang lagi kabelnya",
        "Mulai ulang aplikasi perekaman",
    ],
    "no_card": ["Bersihkan chip kartu dan celah pembacanya", "Coba kartu lain", "Cabut dan pasang lagi kabelnya"],
    "bad_print": [
        "Periksa pita dan kartu kosongnya",
        "Bersihkan rol dengan kartu pembersih",
        "Matikan, tunggu 1 menit, nyalakan lagi",
    ],
    "slow": ["Tutup program lain", "Mulai ulang komputernya", "Pastikan tidak panas dan lubang udaranya bersih"],
    "no_program": [
        "Tutup aplikasinya, lalu buka lagi",
        "Mulai ulang komputernya",
        "Periksa jam dan tanggal komputernya",
    ],
    "no_connection": [
        "Matikan 1 menit, lalu nyalakan lagi",
        "Periksa kabel jaringan di kedua ujung",
        "Coba internet dari HP: mungkin jaringannya yang putus",
    ],
    "no_backup": [
        "Isi dayanya 8 jam tanpa beban",
        "Lepaskan alat selain komputer dan server",
        "Tekan tombol daya sampai berbunyi",
    ],
    "loose_cable": ["Matikan, pasang lagi kabelnya sampai kencang", "Coba kabel yang sama jenisnya"],
}


def add_first_aid(apps, schema_editor):
    DeviceSymptom = apps.get_model("devices", "DeviceSymptom")
    for code, steps in FIRST_AID.items():
        DeviceSymptom.objects.filter(code=code, first_aid="").update(first_aid="\n".join(steps))


class Migration(migrations.Migration):
    dependencies = [("devices", "0005_whereabouts")]

    operations = [
        migrations.AddField(
            model_name="devicesymptom",
            name="first_aid",
            field=models.TextField(
                blank=True,
                help_text="Yang bisa dicoba operator sebelum melapor: satu langkah tiap baris, paling banyak tiga.",
                validators=[devices.models.short_list],
                verbose_name="pemeriksaan pertama",
            ),
        ),
        migrations.RunPython(add_first_aid, migrations.RunPython.noop),
    ]
