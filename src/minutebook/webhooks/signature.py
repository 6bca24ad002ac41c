"""Signatures of what is sent, after Standard Webhooks: HMAC-SHA256 of the id, the time and the body."""

from __future__ import annotations

import base64
import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_BEGINS: Final = "whsec_"
_RANDOM_BYTES: Final = 32


def new_signing_secret() -> str:
    """A secret of 32 random bytes, as receivers' libraries take it: `whsec_` and base64."""
    return _BEGINS + base64.b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode()


def signed_headers(secrets: Sequence[str], id: str, sent_s: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver sees who sent the body, and when: seconds since 1970. A signature by each secret,
    with a blank between: any of them that holds is enough.
    """
    signed = f"{id}.{sent_s}.".encode() + body
    return {
        "webhook-id": id,
        "webhook-timestamp": str(sent_s),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_BEGINS))
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
