from django.apps import AppConfig


class KecamatanConfig(AppConfig):
    name = "kecamatan"
    verbose_name = "Wilayah dan tugas"
    default_auto_field = "django.db.models.BigAutoField"
