"""The Celery application: its settings are the ``CELERY_*`` ones of ``config.settings``."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

# It warns whoever runs as root that a pickled message could do anything; here messages are JSON, and nothing else.
warnings.filterwarnings("ignore", category=SecurityWarning)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("siap_rekam")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
