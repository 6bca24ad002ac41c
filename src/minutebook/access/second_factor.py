"""The second factor: codes by time, RFC 6238, and recovery codes (docs/rules/access.md, "The second factor")."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

STEP: Final = timedelta(seconds=30)
"""So long a code holds; the one before and the one after count too, as clocks differ."""
_DIGITS: Final = 6
_RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 10
_GROUP: Final = 4
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NewSecondFactor:
    """A second factor that is to be confirmed by a first code."""

    secret: str = field(repr=False)
    """In Base32, to type into an authenticator."""
    uri: str = field(repr=False)
    """The same as an `otpauth:` address, to show as a QR code."""


def new_second_factor(name: str, issuer: str) -> NewSecondFactor:
    """A secret for the user `name` of the book that `issuer` names."""
    import pyotp

    secret = pyotp.random_base32()
    return NewSecondFactor(
        secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    )


def step_of_code(secret: str, code: str, at: datetime) -> int | None:
    """The number of the step since 1970 that a code is of, at an instant; None: of none that counts now."""
    import pyotp

    typed = "".join(code.split())
    if len(typed) != _DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    by_time, now = pyotp.TOTP(secret), (at - _EPOCH) // STEP
    steps = [n for n in (now - 1, now, now + 1) if _same(by_time.generate_otp(n), typed)]
    return max(steps, default=None)


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one, other)


def new_recovery_codes() -> list[str]:
    """Codes that each open once, where the device is lost: four groups of four letters and digits."""
    return [_grouped(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(_RECOVERY_CODES)]


def _grouped(drawn: bytes) -> str:
    text = base64.b32encode(drawn).decode().lower()
    return "-".join(text[n : n + _GROUP] for n in range(0, len(text), _GROUP))


def recovery_digest(code: str) -> str:
    """The SHA-256 of a recovery code, however it was typed; it is drawn at random, and long."""
    return sha256("".join(code.lower().replace("-", "").split()).encode()).hexdigest()
