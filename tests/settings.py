"""The settings under test: those of the product, apart in their files and in their Redis database.

Each process of pytest-xdist loads this anew, so that live workers of two test processes never share a queue.
"""

import os
import re
import shutil
from pathlib import Path

_INDEX = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FOLDERS = Path(__file__).resolve().parent.parent / "var" / "tests"


def _own_folder() -> Path:
    """Return this process's folder; those of processes that ended, however they ended, are removed first."""
    _FOLDERS.mkdir(parents=True, exist_ok=True)
    for folder in _FOLDERS.iterdir():
        if not _is_running(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)
    own = _FOLDERS / str(os.getpid())
    own.mkdir(exist_ok=True)
    return own


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


os.environ["DEBUG"] = "on"
os.environ["VAR_DIR"] = str(_own_folder())
if os.environ.get("REDIS_URL"):
    # Database 0 is the product's own. Redis has 16 of them.
    os.environ["REDIS_URL"] = re.sub(r"(?<=[^/:])(/\d*)?$", f"/{_INDEX + 1}", os.environ["REDIS_URL"], count=1)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, VAR_DIR  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: several connections at once see one database, with its locks.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}

# Hashing a password slowly is tested by Django.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
