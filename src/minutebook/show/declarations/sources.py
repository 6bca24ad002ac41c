"""Sources as every door shows them: what their files cannot say, and what holds where they are silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.calls.readers import listed, options
from minutebook.declarations.to_tables import to_table
from minutebook.declarations.to_toml import spelled
from minutebook.errors import InputError
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.calls.source import Source
    from minutebook.declarations.standing import SourceStanding


@dataclass(frozen=True)
class ListedSourceView:
    """A source."""

    source: Annotated[str, Doc("its name")]
    format: Annotated[str | None, Doc("null: any")]
    zone: Annotated[str | None, Doc("of times without an offset")]
    server: Annotated[str | None, Doc("of records that name none")]
    country: Annotated[str | None, Doc("the calling code that completes national numbers")]
    international_prefix: Annotated[str, Doc("what international numbers begin with")]
    national_prefix: Annotated[str, Doc("what national numbers begin with; empty: nothing")]
    tech_prefixes: Annotated[list[str], Doc("that are taken off numbers")]
    max_call_hours: Annotated[int, Doc("hours: a longer call is set aside")]
    options: Annotated[dict[str, Any], Doc("by format")]

    @classmethod
    def of(cls, source: Source) -> ListedSourceView:
        """The source's line."""
        silent: dict[str, Any] = dict.fromkeys(("format", "zone", "server", "country"))
        return cls(source=source.name, **(silent | to_table(source)))


@dataclass(frozen=True)
class SourcesView:
    """Every source."""

    sources: Annotated[list[ListedSourceView], Doc("by name")]

    @classmethod
    def of(cls, sources: Iterable[Source]) -> SourcesView:
        """The sources' lines."""
        return cls([ListedSourceView.of(source) for source in sources])


@dataclass(frozen=True)
class KeyInWordsView:
    """What a source says of something."""

    key: Annotated[str, Doc("of the source, or of numbers")]
    is_: Annotated[str, Doc("what it comes to")]


@dataclass(frozen=True)
class SourceView(ListedSourceView):
    """A source, or what holds for a format's files where an import names no source."""

    declared: Annotated[bool, Doc("false: a format, with its defaults")]
    reads: Annotated[str, Doc("which files")]
    known_options: Annotated[list[str], Doc("what `options` can say")]
    words: Annotated[list[KeyInWordsView], Doc("every key in words")]

    @classmethod
    def shown(cls, standing: SourceStanding) -> SourceView:
        """The source."""
        source = standing.source
        return cls(
            **vars(ListedSourceView.of(source)),
            declared=standing.declared,
            reads=_reads(source),
            known_options=_options(source),
            words=[KeyInWordsView(key, words) for key, words in source_in_words(source)],
        )


def source_in_words(source: Source) -> list[tuple[str, str]]:
    """Every key of a source and what it comes to."""
    country, prefix = source.country, source.national_prefix
    national = "not completed: they stay as they are"
    if country is not None:
        national = (
            f"{country} in place of their prefix {prefix}" if prefix else f"{country} before each"
        )
    known = ", ".join(_options(source)) or "unknown: no installed package reads this format"
    return [
        ("format", source.format or "any: the import names it, or recognises the file"),
        ("reads", _reads(source)),
        ("zone", source.zone or "none: times must say their offset"),
        ("server", source.server or "none: each record names its own"),
        ("country", "none" if country is None else f"+{country}"),
        ("national numbers", national),
        ("international numbers", f"begin with {source.international_prefix} or +"),
        (
            "tech_prefixes",
            ", ".join(source.tech_prefixes) + ": taken off numbers"
            if source.tech_prefixes
            else "none",
        ),
        (
            "max_call_hours",
            f"a call longer than {counted(source.max_call_hours, 'hour')} is set aside",
        ),
        *((f"options.{name}", spelled(value)) for name, value in source.options.items()),
        ("known options", known),
    ]


def _reads(source: Source) -> str:
    """Which files the source takes."""
    files = {one.name: one.files for one in listed() if one.error is None}
    if source.format is None:
        return "files of any format"
    return files.get(source.format, "")


def _options(source: Source) -> list[str]:
    """What `options` can say; nothing where the package that reads the format is gone."""
    try:
        return sorted(options(source.format))
    except InputError:
        return []
