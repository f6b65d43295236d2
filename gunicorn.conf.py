"""How gunicorn serves ``config.wsgi``; read from the working directory by gunicorn itself."""

import gc
import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True


def post_worker_init(worker):
    """Leave what was loaded out of every search for cycles: it never goes, and each full search took a page's time."""
    gc.collect()
    gc.freeze()
