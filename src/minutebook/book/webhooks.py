"""`book.webhooks`: where others are told what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from minutebook.ledger.webhooks import Delivery, Webhook


class Webhooks(Part):
    """The webhooks of a book. Whoever does the jobs of a book, as `minutebook serve`, sends what is due."""

    def list(self) -> Rows[Webhook]:
        """Every webhook, in order; those that were removed among them."""
        from minutebook.webhooks.hooks import every_webhook

        return Rows(every_webhook(self._book.database))

    def add(
        self, url: str, events: Sequence[str] | None = None, *, internal: bool = False
    ) -> tuple[Webhook, str]:
        """Add a webhook; gives it, and the secret that what is sent is signed with, which nothing tells again.

        `events`: what it is told of, as `["run.posted", "month.closed"]`; None: all. `internal`: it may be in a
        private network, and `http://`.
        """
        from minutebook.webhooks.hooks import add_webhook

        return add_webhook(self._book.database, url, events, user(), internal=internal)

    def change_secret(self, webhook: int, *, at_once: bool = False) -> tuple[Webhook, str]:
        """Give a webhook another secret; gives it, which nothing tells again.

        For a day what is sent is signed with both, that the receiver can take the new one up in peace; `at_once`: with
        the new one alone, as where the old one is known to others.
        """
        from minutebook.webhooks.hooks import change_secret

        return change_secret(self._book.database, webhook, user(), at_once=at_once)

    def remove(self, webhook: int, reason: str) -> Webhook:
        """Tell a webhook nothing more; what waits for it is given up."""
        from minutebook.webhooks.hooks import remove_webhook

        return remove_webhook(self._book.database, webhook, reason, user())

    def test(self, webhook: int) -> str:
        """Tell a webhook that it is tried; gives the id of the event, which is sent as any other is."""
        from minutebook.webhooks.hooks import try_webhook

        return str(try_webhook(self._book.database, webhook))

    def deliveries(
        self, webhook: int | None = None, state: str | None = None, most: int | None = None
    ) -> Rows[Delivery]:
        """What was told, or is to be, the last events first: all, or of a webhook or a state (`"waiting"`, `"delivered"`,
        `"given up"`); at most so many.
        """
        from minutebook.webhooks.hooks import some_deliveries

        return Rows(some_deliveries(self._book.database, webhook, state, most))

    def deliver_due(self) -> int:
        """Send what is due now; gives how many were taken. Any number of threads and processes may do so."""
        from minutebook.webhooks.deliver import deliver_due

        self._book.database.check_writable()
        return deliver_due(self._book.database)

    def work(self, stop: threading.Event) -> None:
        """Send what is due, as it becomes so, until `stop` is set."""
        from minutebook.webhooks.deliver import deliver_until

        self._book.database.check_writable()
        deliver_until(self._book.database, stop)
