"""The app of the monthly reports that are kept."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "laporan bulanan"
