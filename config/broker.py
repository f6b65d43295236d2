"""The embedded message transport: files in ``var/broker``, for an installation without Redis."""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's file channel, with messages that appear whole.

    Kombu creates a message's file under its final name and fills it afterwards. A worker that polls in between
    takes an empty message, fails to parse it and stops. Here the file gets its name when it is complete.
    """

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        """Put a message into a queue; workers take them in the order of the names."""
        folder = Path(self.data_folder_out)
        unfinished = folder / f"{uuid.uuid4()}.unfinished"
        unfinished.write_text(dumps(payload))  # type: ignore[no-untyped-call]
        os.replace(unfinished, folder / f"{time.monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg")


class Transport(filesystem.Transport):
    """Kombu's file transport on this module's channel."""

    Channel = Channel
