"""Signatures of what is sent, after Standard Webhooks: HMAC-SHA256 of the id, the time and the body."""

from __future__ import annotations

import base64
import hmac
import secrets
from hashlib import sha256
from typing import Final

_BEGINS: Final = "whsec_"
_RANDOM_BYTES: Final = 32


def new_signing_secret() -> str:
    """A secret of 32 random bytes, as receivers' libraries take it: `whsec_` and base64."""
    return _BEGINS + base64.b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode()


def signed_headers(secret: str, id: str, sent_s: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver sees who sent the body, and when: seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(_BEGINS))
    digest = hmac.new(key, f"{id}.{sent_s}.".encode() + body, sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(sent_s),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
