"""The commands as a person types them: the real program, its output and its exit code."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.app.program import environment, json_lines, wirewatch
from tests.enrich.tagger.models import make_onnx_folder

OPML = b"""<opml version="2.0"><head/><body><outline text="World">
<outline type="rss" text="One" xmlUrl="https://one.example/rss"/>
<outline type="rss" text="Again" xmlUrl="HTTPS://ONE.example:443/rss#x"/>
<outline type="rss" text="Two" xmlUrl="https://two.example/rss"/></outline>
<outline type="rss" text="Bad" xmlUrl="ftp://three.example/rss"/></body></opml>"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "data")


def test_help_names_every_command(env: dict[str, str]) -> None:
    result = wirewatch("--help", env=env)
    assert result.returncode == 0
    text = result.stdout.decode()
    services = ["run", "ingest", "enrich", "index", "serve"]
    more = [
        "feeds",
        "search",
        "tail",
        "why",
        "dead",
        "rebuild",
        "setup",
        "annotate",
        "extract",
        "feed",
        "doctor",
    ]
    for command in [*services, *more]:
        assert f" {command} " in text, command


@pytest.mark.parametrize("arguments", [["no-such"], ["search", "--no-such"], ["extract", "page.html"]])
def test_a_wrong_call_is_exit_code_2(arguments: list[str], env: dict[str, str]) -> None:
    result = wirewatch(*arguments, env=env)
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [["search", "x"], ["tail"], ["feeds", "list"], ["feeds", "export"]])
def test_before_the_first_run_a_command_says_what_to_do(arguments: list[str], env: dict[str, str]) -> None:
    result = wirewatch(*arguments, env=env)
    assert result.returncode == 78
    assert b"holds no articles yet; start `wirewatch run` first" in result.stderr
    assert not Path(env["WIREWATCH_DATA_DIR"]).exists()


def test_a_bad_setting_is_exit_code_78(env: dict[str, str]) -> None:
    result = wirewatch("doctor", env=env | {"WIREWATCH_INGEST__MIN_INTERVAL": "soon"})
    assert result.returncode == 78
    assert b"setting ingest.min_interval" in result.stderr
    assert b"Traceback" not in result.stderr


def test_an_unwritable_data_folder_is_named(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for command in (["run"], ["doctor"], ["feeds", "add", "https://one.example/rss"]):
        bad = env | {"WIREWATCH_DATA_DIR": str(tmp_path / "file" / "data")}
        result = wirewatch(*command, env=bad, cwd=tmp_path)
        assert result.returncode == 78, command
        said = result.stderr + result.stdout
        assert str(tmp_path / "file" / "data").encode() in said
        assert b"WIREWATCH_DATA_DIR" in said
        assert b"Traceback" not in said


class TestFeeds:
    def test_added_listed_paused_removed(self, env: dict[str, str]) -> None:
        added = wirewatch("feeds", "add", "https://one.example/rss", "--title", "One", env=env)
        assert added.stdout == b"added: https://one.example/rss\n"
        again = wirewatch("feeds", "add", "HTTPS://One.Example:443/rss", env=env)
        assert again.stdout.startswith(b"already watched")
        (listed,) = json_lines(wirewatch("feeds", "list", "--json", env=env).stdout)
        assert (listed["url"], listed["title"], listed["paused"]) == ("https://one.example/rss", "One", False)
        assert wirewatch("feeds", "pause", "https://one.example/rss", env=env).returncode == 0
        assert b"paused" in wirewatch("feeds", "list", env=env).stdout
        assert wirewatch("feeds", "resume", str(listed["id"]), env=env).returncode == 0
        assert b"not polled yet" in wirewatch("feeds", "list", env=env).stdout
        assert wirewatch("feeds", "remove", "https://one.example/rss", env=env).returncode == 0
        assert wirewatch("feeds", "list", "--json", env=env).stdout == b""

    def test_opml_goes_in_and_comes_out(self, env: dict[str, str], tmp_path: Path) -> None:
        imported = wirewatch("feeds", "import", "-", env=env, stdin=OPML)
        assert imported.returncode == 65
        assert imported.stdout == b"2 added, 1 already watched, 1 left out\n"
        assert (
            b"-: line 3: already watched as https://one.example/rss: HTTPS://ONE.example" in imported.stderr
        )
        assert b"-: line 5: ftp://three.example/rss: is not" in imported.stderr
        exported = wirewatch("feeds", "export", env=env).stdout
        other = environment(tmp_path / "other")
        assert wirewatch("feeds", "import", "-", env=other, stdin=exported).returncode == 0
        assert wirewatch("feeds", "export", env=other).stdout == exported

    def test_opml_that_is_broken_is_named_with_its_line(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "feeds.opml").write_bytes(b"<opml>\n<body>\n<outline</body></opml>")
        result = wirewatch("feeds", "import", str(tmp_path / "feeds.opml"), env=env)
        assert result.returncode == 65
        assert b"line 3" in result.stderr

    @pytest.mark.parametrize("url", ["not a url", "ftp://x.example/", "javascript:alert(1)", "https://"])
    def test_what_is_no_feed_address_is_refused(self, url: str, env: dict[str, str]) -> None:
        result = wirewatch("feeds", "add", url, env=env)
        assert result.returncode == 65
        assert b"Traceback" not in result.stderr

    def test_a_feed_that_is_not_watched_is_said(self, env: dict[str, str]) -> None:
        wirewatch("feeds", "add", "https://one.example/rss", env=env)
        result = wirewatch("feeds", "remove", "https://two.example/rss", env=env)
        assert result.returncode == 65
        assert b"https://two.example/rss: is not watched" in result.stderr


class TestAnnotate:
    def test_a_broken_line_is_reported_and_the_others_go_on(self, env: dict[str, str]) -> None:
        lines = [
            json.dumps({"id": "1", "title": "Envoys meet in Kabul", "text": "The United Nations came."}),
            '{"id": "2", "title": ',
            '["not an object"]',
            '{"id": 3, "title": "number as id"}',
            json.dumps({"id": "4", "title": "", "text": ""}),
        ]
        result = wirewatch("annotate", env=env, stdin="\n".join(lines).encode())
        assert result.returncode == 65
        found = json_lines(result.stdout)
        assert [each["id"] for each in found] == ["1", "4"]
        assert set(found[0]) >= {"id", "entities", "places", "topics", "lang", "embedding", "status"}
        said = result.stderr.decode().splitlines()
        assert [line.split(":")[1].strip() for line in said] == ["- line 2", "- line 3", "- line 4"]

    def test_a_missing_model_is_named(self, env: dict[str, str], tmp_path: Path) -> None:
        result = wirewatch("annotate", env=env | {"WIREWATCH_ENRICH__MODEL": str(tmp_path / "none")})
        assert result.returncode == 78
        assert str(tmp_path / "none").encode() in result.stderr
        assert b"Traceback" not in result.stderr

    def test_a_missing_file_is_named(self, env: dict[str, str]) -> None:
        result = wirewatch("annotate", "no-such.jsonl", env=env)
        assert result.returncode == 65
        assert b"no-such.jsonl: cannot be read" in result.stderr


class TestDocuments:
    def test_a_feed_becomes_json_lines(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "feed.xml").write_text(
            "<rss version='2.0'><channel><title>T</title><item><title>A &amp; B</title><link>/a</link>"
            "<guid>g1</guid><description>Short</description><pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate>"
            "</item><item/></channel></rss>"
        )
        result = wirewatch("feed", "feed.xml", "--url", "https://news.example/rss", env=env)
        assert result.returncode == 0
        assert b"https://news.example/rss: the entry says nothing" in result.stderr
        (entry,) = json_lines(result.stdout)
        assert entry["title"] == "A & B"
        assert entry["url"] == "https://news.example/a"
        assert entry["summary"] == "Short"
        assert str(entry["published"]).startswith("2026-11-02T09:00:00")

    def test_a_page_becomes_an_article(self, env: dict[str, str], tmp_path: Path) -> None:
        paragraph = "The council met on Monday and talked about the harbour for a very long time. " * 5
        (tmp_path / "page.html").write_text(
            "<html lang='en'><head><title>Harbour</title></head><body><a>skip to Main Content</a>"
            f"<article><h1>Harbour</h1><p>{paragraph}</p><p>{paragraph[::-1]}</p></article>"
            "<a>Back To Top</a></body></html>"
        )
        result = wirewatch("extract", "page.html", "--url", "https://news.example/a", env=env)
        assert result.returncode == 0
        page = json.loads(result.stdout)
        assert page["title"] == "Harbour"
        assert "The council met on Monday" in page["text"]
        assert "skip to" not in page["text"]
        assert "Back To Top" not in page["text"]

    @pytest.mark.parametrize(
        ("command", "body"),
        [
            ("feed", b""),
            ("feed", b"just text"),
            ("feed", b"<html><body>not a feed</body></html>"),
            ("extract", b""),
            ("extract", b"%PDF-1.7 ..."),
        ],
    )
    def test_what_cannot_be_read_is_exit_code_65(
        self, command: str, body: bytes, env: dict[str, str]
    ) -> None:
        result = wirewatch(command, "-", "--url", "https://news.example/x", env=env, stdin=body)
        assert result.returncode == 65
        assert result.stderr.startswith(b"wirewatch: https://news.example/x: ")
        assert len(result.stderr.splitlines()) == 1

    @pytest.mark.parametrize("url", ["news.example/a", "mailto:me@news.example", "https://", ""])
    def test_the_address_of_a_document_must_be_one(self, url: str, env: dict[str, str]) -> None:
        result = wirewatch("extract", "-", "--url", url, env=env, stdin=b"<p>Text</p>")
        assert result.returncode == 65
        assert b"is not the address of a document; use http://" in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_doctor_finds_all_in_order(env: dict[str, str]) -> None:
    result = wirewatch("doctor", env=env)
    assert result.returncode == 0, result.stdout
    lines = result.stdout.decode().splitlines()
    assert len(lines) == 8
    assert all(line.startswith("ok ") for line in lines)


def test_doctor_tells_of_names_in_doubt(env: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "traders.yaml"
    path.write_text(
        "entries:\n- {name: One, type: person, aliases: [QTL]}\n- {name: QTL, type: organisation}\n"
    )
    env |= {"WIREWATCH_ENRICH__WATCHLISTS": f'["{path}"]'}
    said = wirewatch("doctor", env=env).stdout.decode()
    assert "watchlists: 2 entries and 0 topics; in doubt: 1, see `wirewatch watchlists check`" in said
    path.write_text("entries: [{name: One, type: nothing}]", "utf-8")
    result = wirewatch("doctor", env=env)
    assert result.returncode == 78
    assert f"FAILED  watchlists: {path}: entry 1: type must be".encode() in result.stdout


def test_doctor_tells_of_another_model_for_entities(env: dict[str, str], tmp_path: Path) -> None:
    model = make_onnx_folder(tmp_path / "tiny")
    env |= {
        "WIREWATCH_ENRICH__ENTITIES__MODEL": str(model),
        "WIREWATCH_ENRICH__ENTITIES__LANGUAGES": '["de"]',
    }
    result = wirewatch("doctor", env=env)
    assert result.returncode == 0, result.stdout
    (line,) = [line for line in result.stdout.decode().splitlines() if "model:" in line]
    assert "entities by tiny@" in line
    assert "on cpu, 64 pieces at once, for de, labels PER→PER, ORG→ORG, LOC→LOC, NORP→NORP" in line
    assert "found United Nations (ORG), Angela Merkel (PER), Kabul (LOC) in a test sentence" in line
    (model / "config.json").unlink()
    result = wirewatch("doctor", env=env)
    assert result.returncode == 78
    assert f"FAILED  model: {model}/config.json: cannot be read".encode() in result.stdout


def test_a_port_in_use_is_named(env: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = wirewatch("run", "--sample", env=env | {"WIREWATCH_SAMPLE__PORT": str(port)})
    assert result.returncode == 69
    assert f"port {port}".encode() in result.stderr
    assert b"WIREWATCH_SAMPLE__PORT" in result.stderr
