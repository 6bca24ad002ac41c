"""What a switch loads says what the cards say: also to a switch."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import psycopg
import pytest
from tests.carriers import CARRIER, declare
from tests.providers.conftest import PROVIDERS, make_carrier

from minutebook.errors import InputError
from minutebook.ledger._unprivileged import program
from minutebook.plans.gateway import Gateway, gateway_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Cluster

    from minutebook.book import Book

AT = datetime(2026, 10, 2, 12, tzinfo=UTC)
GATEWAYS = """
[provider.vox]
gateway = "sip:203.0.113.5:5070;transport=tcp"

[provider.tele]
gateway = "sip:gw.tele.example"

[provider.euro]
currency = "EUR"
card = "euro"
gateway = "sips:[2001:db8::1]"

[provider.dark]
currency = "USD"
card = "tele"

[fx]
EUR_USD = [ { from = 2026-10-01, rate = "1.10" } ]
"""
EURO = "Code,Destination,Rate,Status\n44,UK,0.0045,\n4420,London,0.0036,\n4477,Mobile,0.0001,\n4479,Personal,,blocked\n353,Ireland,0.01,\n35387,Premium,,blocked\n"
SOLD = "Code,Destination,Rate\n44,UK,0.0042\n1,USA,0.0005\n"
NUMBERS = ("442079460123", "441214960123", "447700900123", "447900900123", "12025550123", "35318000000", "353871234567", "493012345")  # fmt: skip
MODULES = Path("/usr/lib/x86_64-linux-gnu/kamailio/modules")
SCHEMAS = Path("/usr/share/kamailio/db_sqlite")
CONFIG = """
debug=1
log_stderror=yes
children=1
listen=udp:127.0.0.1:{port}
mpath="{modules}/"
loadmodule "db_sqlite.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "drouting.so"
loadmodule "lcr.so"
modparam("lcr", "db_url", "sqlite:///{db}")
modparam("lcr", "gw_uri_avp", "$avp(gw)")
modparam("lcr", "ruri_user_avp", "$avp(ru)")
modparam("lcr", "tag_avp", "$avp(tag)")
modparam("drouting", "db_url", "sqlite:///{db}")
modparam("drouting", "force_dns", 0)
modparam("drouting", "attrs_avp", "$avp(attrs)")
request_route {{
  $var(n) = "";
  if ($hdr(X-Use) == "kamailio-lcr") {{
    if (load_gws("1", $rU, "")) {{
      while (next_gw()) {{ $var(n) = $var(n) + $avp(tag) + "=" + $ru + " "; }}
    }}
  }} else if (do_routing("1")) {{
    $var(n) = $avp(attrs) + "=" + $ru + " ";
    while (use_next_gw()) {{ $var(n) = $var(n) + $avp(attrs) + "=" + $ru + " "; }}
  }}
  append_to_reply("X-Routes: $var(n)\\r\\n");
  sl_send_reply("300", "routes");
}}
"""


POSTGRESQL = """
create table lcr_gw (id serial primary key, lcr_id smallint not null, gw_name varchar(128), ip_addr varchar(50),
  hostname varchar(64), port smallint, params varchar(64), uri_scheme smallint, transport smallint, strip smallint,
  prefix varchar(16), tag varchar(64), flags integer default 0 not null, defunct integer);
create table lcr_rule (id serial primary key, lcr_id smallint not null, prefix varchar(16), from_uri varchar(64),
  request_uri varchar(64), stopper integer default 0 not null, enabled integer default 1 not null,
  mt_tvalue varchar(128), unique (lcr_id, prefix, from_uri));
create table lcr_rule_target (id serial primary key, lcr_id smallint not null, rule_id integer not null,
  gw_id integer not null, priority smallint not null, weight integer default 1 not null, unique (rule_id, gw_id));
create table dr_gateways (gwid serial primary key, type integer default 0 not null, address varchar(128) not null,
  strip integer default 0 not null, pri_prefix varchar(64), attrs varchar(255),
  description varchar(128) default '' not null);
create table dr_rules (ruleid serial primary key, groupid varchar(255) not null, prefix varchar(64) not null,
  timerec varchar(255) not null, priority integer default 0 not null, routeid varchar(64) not null,
  gwlist varchar(255) not null, description varchar(128) default '' not null);
"""
"""Kamailio's tables as its scripts for PostgreSQL make them, `mt_tvalue` in another place: columns go by name."""


def make_sending(book: Book, folder: Path) -> None:
    """Three providers have a gateway, in two currencies."""
    make_carrier(book, folder)
    for name, deck, currency in (("euro", EURO, "EUR"), ("sold", SOLD, "USD")):
        file = folder / f"{name}.csv"
        file.write_text(deck)
        book.cards.import_deck(name, file, currency=currency)
    declare(book, folder, CARRIER + PROVIDERS)
    declare(book, folder, GATEWAYS)


@pytest.fixture
def sending(prepared: Callable[..., Book]) -> Book:
    return prepared(make_sending)


def by_cards(book: Book, number: str, card: str | None = None) -> list[str]:
    """The order that the cards give for a number, of those with a gateway, and without who loses."""
    found = book.providers.route(number, ["10", "90"], at=AT, card=card)
    if card is not None and found.sale_missing is not None:
        return []
    return [one.provider for one in found.routes if one.provider != "dark" and not one.loses]


@pytest.mark.parametrize("card", [None, "sold"])
def test_tables_say_of_every_number_what_its_cards_say(sending: Book, card: str | None) -> None:
    """The longest prefix of the tables holds, and no shorter one: blocked stays blocked."""
    tables = sending.providers.switch_tables("asterisk", ["10", "90"], at=AT, card=card)
    assert [one.provider for one in tables.without] == ["dark"]
    order: dict[str, list[str]] = {}
    for prefix, priority, provider, _ in tables.files["routes"].iter_rows():
        order.setdefault(prefix, []).append(provider)
        assert priority == len(order[prefix])
    for number in NUMBERS:
        longest = max((p for p in order if number.startswith(p)), key=len, default="")
        said = [name for name in order.get(longest, []) if name]
        assert said == by_cards(sending, number, card), number


BY_CALLER = """
[card.near]
currency = "USD"
origins = {}
[card.parts]
currency = "USD"
callers = ["44", "4420"]
[provider.near]
card = "near"
gateway = "sip:203.0.113.6"
[provider.parts]
card = "parts"
gateway = "sip:203.0.113.7"
"""
NEAR = "Code,Local,International\n44,0.003,0.009\n1,0.0004,0.004\n"
PARTS = "Code,44,4420,Rate\n44,0.001,0.0035,0.006\n35387,0.02,0.02,0.02\n"


def test_tables_take_the_prices_of_the_callers_that_are_named(
    sending: Book, tmp_path: Path
) -> None:
    """Those of a class give the order of a call of it; the dearest, that of what each card asks at most."""
    declare(sending, tmp_path, BY_CALLER)
    for name, deck in (("near", NEAR), ("parts", PARTS)):
        (tmp_path / f"{name}.csv").write_text(deck)
        sending.cards.import_deck(name, tmp_path / f"{name}.csv")
    asking = {"442079460100": ["local", "4420"], "442179460100": ["local", "44"], None: ["international", "other"]}  # fmt: skip
    orders = []
    for caller, callers in asking.items():
        tables = sending.providers.switch_tables("asterisk", at=AT, callers=callers)
        assert {one.card: one.classes[0] for one in tables.taken} == dict(
            zip(("near", "parts"), callers, strict=True)
        )
        found = sending.providers.route("441214960123", at=AT, caller=caller).routes
        orders.append([one.provider for one in found if one.provider != "dark"])
        assert order_of(tables.files["routes"], "44") == orders[-1]
    assert len({tuple(order) for order in orders}) == len(orders)
    most = sending.providers.switch_tables("asterisk", at=AT, callers=["dearest"])
    assert order_of(most.files["routes"], "44") == orders[-1]  # unknown callers cost most
    # what goes by the caller as the sale does is held against it class by class, other cards at their dearest against its lowest
    for sold, left in (("near", ["near"]), ("parts", ["parts"])):
        kept = sending.providers.switch_tables("asterisk", at=AT, callers=["dearest"], card=sold)
        assert order_of(kept.files["routes"], "44") == left


BY_BOTH = """
[card.both]
currency = "USD"
origins = {}
[card.both.bands]
zone = "UTC"
times = [ { band = "day", days = ["mon-sun"], from = "08:00", to = "18:00" }, { band = "night" } ]
[provider.both]
card = "both"
gateway = "sip:203.0.113.8"
"""
BOTH = "Code,Local Day,Night Local,International Day,Rate\n44,0.09,0.0001,0.0001,0.09\n35387,0.02,0.02,0.02,0.02\n"


def test_of_prices_by_the_callers_and_the_time_those_of_the_instant_stand_in_tables(
    sending: Book, tmp_path: Path
) -> None:
    """By day and by night the order is that of a call then, of whom it is said."""
    declare(sending, tmp_path, BY_BOTH)
    (tmp_path / "both.csv").write_text(BOTH)
    sending.cards.import_deck("both", tmp_path / "both.csv")
    firsts = []
    for at, caller, whose in product(
        (AT.replace(hour=12), AT.replace(hour=22)),
        ("442079460100", None),
        ("local", "international"),
    ):
        if (caller is None) == (whose == "international"):
            tables = sending.providers.switch_tables("asterisk", at=at, callers=[whose])
            found = sending.providers.route("441214960123", at=at, caller=caller).routes
            orders = [one.provider for one in found if one.provider != "dark"]
            assert order_of(tables.files["routes"], "44") == orders
            firsts.append(orders[0] == "both")
    assert firsts == [False, True, True, False]
    with pytest.raises(InputError, match="pass at"):
        sending.providers.switch_tables("asterisk", callers=["local"])


def order_of(routes: pl.DataFrame, prefix: str) -> list[str]:
    """Whom the tables name for a prefix, in order."""
    held = routes.filter(pl.col("prefix") == prefix, pl.col("provider") != "")
    return held.sort("priority")["provider"].to_list()


def test_a_prefix_that_says_what_a_shorter_one_says_is_left_out(sending: Book) -> None:
    """A switch loads no more than it needs."""
    tables = sending.providers.switch_tables("kamailio-drouting", at=AT)
    rules = tables.files["dr_rules"]
    assert tables.rules == rules.height < tables.prefixes
    assert rules["prefix"].to_list() == sorted(rules["prefix"])


def test_a_gateway_is_kept_as_it_is_declared(sending: Book, tmp_path: Path) -> None:
    """It comes back in what is declared, and stays where a later file does not name it."""
    vox = sending.providers.show("vox").provider
    assert vox.gateway == Gateway("203.0.113.5", 5070, "tcp")
    assert 'gateway = "sips:[2001:db8::1]"' in sending.declared().text
    declare(sending, tmp_path, '[provider.vox]\ncredit_limit = "20.00"\n')
    assert sending.providers.show("vox").provider.gateway == vox.gateway


@pytest.mark.parametrize(
    "address", ["sip:203.0.113.5", "sip:gw-1.example.com:5080;transport=tls", "sips:[2001:db8::1]:5061"]
)  # fmt: skip
def test_an_address_is_written_as_it_is_read(address: str) -> None:
    """Nothing of it is lost."""
    assert str(gateway_of(address)) == address


@pytest.mark.provokes(
    "statements/switch_tables.py: … providers have a gateway; a switch's tables hold …: take gateway out of others",
    when="`route export` with more than 60 gateways",
)
def test_more_gateways_than_a_switch_holds_are_refused(carrier: Book, tmp_path: Path) -> None:
    """A list that the switch would cut is not written."""
    many = "".join(
        f'[provider.p{n}]\ncurrency = "USD"\ncard = "vox"\ngateway = "sip:203.0.113.{n}"\n'
        for n in range(61)
    )
    declare(carrier, tmp_path, many)
    with pytest.raises(InputError, match="61 providers have a gateway"):
        carrier.providers.switch_tables("asterisk", at=AT)


def load(database: Path, tables: dict[str, Path]) -> None:
    """CSV files in Kamailio's own tables, as `sqlite3` imports them: every value as its text."""
    with sqlite3.connect(database) as base:
        for name in ("standard", "lcr", "drouting"):
            base.executescript((SCHEMAS / f"{name}-create.sql").read_text())
        for table, file in tables.items():
            with file.open(newline="") as rows:
                keys, *values = csv.reader(rows)
            marks = ",".join("?" * len(keys))
            base.executemany(f"insert into {table} ({','.join(keys)}) values ({marks})", values)
    base.close()


@contextmanager
def kamailio(folder: Path, database: Path) -> Iterator[socket.socket]:
    """A Kamailio on the loopback, with these tables; what is connected to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "kamailio.cfg"
    config.write_text(CONFIG.format(port=port, modules=MODULES, db=database))
    words = ["kamailio", "-f", str(config), "-DD", "-E", "-m", "32", "-M", "4"]
    with (folder / "log").open("w") as log:
        child = subprocess.Popen(
            [*words, "-Y", str(folder), "-P", str(folder / "pid")], stdout=log, stderr=log
        )
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(("127.0.0.1", port))
            asking.settimeout(0.5)
            yield asking
    finally:
        child.terminate()
        child.wait(10)


def asked(switch: socket.socket, use: str, number: str) -> list[tuple[str, str]]:
    """Whom Kamailio would try, in order: provider and address."""
    port = switch.getsockname()[1]
    invite = (
        f"INVITE sip:{number}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{number}\r\n"
        f"From: <sip:a@b>;tag=1\r\nTo: <sip:{number}@b>\r\nCall-ID: {use}{number}\r\nCSeq: 1 INVITE\r\n"
        f"X-Use: {use}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
    for _ in range(20):
        try:
            switch.send(invite.encode())
            reply = switch.recv(4000).decode()
        except OSError:  # it is starting
            time.sleep(0.1)
            continue
        if f"Call-ID: {use}{number}\r\n" in reply:
            (line,) = (line for line in reply.split("\r\n") if line.startswith("X-Routes:"))
            return [tuple(one.split("=", 1)) for one in line.split()[1:]]  # type: ignore[misc]
    raise AssertionError("Kamailio did not answer")


@pytest.mark.skipif(
    shutil.which("kamailio") is None or not (MODULES / "db_sqlite.so").is_file(),
    reason="needs Debian's kamailio and kamailio-sqlite-modules",
)
def test_kamailio_sends_as_the_cards_say(sending: Book, tmp_path: Path) -> None:
    """The real switch, loaded with both kinds of tables, tries the providers in the order of their cost."""
    tables = {}
    for kind in ("kamailio-lcr", "kamailio-drouting"):
        for name, frame in sending.providers.switch_tables(kind, ["10", "90"], at=AT).files.items():
            tables[name] = tmp_path / f"{name}.csv"
            frame.write_csv(tables[name])
    load(tmp_path / "kamailio.db", tables)
    with kamailio(tmp_path, tmp_path / "kamailio.db") as switch:
        for number in NUMBERS:
            lcr = asked(switch, "kamailio-lcr", number)
            assert [name for name, _ in lcr] == by_cards(sending, number), number
            drouting = asked(switch, "kamailio-drouting", number)
            said = [name for name, _ in drouting if name != "none"]
            assert said == by_cards(sending, number), number
        addresses = dict(asked(switch, "kamailio-lcr", NUMBERS[0]))
    assert addresses == {
        "euro": f"sips:{NUMBERS[0]}@[2001:db8::1];transport=tls",
        "tele": f"sip:{NUMBERS[0]}@gw.tele.example;transport=udp",
        "vox": f"sip:{NUMBERS[0]}@203.0.113.5:5070;transport=tcp",
    }


def test_the_lines_for_psql_fill_kamailios_tables(
    sending: Book, cluster: Cluster, tmp_path: Path
) -> None:
    """Those of the page, on a real PostgreSQL; again they replace what was there, and a row that is refused changes nothing."""
    page = (Path(__file__).parents[2] / "docs/engineer/switches.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(psql .*?)```", page, re.S)
    blocks = [block for block in blocks if " kamailio " in block]
    assert len(blocks) == 2
    _, owner = cluster.new_database()
    psql = f"{shlex.quote(program('psql'))} --quiet --no-psqlrc --set"
    lines = [
        re.sub(r" && kamcmd .*", "", block)
        .replace("psql --set", psql, 1)
        .replace(" kamailio ", f" {shlex.quote(owner)} ", 1)
        for block in blocks
    ]
    files = {}
    for kind in ("lcr", "drouting"):
        (tmp_path / kind).mkdir()
        found = sending.providers.switch_tables(f"kamailio-{kind}", ["10", "90"], at=AT).files
        for name, frame in found.items():
            files[name] = tmp_path / kind / f"{name}.csv"
            files[name].write_text(frame.write_csv(), "utf-8")
    with psycopg.connect(owner, autocommit=True) as base:
        base.execute(POSTGRESQL)
        for _ in range(2):
            for line in lines:
                subprocess.run(["bash", "-c", line], cwd=tmp_path, check=True, capture_output=True)
            for name, file in files.items():
                with file.open(newline="") as rows:
                    keys, *values = csv.reader(rows)
                kept = base.execute(f"select {', '.join(keys)} from {name} order by 1").fetchall()  # type: ignore[arg-type]
                assert [["" if v is None else str(v) for v in row] for row in kept] == values, name
        files["lcr_gw"].write_text(files["lcr_gw"].read_text().replace(",5070,", ",50700,"))
        refused = subprocess.run(
            ["bash", "-c", lines[0]], cwd=tmp_path, capture_output=True, check=False
        )
        assert refused.returncode == 3
        assert b"out of range for type smallint" in refused.stderr
        assert base.execute("select count(*) from lcr_rule").fetchone() > (0,)
    cluster.drop(owner)


def test_the_query_for_asterisk_gives_the_order_of_the_cards(
    sending: Book, cluster: Cluster, tmp_path: Path
) -> None:
    """That of the page, on a real PostgreSQL, with the number where Asterisk puts it."""
    page = (Path(__file__).parents[2] / "docs/engineer/switches.md").read_text("utf-8")
    (block,) = re.findall(r"```sh\n(psql \S+ \S+ asterisk .*?)```", page, re.S)
    (query,) = re.findall(r"^readsql=(.*)$", page, re.M)
    frame = sending.providers.switch_tables("asterisk", ["10", "90"], at=AT).files["routes"]
    (tmp_path / "routes.csv").write_text(frame.write_csv(), "utf-8")
    _, owner = cluster.new_database()
    psql = f"{shlex.quote(program('psql'))} --quiet --no-psqlrc --set"
    line = block.replace("psql --set", psql, 1).replace(" asterisk ", f" {shlex.quote(owner)} ", 1)
    for _ in range(2):
        subprocess.run(["bash", "-c", line], cwd=tmp_path, check=True, capture_output=True)
    with psycopg.connect(owner) as base:
        for number in NUMBERS:
            asked_for = query.replace("${SQL_ESC(${ARG1})}", number)
            found = base.execute(asked_for).fetchall()  # type: ignore[arg-type]
            assert [name for name, _ in found] == by_cards(sending, number), number
            assert all(f":{number}@" in address for _, address in found)
        assert dict(base.execute(query.replace("${SQL_ESC(${ARG1})}", NUMBERS[0])).fetchall()) == {  # type: ignore[arg-type]
            "euro": f"sips:{NUMBERS[0]}@[2001:db8::1]",
            "tele": f"sip:{NUMBERS[0]}@gw.tele.example",
            "vox": f"sip:{NUMBERS[0]}@203.0.113.5:5070;transport=tcp",
        }
    cluster.drop(owner)
