"""Lists in the formats of those who publish them; everybody in them is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from article.errors import BadInput
from enrich.watchlists.document import write_document
from enrich.watchlists.importers import Item, import_names, import_ofac, import_un
from enrich.watchlists.lists import load_watchlist

UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" dateGenerated="2026-01-02T00:00:00">
  <INDIVIDUALS>
    <INDIVIDUAL>
      <DATAID>6900001</DATAID><VERSIONNUM>1</VERSIONNUM>
      <FIRST_NAME>OMAR</FIRST_NAME><SECOND_NAME>MADE</SECOND_NAME><THIRD_NAME>AL-UP</THIRD_NAME>
      <UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE><REFERENCE_NUMBER>QDi.901</REFERENCE_NUMBER>
      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Umar Made Alup</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Omar</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
    </INDIVIDUAL>
    <INDIVIDUAL><DATAID>6900002</DATAID><REFERENCE_NUMBER>QDi.902</REFERENCE_NUMBER></INDIVIDUAL>
  </INDIVIDUALS>
  <ENTITIES>
    <ENTITY>
      <DATAID>6900003</DATAID><FIRST_NAME>MADE-UP TRADING COMPANY</FIRST_NAME>
      <REFERENCE_NUMBER>KPe.903</REFERENCE_NUMBER>
      <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>MUTC</ALIAS_NAME></ENTITY_ALIAS>
    </ENTITY>
  </ENTITIES>
</CONSOLIDATED_LIST>
"""

OFAC_XML = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
  <publshInformation><Publish_Date>01/02/2026</Publish_Date><Record_Count>3</Record_Count></publshInformation>
  <sdnEntry>
    <uid>90001</uid><firstName>Omar</firstName><lastName>MADE-UP</lastName><sdnType>Individual</sdnType>
    <akaList>
      <aka><uid>1</uid><type>a.k.a.</type><category>strong</category><lastName>AL-UP</lastName><firstName>Umar</firstName></aka>
      <aka><uid>2</uid><type>a.k.a.</type><category>weak</category><lastName>UMAR</lastName></aka>
    </akaList>
  </sdnEntry>
  <sdnEntry><uid>90002</uid><lastName>MADE-UP BANK</lastName><sdnType>Entity</sdnType></sdnEntry>
  <sdnEntry><uid>90003</uid><lastName>MADE-UP STAR</lastName><sdnType>Vessel</sdnType></sdnEntry>
</sdnList>
"""

OFAC_CSV = (
    '90001,"MADE-UP, Omar","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1 Jan 1970."\r\n'
    '90002,"MADE-UP BANK",-0- ,"IRAN",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    '90003,"MADE-UP STAR","vessel","IRAN","XXXX","Tanker",-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'
)
ALT_CSV = '90001,1,"aka","AL-UP, Umar",-0- \r\n90002,2,"aka","M.U.B.",-0- \r\n\x1a'


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read_back(folder: Path, items: list[Item]) -> list[tuple[str, str, str, list[str]]]:
    """What a watchlist of the items holds."""
    path = written(folder, "made.yaml", write_document({"name": "made", "entries": items}))
    return [
        (entry.id, entry.name, entry.type, [alias.text for alias in entry.aliases])
        for entry in load_watchlist(path).entries
    ]


def test_the_list_of_the_united_nations(tmp_path: Path) -> None:
    assert read_back(tmp_path, import_un(written(tmp_path, "consolidated.xml", UN))) == [
        ("watch:made/qdi901", "Omar Made Al-Up", "PER", ["Umar Made Alup"]),
        ("watch:made/kpe903", "Made-Up Trading Company", "ORG", ["MUTC"]),
    ]


def test_the_list_of_ofac_as_xml(tmp_path: Path) -> None:
    assert read_back(tmp_path, import_ofac(written(tmp_path, "SDN.XML", OFAC_XML))) == [
        ("watch:made/90001", "Omar Made-Up", "PER", ["Umar Al-Up"]),
        ("watch:made/90002", "Made-Up Bank", "ORG", []),
    ]


def test_the_list_of_ofac_as_csv(tmp_path: Path) -> None:
    written(tmp_path, "ALT.CSV", ALT_CSV)
    assert read_back(tmp_path, import_ofac(written(tmp_path, "SDN.CSV", OFAC_CSV))) == [
        ("watch:made/90001", "Omar Made-Up", "PER", ["Umar Al-Up"]),
        ("watch:made/90002", "Made-Up Bank", "ORG", ["M.U.B."]),
    ]


def test_names_one_a_line(tmp_path: Path) -> None:
    path = written(
        tmp_path, "names.txt", "\ufeffOmar Made  Up\n\n# a comment\nOmar Made Up\n---\nAnna Test\n"
    )
    assert read_back(tmp_path, import_names(path, "person")) == [
        ("watch:made/omar-made-up", "Omar Made Up", "PER", []),
        ("watch:made/anna-test", "Anna Test", "PER", []),
    ]


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE a SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE, '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'])
def test_a_document_type_is_refused(tmp_path: Path, doctype: str) -> None:
    text = UN.replace("<CONSOLIDATED_LIST", f"{doctype}<CONSOLIDATED_LIST", 1)
    with pytest.raises(BadInput, match="document type"):
        import_un(written(tmp_path, "list.xml", text))


@pytest.mark.parametrize(
    "text", ["", "no xml", "<a/>", "<CONSOLIDATED_LIST><INDIVIDUALS>", OFAC_XML, "\x00\xff"]
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput) as error:
        import_un(written(tmp_path, "list.xml", text))
    assert error.value.subject.endswith("list.xml")


def test_a_file_that_is_not_there_or_no_csv_is_refused(tmp_path: Path) -> None:
    for name in ("SDN.XML", "SDN.CSV"):
        with pytest.raises(BadInput, match="cannot be read"):
            import_ofac(tmp_path / name)
    with pytest.raises(BadInput, match="line 2 has 1 fields"):
        import_ofac(written(tmp_path, "SDN.CSV", f"{OFAC_CSV.splitlines()[0]}\nnothing\n"))
    with pytest.raises(BadInput, match="cannot be read"):
        import_names(tmp_path / "nothing.txt", "person")
