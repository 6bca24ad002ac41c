"""`minutebook webhook …`: where others are told what happens."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.days import instant_text
from minutebook.show.listings.webhooks import DELIVERIES, WEBHOOKS
from minutebook.show.tables import Column, Sheet

app = typer.Typer(
    help="Others are told: add, list, secret, remove, test, deliveries.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

TRIED = [Column("webhook", "Webhook"), Column("event", "Event")]
_SECRET = Column("secret", "Secret", folds=False, shown=False)
_Id = Annotated[int, typer.Argument(metavar="ID", help="The webhook's number, from the list.")]


@app.command("add")
@prints(WEBHOOKS, [_SECRET])
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to: https://HOST/PATH.")],
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="E", help="What to tell of, repeated for several; all, if left out."),
    ] = None,
    internal: Annotated[
        bool,
        typer.Option("--internal", help="It may be in a private network, and http://."),
    ] = False,
) -> None:
    """Add a webhook, and print the secret that what is sent is signed with: this once.

    \b
    Examples:
      minutebook webhook add https://crm.example/hooks/minutebook
      minutebook webhook add https://ops.example/in --event run.posted
    """
    from minutebook.show.webhooks import WebhookView

    with book_of(context) as book:
        made, secret = book.webhooks.add(url, event or None, internal=internal)
    view = WebhookView.of(made, secret)
    notes = [f"The secret is {secret}", "Give it to the receiver: it is not shown again."]
    show(format_of(context), view, Sheet([*WEBHOOKS, _SECRET], [view], notes=notes))


@app.command("list")
@prints(WEBHOOKS)
def list_(context: typer.Context) -> None:
    """List the webhooks, those that were removed among them; their secrets are not shown.

    \b
    Example:
      minutebook webhook list
    """
    from minutebook.show.webhooks import WebhookView

    with book_of(context) as book:
        views = [WebhookView.of(hook) for hook in book.webhooks.list()]
    show(format_of(context), views, Sheet(WEBHOOKS, views))


@app.command("secret")
@prints(WEBHOOKS, [_SECRET])
def secret(
    context: typer.Context,
    id: _Id,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The old one signs no more, as others know it.")
    ] = False,
) -> None:
    """Change the secret of a webhook, and print it: this once. For a day what is sent is signed with both.

    \b
    Examples:
      minutebook webhook secret 1
      minutebook webhook secret 1 --at-once
    """
    from minutebook.show.webhooks import WebhookView

    with book_of(context) as book:
        hook, changed = book.webhooks.change_secret(id, at_once=at_once)
    view = WebhookView.of(hook, changed)
    notes = [f"The secret is {changed}", "Give it to the receiver: it is not shown again."]
    if view.old_secret_until is not None:
        notes.append(f"The one before it signs too until {instant_text(view.old_secret_until)}.")
    show(format_of(context), view, Sheet([*WEBHOOKS, _SECRET], [view], notes=notes))


@app.command("remove")
@prints(WEBHOOKS)
def remove(context: typer.Context, id: _Id, reason: options.Reason) -> None:
    """Tell a webhook nothing more; what waits for it is given up.

    \b
    Example:
      minutebook webhook remove 1 --reason "the receiver was moved"
    """
    from minutebook.show.webhooks import WebhookView

    with book_of(context) as book:
        view = WebhookView.of(book.webhooks.remove(id, reason))
    show(format_of(context), view, Sheet(WEBHOOKS, [view]))


@app.command("test")
@prints(TRIED)
def test(context: typer.Context, id: _Id) -> None:
    """Tell a webhook that it is tried: an event webhook.test, sent as any other is.

    \b
    Example:
      minutebook webhook test 1
    """
    from minutebook.show.webhooks import TriedWebhookView

    with book_of(context) as book:
        view = TriedWebhookView(id, book.webhooks.test(id))
    show(format_of(context), view, Sheet(TRIED, [view]))


@app.command("deliveries")
@prints(DELIVERIES)
def deliveries(
    context: typer.Context,
    webhook: Annotated[
        int | None, typer.Option(metavar="ID", help="Of one webhook; of all, if left out.")
    ] = None,
    state: Annotated[
        str | None, typer.Option(metavar="S", help="waiting, delivered or 'given up'.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the last ones.")] = 100,
    send: Annotated[
        bool, typer.Option("--send", help="First send what is due, as `serve` does.")
    ] = False,
) -> None:
    """List what was told, or is to be, the last events first.

    \b
    Examples:
      minutebook webhook deliveries
      minutebook webhook deliveries --state waiting --send
    """
    from minutebook.show.webhooks import DeliveryView

    with book_of(context) as book:
        if send:
            book.webhooks.deliver_due()
        views = [DeliveryView.of(one) for one in book.webhooks.deliveries(webhook, state, limit)]
    show(format_of(context), views, Sheet(DELIVERIES, views))
