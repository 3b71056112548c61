from __future__ import annotations

import json

import pytest

from article.errors import BadPage
from ingest.pages.page import extract_page
from ingest.pages.paywall import NOTE
from tests.ingest.documents import SENTENCE, page

URL = "https://news.test/world/1"
NO_SUCH_PAGE = "there is no such page"
TEASER = [SENTENCE * 2, f"Nobody expected that. {SENTENCE}"]


def refusal(body: bytes) -> str:
    """Why the page is no article; "" where it is one."""
    try:
        extract_page(body, url=URL, content_type="text/html", max_markup=2_000_000)
    except BadPage as error:
        return error.problem
    return ""


def notes(body: bytes) -> tuple[str, ...]:
    return extract_page(body, url=URL, content_type="text/html", max_markup=2_000_000).notes


def text(body: bytes) -> str:
    return extract_page(body, url=URL, content_type="text/html", max_markup=2_000_000).text


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("Please log in to read this article about the water.", "subscription"),
        ("Subscribe now to keep reading. Already a subscriber? Sign in.", "subscription"),
        ("Bitte melden Sie sich an. Dieser Text ist nur für Abonnenten.", "subscription"),
        ("Cet article est réservé aux abonnés. Déjà abonné ? Connectez-vous.", "subscription"),
        ("Contenido exclusivo para suscriptores. Inicia sesión para seguir leyendo.", "subscription"),
        ("Contenuto riservato agli abbonati. Accedi per continuare.", "subscription"),
        ("Conteúdo exclusivo para assinantes. Já é assinante? Faça login.", "subscription"),
        ("Dit artikel is alleen voor abonnees. Log in om verder te lezen.", "subscription"),
        ("We and our 812 partners store information on your device.", "consent"),
        ("Wir und unsere 120 Partner verwenden Cookies. Zustimmen und weiter.", "consent"),
        ("Nous et nos partenaires utilisons des cookies. Continuer sans accepter.", "consent"),
        ("Utilizamos cookies para mejorar su experiencia. Aceptar y continuar.", "consent"),
        ("Utilizziamo i cookie. Accetta e continua, o rifiuta tutto quanto.", "consent"),
        ("Usamos cookies para melhorar a experiência. Aceitar todos os cookies.", "consent"),
        ("Wij gebruiken cookies en vragen uw toestemming. Alle cookies toestaan.", "consent"),
        ("Verify you are human by completing the action below.", "robots"),
        ("Bitte bestätigen Sie, dass Sie ein Mensch sind.", "robots"),
        ("Nous vérifions que vous êtes humain. Un peu de patience.", "robots"),
        ("Verifica que eres humano para continuar con la lectura.", "robots"),
        ("Hai fatto troppe richieste: conferma che non sei un robot.", "robots"),
        ("Confirme que você é humano para continuar no site.", "robots"),
        ("We controleren of je een mens bent. Even geduld alsjeblieft.", "robots"),
        ("You need to enable JavaScript to run this app.", "scripts"),
        ("Bitte aktivieren Sie JavaScript, um diese Seite zu sehen.", "scripts"),
        ("Veuillez activer JavaScript pour afficher cette page.", "scripts"),
        ("Por favor, habilite JavaScript para ver esta página.", "scripts"),
        ("Per vedere questa pagina abilita JavaScript nel browser.", "scripts"),
        ("Ative o JavaScript para ver esta página no navegador.", "scripts"),
        ("Schakel JavaScript in om deze pagina te bekijken.", "scripts"),
    ],
)
def test_what_asks_for_something_instead_is_no_article(says: str, reason: str) -> None:
    assert reason in refusal(page(says, title="Example News"))


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 Not Found",
        "Page not found",
        "Page not found | Example News",
        "Example News \u2013 Sorry, the page you are looking for could not be found.",
        "Seite nicht gefunden - Beispiel",
        "Diese Seite existiert nicht mehr",
        "Page introuvable",
        "Cette page n\u2019existe plus",
        "Página no encontrada | Ejemplo",
        "Pagina non trovata",
        "Página não encontrada",
        "Pagina niet gevonden",
    ],
)
def test_a_soft_404_is_no_article(title: str) -> None:
    offered = [SENTENCE, *(f"Another story with number {number} was read a lot." for number in range(9))]
    assert NO_SUCH_PAGE in refusal(page(*offered, title=title))


@pytest.mark.parametrize(
    "title",
    [
        "Page not found: how the web forgets",
        "The page that could not be found in the archive",
        "404: a history of the most famous error",
        "Are you human? Captchas are getting harder",
        "Accept all cookies? Most people do",
        "Already a subscriber: the newspaper's first reader turns 100",
    ],
)
def test_an_article_about_such_pages_is_an_article(title: str) -> None:
    assert refusal(page(*TEASER, *TEASER, title=title)) == ""


def test_a_soft_404_may_say_so_in_its_text_alone() -> None:
    assert NO_SUCH_PAGE in refusal(page("Sorry, this page does not exist.", title="Example News"))


def test_a_page_that_scripts_fill_in_is_said_to_be_one() -> None:
    scripts = "<script src='a.js'></script>" * 3
    shell = f"<html><head><title>News</title></head><body><div id='root'></div>{scripts}</body></html>"
    assert "scripts" in refusal(shell.encode())


def test_news_in_brief_beside_a_log_in_form_is_an_article() -> None:
    form = "<form><input name='user'><input type='password'></form>"
    assert refusal(page(SENTENCE * 3, body=form)) == ""
    assert "log-in" in refusal(page("Welcome back to the paper.", body=form))


def test_what_stands_before_a_paywall_is_kept_and_said_to_be_its_beginning() -> None:
    body = page(*TEASER, "Subscribe to continue reading", "Already a subscriber? Log in")
    assert text(body) == "\n".join(paragraph.strip() for paragraph in TEASER)
    assert NOTE in notes(body)


@pytest.mark.parametrize(
    "line",
    [
        "Melden Sie sich an unter 0123 456, wenn Sie mitfahren wollen.",
        "The service is only available to subscribers.",
        "Are you already a member of the club?",
        "L'accès au stade est réservé aux abonnés.",
        f"To continue reading is what he wanted, and nothing else. {SENTENCE * 2}",
    ],
)
def test_the_end_of_an_article_is_no_paywall(line: str) -> None:
    body = page(*TEASER, line)
    assert line.strip() in text(body)
    assert notes(body) == ()


def structured(**said: object) -> str:
    data = json.dumps({"@type": "NewsArticle", **said})
    return f'<script type="application/ld+json">{data}</script>'


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ({"isAccessibleForFree": False, "wordCount": 900}, ""),
        ({"isAccessibleForFree": "False", "wordCount": "900"}, ""),
        (
            {"isAccessibleForFree": False, "hasPart": {"cssSelector": ".paid"}},
            "<div class='paid'></div>",
        ),
        ({"isAccessibleForFree": "false"}, "<p><a href='/join'>This article is for our subscribers</a></p>"),
    ],
)
def test_a_page_that_says_that_it_is_not_free_and_is_short_is_only_a_beginning(
    said: dict[str, object], more: str
) -> None:
    assert NOTE in notes(page(*TEASER, head=structured(**said), body=f"<footer>{more}</footer>"))


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ({"isAccessibleForFree": True, "wordCount": 900}, ""),
        ({"isAccessibleForFree": False, "wordCount": 60}, ""),
        ({"isAccessibleForFree": False}, ""),
        (
            {"isAccessibleForFree": False, "hasPart": [{"cssSelector": "#paid"}, {"cssSelector": "p > b"}]},
            f"<div id='paid'>{SENTENCE * 5}</div>",
        ),
    ],
)
def test_an_article_that_is_whole_is_not_said_to_be_cut(said: dict[str, object], more: str) -> None:
    assert notes(page(*TEASER, head=structured(**said), body=f"<footer>{more}</footer>")) == ()


def test_the_tier_that_a_page_says_it_belongs_to_counts_too() -> None:
    head = "<meta property='article:content_tier' content='locked'>"
    cut = page(*TEASER, "And then the minister said…", head=head)
    assert NOTE in notes(cut)
