"""What pages say that stand where an article should be, in the languages of the feeds that people watch.

English, German, French, Spanish, Italian, Portuguese, Dutch, in that order. The phrases are looked for in
`plain` text: lower case, straight apostrophes.
"""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """`text` as the phrases below expect it."""
    return text.casefold().replace("\u2019", "'").replace("ß", "ss")


def _any(*languages: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrases})" for phrases in languages), re.MULTILINE)


# Said to a reader who wants to read on: also at the end of an article's beginning.
PROMPT = _any(
    r"(?:log|sign) ?in to (?:continue|read|view|your account|access|see)|already a (?:\w+ )?subscriber"
    r"|subscribe (?:now )?to (?:continue|read|keep reading)|register to (?:continue|read)"
    r"|create (?:a free|an) account to (?:continue|read|access)|to continue reading|unlock this article"
    r"|this (?:article|content|story) is (?:\w+ )?for (?:\w+ )?(?:subscribers|members)",
    r"(?:anmelden|einloggen|registrieren),? um (?:weiterzulesen|den artikel|diesen artikel)"
    r"|bereits (?:abonnent|ein abo)|jetzt abonnieren und weiterlesen|mit (?:einem )?abo (?:weiter)?lesen"
    r"|(?:abonnieren|registrieren) sie(?: sich)?,? (?:um|und) (?:weiter|diesen)"
    r"|um (?:den ganzen|diesen|den vollständigen) (?:artikel|text) zu lesen",
    r"connectez-vous pour (?:lire|continuer|accéder)|abonnez-vous pour (?:lire|continuer|accéder)"
    r"|(?:identifiez|inscrivez)-vous pour (?:lire|continuer|accéder)|déjà abonnée?|pour lire la suite"
    r"|il vous reste .{1,12} à lire|cet article est réservé",
    r"inici(?:a|e) sesión para (?:leer|seguir|continuar|acceder)|ya (?:eres|es) suscriptor"
    r"|suscr[ií]b(?:ete|ase) para (?:leer|seguir|continuar)|para (?:seguir|continuar) leyendo"
    r"|reg[ií]str(?:ate|ese) para (?:leer|seguir)",
    r"acced(?:i|a) per (?:leggere|continuare)|abbonat[ie] per (?:leggere|continuare)|sei già abbonat[oa]"
    r"|registrat[ie] per (?:leggere|continuare)|per continuare a leggere",
    r"(?:faça|inicie) (?:o )?(?:login|sessão) para (?:ler|continuar)|assine para (?:ler|continuar)"
    r"|já é assinante|para continuar (?:a ler|lendo)|cadastre-se para (?:ler|continuar)",
    r"log in om (?:verder|door|te lezen|dit)|al (?:een )?abonnee\?"
    r"|om (?:verder te lezen|dit artikel te lezen)|(?:word|neem) (?:een )?abonn(?:ee|ement) om"
    r"|maak een (?:gratis )?account aan om",
)
# Said of a whole page that is not for everyone; in an article it may stand for itself.
WALL = _any(
    r"(?:please|you (?:must|need to)) (?:log|sign) ?in|subscribers only"
    r"|only (?:available )?(?:to|for) subscribers|already a member",
    r"melden sie sich (?:bitte )?an|loggen sie sich (?:bitte )?ein|bereits registriert"
    r"|nur für (?:\w+-)?(?:abonnenten|abonnentinnen|mitglieder)",
    r"réservée?s? (?:à nos|aux|à) abonnés",
    r"(?:solo|sólo|exclusivo) para suscriptores",
    r"(?:riservat[oa]|esclusiv[oa]) (?:agli|per gli) abbonati",
    r"(?:só|apenas|exclusivo) para assinantes",
    r"(?:alleen|exclusief) voor (?:abonnees|leden)",
)
CONSENT = _any(
    r"before you continue to|we (?:and our (?:\d+ )?partners )?(?:use|store) (?:cookies|information)"
    r"|we and our (?:\d+ )?partners|accept (?:all )?(?:cookies|and continue)"
    r"|manage (?:your )?(?:cookie|privacy)|(?:cookie|privacy) (?:consent|settings|preferences)"
    r"|your privacy (?:choices|matters)|we value your privacy",
    r"wir (?:und unsere (?:\d+ )?partner )?(?:verwenden|nutzen|setzen) cookies"
    r"|wir und unsere (?:\d+ )?partner"
    r"|(?:alle )?cookies (?:akzeptieren|zulassen)|zustimmen und (?:weiter|fortfahren)|bevor sie fortfahren"
    r"|(?:cookie|datenschutz)-?einstellungen|mit werbung (?:weiter)?lesen|wir schätzen ihre privatsphäre",
    r"nous (?:et nos (?:\d+ )?partenaires )?utilisons des cookies|nous et nos (?:\d+ )?partenaires"
    r"|accepter (?:tous les |les )?cookies|accepter et (?:continuer|fermer)|continuer sans accepter"
    r"|avant de continuer|gérer (?:mes|vos|les) (?:cookies|préférences)|respect de votre vie privée",
    r"(?:utilizamos|usamos) cookies|nosotros y nuestros (?:\d+ )?socios|aceptar (?:todas )?(?:las )?cookies"
    r"|aceptar y (?:continuar|cerrar)|antes de continuar|(?:nos importa|valoramos) (?:tu|su) privacidad"
    r"|configurar cookies",
    r"(?:utilizziamo|usiamo) (?:i )?cookie|noi e i nostri (?:\d+ )?partner|accetta (?:tutti )?(?:i )?cookie"
    r"|accetta e (?:continua|chiudi)|prima di continuare|rispettiamo la (?:tua|vostra) privacy"
    r"|continua senza accettare",
    r"(?:utilizamos|usamos) (?:os )?cookies|nós e (?:os )?nossos (?:\d+ )?parceiros"
    r"|aceitar (?:todos )?(?:os )?cookies|aceitar e (?:continuar|fechar)"
    r"|valorizamos a (?:sua|tua) privacidade",
    r"(?:wij|we) (?:en onze (?:\d+ )?partners )?gebruiken cookies|wij en onze (?:\d+ )?partners"
    r"|(?:alle )?cookies (?:accepteren|toestaan)|akkoord en (?:door|verder|sluiten)"
    r"|voordat (?:je|u) verdergaat|cookie-?instellingen|(?:je|uw|jouw) privacy is",
)
ROBOT = _any(
    r"are you (?:a )?(?:robot|human)"
    r"|(?:verify|confirm)(?:ing)? (?:that )?you are (?:a |not a )?(?:human|robot)"
    r"|i'm not a robot|unusual traffic|complete the captcha|solve (?:the|this) captcha|checking your browser"
    r"|access (?:to this page has been )?denied|^(?:attention required|just a moment)\b",
    r"kein roboter|bestätigen sie,? dass sie (?:ein mensch|menschlich|kein)|sind sie ein (?:mensch|roboter)"
    r"|ungewöhnliche[rn]? (?:datenverkehr|zugriffe|aktivitäten)|ihr browser wird (?:ge|über)prüft"
    r"|^zugriff verweigert",
    r"pas un robot|vérifi(?:er|ez|ons) que vous êtes (?:un (?:être )?)?humain|êtes-vous un (?:robot|humain)"
    r"|trafic inhabituel|vérification de votre navigateur|^accès (?:refusé|interdit)",
    r"no (?:eres|soy|es) un robot|verifi(?:ca|que|car|camos) que (?:eres|es) (?:un )?(?:ser )?humano"
    r"|¿eres (?:un )?(?:robot|humano)|tráfico inusual|comprobando (?:tu|su) navegador|^acceso denegado",
    r"non (?:sei|sono) un robot|verific(?:a|hi|are|hiamo) (?:di essere|che (?:tu )?sia) (?:un essere )?umano"
    r"|traffico (?:insolito|anomalo)|verifica del browser|^accesso negato",
    r"não (?:é|sou|és) um robô|(?:verifique|confirme|verificar) (?:que|se) (?:você )?(?:é|és) (?:um )?humano"
    r"|tráfego (?:incomum|invulgar)|^acesso negado",
    r"geen robot|(?:bevestig|verifieer|controleren) (?:dat|of) (?:je|u) een mens|ben je een (?:mens|robot)"
    r"|ongebruikelijk verkeer|^toegang geweigerd",
)
SCRIPTS = _any(
    r"(?:enable|turn on|activate) java ?script|java ?script (?:is|must be|to be) (?:disabled|required|enabled"
    r"|not (?:enabled|available))|requires java ?script|without java ?script",
    r"java ?script (?:aktivieren|einschalten|ist deaktiviert|erforderlich|zu aktivieren)"
    r"|aktivieren sie (?:bitte )?java ?script|benötigt java ?script",
    r"activ(?:er|ez) java ?script|java ?script est (?:désactivé|requis|nécessaire)|nécessite java ?script",
    r"(?:activar?|active|habilitar?|habilite) java ?script"
    r"|java ?script (?:está )?(?:desactivado|deshabilitado)",
    r"(?:attivare?|attiva|abilitare?|abilita) java ?script|java ?script (?:è )?disabilitato",
    r"(?:ativar|ative|habilitar|habilite) (?:o )?java ?script|java ?script (?:está )?desativado",
    r"java ?script (?:inschakelen|in te schakelen|is uitgeschakeld|aanzetten)"
    r"|(?:schakel|zet) java ?script (?:in|aan)",
)
# The whole of a title or heading, or the part of it before or after the site's name.
NOT_FOUND = _any(
    r"(?:error |http )?404(?: error)?(?: ?[-:,.]? ?(?:page |file |article )?not found)?|not found"
    r"|(?:sorry,? |oops[!.,]? )?(?:the |this |that |we can't find (?:the|that) )?"
    r"(?:page|article|story|content)"
    r"(?: (?:that )?(?:you requested|you (?:are|were|'re) looking for|requested))?"
    r"(?: (?:is |was )?not found| (?:cannot|can't|could not|couldn't) be found"
    r"| (?:does not|doesn't|no longer) exists?| (?:is )?(?:no longer|not|un) ?available"
    r"| has (?:been removed|expired|moved))",
    r"(?:fehler )?404|(?:die |diese )?(?:seite|artikel|inhalt)(?: wurde| konnte)?(?: leider)? nicht"
    r" (?:gefunden(?: werden)?|vorhanden|(?:mehr )?verfügbar)"
    r"|(?:die |diese )?seite existiert nicht(?: mehr)?",
    r"erreur 404|(?:la |cette )?page(?: demandée)? (?:est )?(?:non trouvée|introuvable|inexistante)"
    r"|(?:la |cette )?page(?: demandée| que vous (?:cherchez|recherchez))? n'existe (?:pas|plus)"
    r"|article introuvable",
    r"error 404|(?:la |esta )?página(?: que (?:buscas|busca))? no (?:encontrada|disponible|existe"
    r"|(?:se |ha sido |fue )?encontr(?:ada|ó))|artículo no (?:encontrado|disponible)",
    r"errore 404|(?:la )?pagina(?: che (?:cerchi|stai cercando))? non (?:è stata )?"
    r"(?:trovata|esiste|disponibile)"
    r"|articolo non (?:trovato|disponibile)",
    r"erro 404|(?:a )?página(?: que (?:procura|você procura))? não (?:foi )?(?:encontrada|existe|disponível)"
    r"|artigo não encontrado",
    r"fout 404|(?:de |deze )?pagina (?:is |werd )?niet (?:gevonden|beschikbaar)"
    r"|(?:de |deze )?pagina bestaat niet(?: meer)?|(?:de )?pagina kan niet (?:worden )?gevonden(?: worden)?"
    r"|artikel niet gevonden",
)
