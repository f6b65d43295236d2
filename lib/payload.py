"""The fingerprint of a submission, by which a resend is told from a different one under the same key."""

from __future__ import annotations

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder


def payload_hash(**values: object) -> str:
    """Return the SHA-256 of the values in one fixed order, as 64 hexadecimal digits."""
    canonical = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
