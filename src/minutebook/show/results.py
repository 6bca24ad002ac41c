"""What each command prints under `--format json`: its model, or a list of it.

A command that prints another result adds it here; the reference of JSON is made of this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from minutebook.show.access_keys import AccessKeyView
from minutebook.show.accounts import AccountsView, AccountView, TermView
from minutebook.show.audit import AuditView
from minutebook.show.balances import BalanceView
from minutebook.show.books import (
    AdoptedView,
    AppliedView,
    BackupView,
    BookView,
    DeclaredView,
    RestoredView,
    StoppedView,
)
from minutebook.show.calls import (
    CallsView,
    ChosenView,
    DiscardedRecordsView,
    DiscardedView,
    FormatsView,
    ImportView,
    QuarantineView,
    WaitingAgainView,
    WaitingCountsView,
)
from minutebook.show.capacity.model import CapacityView, ErlangView
from minutebook.show.card_changes import CardChangeView
from minutebook.show.card_differences import CardDifferenceView
from minutebook.show.card_edits import EditedCardView
from minutebook.show.channel_use import ChannelUseView
from minutebook.show.corrections import CallCorrectionsView, CorrectedView, ImportsView
from minutebook.show.deck_previews import DeckPreviewView
from minutebook.show.deck_profiles import DeckProfileView
from minutebook.show.decks import ImportedRevisionView
from minutebook.show.declarations.assured_calls import CallAssuranceView
from minutebook.show.declarations.built_cards import BuiltCardView
from minutebook.show.declarations.cards import CardView, ListedCardView
from minutebook.show.declarations.plans import PlansView, PlanView
from minutebook.show.declarations.price_origins import CardAssuranceView, PriceOriginView
from minutebook.show.declarations.sources import SourcesView, SourceView
from minutebook.show.explanations import CallExplanationsView, ChargeExplanationView
from minutebook.show.import_previews import ImportPreviewView
from minutebook.show.imports_again import AgainPreviewView
from minutebook.show.jobs import JobView, ScheduleView
from minutebook.show.margin import MarginView
from minutebook.show.number_tables import ImportedNumbersView, NumberTableView
from minutebook.show.parked import ParkedView
from minutebook.show.price_lists import PriceListView
from minutebook.show.prices import CallPriceView, MonthPriceView, NoPriceView
from minutebook.show.providers import OwedView, ProvidersView
from minutebook.show.reconciliation.model import ReconciliationView
from minutebook.show.removals import RemovalView
from minutebook.show.review.every import EveryFitView
from minutebook.show.review.model import ReviewView
from minutebook.show.routes import RoutingView
from minutebook.show.runs import (
    ClosedView,
    JournalView,
    PaymentView,
    ProofView,
    ReopenedView,
    RunView,
)
from minutebook.show.servers import MinimumView, ServerChangeView, ServersView
from minutebook.show.simulation import SimulationView
from minutebook.show.statements import StatementView
from minutebook.show.statuses import AccountChangeView
from minutebook.show.switch_tables import SwitchTablesView
from minutebook.show.totals import TotalsView
from minutebook.show.trial_balance import TrialBalanceView
from minutebook.show.uncarried_calls import UncarriedCallsView
from minutebook.show.users import SessionView, UserView
from minutebook.show.webhooks import DeliveryView, TriedWebhookView, WebhookView


@dataclass(frozen=True, slots=True)
class Printed:
    """A result of a command: one object, or a list of them; `when` it prints that, where it has several."""

    model: type
    when: str = ""
    many: bool = False


RESULTS: dict[str, tuple[Printed, ...]] = {
    "init": (Printed(BookView),),
    "apply": (Printed(AppliedView),),
    "declared": (Printed(DeclaredView),),
    "import": (
        Printed(ImportView),
        Printed(FormatsView, "with `--formats`"),
        Printed(ImportPreviewView, "with `--preview`"),
        Printed(ImportsView, "as `import list`"),
        Printed(CorrectedView, "as `import undo`"),
        Printed(AgainPreviewView, "as `import again --dry-run`"),
    ),
    "correct": (Printed(CorrectedView), Printed(CallCorrectionsView, "with `--list`")),
    "rematch": (Printed(CorrectedView),),
    "bill": (Printed(RunView),),
    "pay": (Printed(PaymentView),),
    "refund": (Printed(PaymentView),),
    "reverse": (Printed(PaymentView),),
    "adjust": (Printed(PaymentView),),
    "balance": (
        Printed(BalanceView, "with ACCOUNT"),
        Printed(BalanceView, "without ACCOUNT", many=True),
        Printed(OwedView, "with `--provider`"),
    ),
    "statement": (Printed(StatementView),),
    "totals": (Printed(TotalsView),),
    "margin": (Printed(MarginView),),
    "route": (Printed(RoutingView), Printed(SwitchTablesView, "as `route export`")),
    "calls": (
        Printed(CallsView),
        Printed(UncarriedCallsView, "with `--no-provider`"),
        Printed(QuarantineView, "with `--quarantine`"),
    ),
    "switch": (Printed(TermView),),
    "minimum": (Printed(MinimumView),),
    "review": (Printed(ReviewView), Printed(EveryFitView, "with `--all`")),
    "capacity": (Printed(CapacityView), Printed(ErlangView, "with `--erlangs`")),
    "simulate": (Printed(SimulationView),),
    "reconcile": (Printed(ReconciliationView),),
    "quarantine": (
        Printed(QuarantineView),
        Printed(WaitingCountsView, "with `--by`"),
        Printed(DiscardedView, "with `--discard` or `--discard-all`"),
        Printed(DiscardedRecordsView, "with `--discarded`"),
        Printed(WaitingAgainView, "with `--restore`"),
        Printed(ImportView, "with `--retry`"),
        Printed(ChosenView, "with `--dry-run`"),
    ),
    "journal": (Printed(JournalView), Printed(TrialBalanceView, "with `--trial-balance`")),
    "close": (Printed(ClosedView), Printed(ReopenedView, "with `--undo`")),
    "explain": (
        Printed(CallExplanationsView, "with CALL_ID"),
        Printed(ChargeExplanationView, "with `--charge`"),
    ),
    "price": (
        Printed(CallPriceView, "for a call"),
        Printed(NoPriceView, "where there is no price"),
        Printed(MonthPriceView, "with `--channels`"),
    ),
    "verify": (Printed(ProofView),),
    "audit": (Printed(AuditView),),
    "backup": (Printed(BackupView),),
    "adopt": (Printed(AdoptedView),),
    "restore": (Printed(RestoredView),),
    "stop": (Printed(StoppedView),),
    "numbering import": (Printed(ImportedNumbersView),),
    "numbering list": (Printed(NumberTableView, many=True),),
    "provider list": (Printed(ProvidersView),),
    "provider remove": (Printed(RemovalView),),
    "account list": (Printed(AccountsView),),
    "account show": (Printed(AccountView),),
    "account suspend": (Printed(AccountChangeView),),
    "account resume": (Printed(AccountChangeView),),
    "account close": (Printed(AccountChangeView),),
    "account reopen": (Printed(AccountChangeView),),
    "account remove": (Printed(RemovalView),),
    "server remove": (Printed(RemovalView),),
    "plan remove": (Printed(RemovalView),),
    "source remove": (Printed(RemovalView),),
    "card remove": (Printed(RemovalView),),
    "card build": (
        Printed(BuiltCardView, "with CARD"),
        Printed(BuiltCardView, "with `--stale`", many=True),
    ),
    "card why": (Printed(PriceOriginView),),
    "card assure": (
        Printed(CardAssuranceView),
        Printed(CallAssuranceView, "with `--from` or `--month`"),
    ),
    "card import": (Printed(ImportedRevisionView), Printed(DeckPreviewView, "with `--preview`")),
    "card profile list": (Printed(DeckProfileView, many=True),),
    "card profile show": (Printed(DeckProfileView),),
    "card profile remove": (Printed(DeckProfileView),),
    "card pricelist": (Printed(PriceListView),),
    "card edit": (Printed(EditedCardView),),
    "card rollback": (Printed(CardChangeView),),
    "card live": (Printed(CardChangeView),),
    "card withdraw": (Printed(CardChangeView),),
    "card list": (Printed(ListedCardView, many=True),),
    "card show": (Printed(CardView),),
    "card diff": (Printed(CardDifferenceView),),
    "channels show": (Printed(ChannelUseView),),
    "channels set": (Printed(TermView),),
    "job list": (Printed(JobView, many=True),),
    "job show": (Printed(JobView),),
    "job cancel": (Printed(JobView),),
    "schedule list": (Printed(ScheduleView, many=True),),
    "schedule remove": (Printed(RemovalView),),
    "key add": (Printed(AccessKeyView),),
    "key list": (Printed(AccessKeyView, many=True),),
    "key revoke": (Printed(AccessKeyView),),
    "webhook add": (Printed(WebhookView),),
    "webhook list": (Printed(WebhookView, many=True),),
    "webhook secret": (Printed(WebhookView),),
    "webhook remove": (Printed(WebhookView),),
    "webhook test": (Printed(TriedWebhookView),),
    "webhook deliveries": (Printed(DeliveryView, many=True),),
    "parked list": (Printed(ParkedView),),
    "parked pass": (Printed(ParkedView),),
    "parked hold": (Printed(ParkedView),),
    "plan list": (Printed(PlansView),),
    "plan show": (Printed(PlanView),),
    "source list": (Printed(SourcesView),),
    "source show": (Printed(SourceView),),
    "server deploy": (Printed(ServerChangeView),),
    "server retire": (Printed(ServerChangeView),),
    "server list": (Printed(ServersView),),
    "user add": (Printed(UserView),),
    "user list": (Printed(UserView, many=True),),
    "user disable": (Printed(UserView),),
    "user enable": (Printed(UserView),),
    "user role": (Printed(UserView),),
    "user password": (Printed(UserView),),
    "user reset-second-factor": (Printed(UserView),),
    "user sessions": (Printed(SessionView, many=True),),
}
"""By the words of the command, as in "card import"."""

SILENT = ("demo", "card export", "serve", "worker")
"""Commands that print no JSON, or a file of another's format."""
