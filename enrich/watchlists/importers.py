"""Lists as others publish them, made watchlists.

- The consolidated list of the Security Council of the United Nations: XML, CONSOLIDATED_LIST with
  INDIVIDUALS and
  ENTITIES (https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list).
- The list of Specially Designated Nationals of the Office of Foreign Assets Control of the United States:
  SDN.CSV
  with ALT.CSV beside it, and SDN.XML (https://sanctionslist.ofac.treas.gov/Home/SdnList).
- Names, one a line.

XML is read without its document type: one that declares a type or entities is refused.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from article.errors import BadInput
from enrich.watchlists.lists import MAX_ALIASES, MAX_NAME

MAX_BYTES = 500_000_000
_REMEDY = "give the file as it was downloaded"
_OFAC_KINDS = {"individual": "person", "entity": "organisation", "": "organisation"}
_NOTHING = "-0-"  # how OFAC's CSV says that a field is empty

Item = dict[str, object]


def import_un(path: Path) -> list[Item]:
    """Entries of a consolidated list. Ids are its reference numbers. Aliases of low quality are left out."""
    items = []
    for element in _elements(path, {"INDIVIDUAL", "ENTITY"}):
        parts = [_text(element, part) for part in ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")]
        prefix = "INDIVIDUAL" if element.tag == "INDIVIDUAL" else "ENTITY"
        aliases = [
            _text(alias, "ALIAS_NAME")
            for alias in element.iter(f"{prefix}_ALIAS")
            if _text(alias, "QUALITY").casefold() != "low"
        ]
        kind = "person" if prefix == "INDIVIDUAL" else "organisation"
        item = _item(_text(element, "REFERENCE_NUMBER"), " ".join(filter(None, parts)), kind, aliases)
        if item:
            items.append(item)
    return items


def import_ofac(path: Path) -> list[Item]:
    """Entries of an SDN list, by the end of the file's name. Ships and aircraft are left out."""
    return list(_ofac_xml(path) if path.suffix.casefold() == ".xml" else _ofac_csv(path))


def import_names(path: Path, kind: str) -> list[Item]:
    """An entry for each line that is not blank and does not begin with "#"."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(str(path), f"cannot be read: {error}", "it must be a text file in UTF-8") from error
    names = dict.fromkeys(" ".join(line.split()) for line in lines if not line.lstrip().startswith("#"))
    return [item for name in names if (item := _item("", name, kind, []))]


def _ofac_xml(path: Path) -> Iterator[Item]:
    for element in _elements(path, {"sdnEntry"}):
        kind = _OFAC_KINDS.get(_text(element, "sdnType").casefold())
        aliases = [
            _full(alias) for alias in element.iter("aka") if _text(alias, "category").casefold() != "weak"
        ]
        if kind and (item := _item(_text(element, "uid"), _full(element), kind, aliases)):
            yield item


def _full(element: Element) -> str:
    return " ".join(filter(None, (_text(element, "firstName"), _text(element, "lastName"))))


def _ofac_csv(path: Path) -> Iterator[Item]:
    """SDN.CSV: number, name, type, …; ALT.CSV beside it: number, number of the alias, type, name, …"""
    aliases: dict[str, list[str]] = {}
    other = next((each for each in path.parent.iterdir() if each.name.casefold() == "alt.csv"), None)
    for row in _rows(other, 4) if other is not None and other.name != path.name else ():
        aliases.setdefault(row[0], []).append(row[3])
    for row in _rows(path, 3):
        kind = _OFAC_KINDS.get("" if row[2] == _NOTHING else row[2].casefold())
        if kind is None:
            continue
        names = aliases.get(row[0], [])
        if kind == "person":
            row[1], names = _turned(row[1]), [_turned(name) for name in names]
        if item := _item(row[0], row[1], kind, names):
            yield item


def _turned(name: str) -> str:
    """ "ZAWAHIRI, Dr. Ayman" the right way round."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def _rows(path: Path, fields: int) -> Iterator[list[str]]:
    try:
        # The files end in the character that ended files of MS-DOS.
        text = path.read_text("utf-8-sig", errors="replace").rstrip("\x1a\r\n")
        for number, row in enumerate(csv.reader(text.splitlines()), 1):
            if len(row) < fields:
                raise BadInput(
                    str(path), f"line {number} has {len(row)} fields, not {fields} or more", _REMEDY
                )
            yield [field.strip() for field in row]
    except (OSError, csv.Error) as error:
        raise BadInput(str(path), f"cannot be read as CSV: {error}", _REMEDY) from error


class _Builder(TreeBuilder):
    """Keeps the elements of some tags, whatever their namespace, which is cut off."""

    def __init__(self, tags: set[str]) -> None:
        super().__init__()
        self._tags = tags
        self.found: list[Element] = []

    def doctype(self, *_: object) -> None:
        raise ValueError("it declares a document type, which these lists do not have")

    def end(self, tag: str) -> Element:
        element = super().end(tag)
        element.tag = tag.rpartition("}")[2]
        if element.tag in self._tags:
            self.found.append(element)
        return element


def _elements(path: Path, tags: set[str]) -> Iterator[Element]:
    """Elements of these tags, as the file is read."""
    builder = _Builder(tags)
    parser = XMLParser(target=builder)  # noqa: S314 - a document type, and with it every entity, is refused
    seen = 0
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(str(path), f"has more than {MAX_BYTES:,} bytes", _REMEDY)
        with path.open("rb") as file:
            while chunk := file.read(1 << 16):
                parser.feed(chunk)
                for element in builder.found:
                    seen += 1
                    yield element
                    element.clear()
                builder.found.clear()
        parser.close()
    except (OSError, ParseError, ValueError, LookupError) as error:
        raise BadInput(str(path), f"cannot be read as XML: {error}", _REMEDY) from error
    if not seen:
        raise BadInput(str(path), f"has no {' or '.join(sorted(tags))}", _REMEDY)


def _text(element: Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


def _item(given: str, name: str, kind: str, aliases: list[str]) -> Item | None:
    """None where there is no name of letters. What a list writes in capitals is written as a name is."""
    own = _as_written(name)
    if not any(map(str.isalnum, own)) or len(own) > MAX_NAME:
        return None
    others = [
        alias
        for alias in dict.fromkeys(map(_as_written, aliases))
        if any(map(str.isalnum, alias)) and alias != own and len(alias) <= MAX_NAME
    ]
    item: Item = {"id": given} if given else {}
    item |= {"name": own, "type": kind}
    return item | ({"aliases": others[:MAX_ALIASES]} if others else {})


def _as_written(name: str) -> str:
    """ "AL-ZAWAHIRI Ayman" as "Al-Zawahiri Ayman", so that it is no acronym; short words alone stay:
    "ISIL"."""
    words = name.split()
    if len(words) < 2:
        return name.strip()
    return " ".join(word.title() if word.isupper() and len(word) > 3 else word for word in words)
