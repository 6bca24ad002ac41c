"""The type of a connection to the ledger's database."""

from __future__ import annotations

from typing import Any

import psycopg

Connection = psycopg.Connection[Any]
