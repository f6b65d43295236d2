"""Keep how reliable devices are by model and by source; the night builds it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0007_regionmap"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceGroupMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("kecamatan", "Kecamatan"),
                            ("dinas", "Dinas"),
                            ("kabupaten", "Kabupaten/kota"),
                            ("province", "Provinsi"),
                            ("nation", "Indonesia"),
                        ],
                        max_length=9,
                    ),
                ),
                ("region_id", models.PositiveBigIntegerField()),
                ("month", models.DateField()),
                ("by", models.CharField(choices=[("model", "Merk dan model"), ("source", "Asal usul")], max_length=6)),
                ("kind", models.SlugField(blank=True, db_index=False, max_length=20)),
                ("name", models.CharField(blank=True, max_length=121)),
                ("built_at", models.DateTimeField()),
                ("service_minutes", models.BigIntegerField()),
                ("faults_begun", models.IntegerField()),
                ("repairs", models.IntegerField()),
                ("repair_minutes", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["month"], name="reports_devicegroup_month")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("level", "region_id", "month", "by", "kind", "name"),
                        name="reports_devicegroupmonth_once",
                    )
                ],
            },
        ),
    ]
