"""Lines that belong to a site's furniture, not to the article. One table, used for pages and feeds.

A line goes only as a whole, and never when it is a sentence: a phrase in running text stays.
"""

from __future__ import annotations

import re

_EDGE = 12  # lines from either end in which link lines ("Read more: …") are furniture

_NETWORK = (
    "(?:facebook|twitter|x|linkedin|whatsapp|reddit|pinterest|telegram|e-?mail|instagram|threads|bluesky|print"
    "|flipboard|pocket|tumblr|messenger|youtube|tiktok|google news)"
)
_ACTION = "(?:share|save|print|email|copy link|comments?|follow|listen|bookmark|gift)"
_AD = (
    "(?:advertisements?|advertising|ad|sponsored|promoted|(?:sponsored|paid) content"
    "|anzeige|publicidad|werbung)"
)
_PIECE = "(?:article|story|page|post|video|content)"
_TALK = "(?:comments?|conversation|discussion)"

_ANYWHERE = (
    r"(?:skip|jump) (?:to|past) (?:the )?(?:main |primary )?"
    r"(?:content|navigation|menu|search|article|newsletter)\w*",
    r"(?:go |return )?(?:back )?to (?:the )?(?:top|home|homepage)(?: of page)?|top of page|scroll to top",
    # advertisements
    _AD,
    rf"(?:{_PIECE} )?continues? (?:below|after)(?: (?:this |the )?{_AD})?",
    rf"{_AD}\W+(?:scroll|continue|story continues|article continues)\b.{{0,40}}",
    rf"(?:scroll to continue|skip|remove|report this) ?(?:with content|{_AD}s?)?|ad feedback",
    # sharing
    rf"{_ACTION}(?:(?: ?[,/|·•&] ?| and | ){_ACTION})*",
    rf"(?:{_ACTION}|recommend|like|tweet) (?:this|the)(?: \w+)?(?: {_PIECE})?"
    r"(?: (?:on|via|with|by)\b.{0,60})?",
    rf"(?:share|follow us|tweet|post|pin) (?:on|via) {_NETWORK}",
    rf"share (?:{_PIECE}|options)|copy(?: the)? link|link copied|copied to clipboard",
    rf"click to {_ACTION}\b.{{0,60}}",
    rf"{_NETWORK}(?:[ ,/|·•]+{_NETWORK})*",
    # comments, newsletters, accounts
    r"(?:leave|post|add|write) (?:a|your) (?:comment|reply)|\d+ comments?|no comments(?: yet)?",
    rf"(?:view|show|see|read|load|join|hide)(?: all| the)?(?: \d+)? {_TALK}",
    r"(?:sign up|subscribe|log ?in|sign in|register)(?: now| here| today)?"
    r"(?: (?:for|to) (?:our |the |free )?(?:daily |weekly |free )?(?:newsletters?|updates|email alerts))?",
    r"newsletters?|get the app|download (?:the|our) app",
    # consent
    r"(?:accept|reject|manage)(?: all)? (?:cookies|preferences)|cookie (?:settings|policy|preferences)",
    r"privacy (?:policy|notice)|terms (?:of (?:use|service)|and conditions)",
    # pictures and players
    r"(?:open|view|enlarge|expand)(?: this)? (?:image|photo|gallery)(?: in (?:modal|gallery|fullscreen))?",
    r"image (?:caption|source)|view (?:photos|gallery)|(?:watch|play|listen)(?: now| live)?",
    r"(?:close|menu|search|home|loading)(?: ?\.{3}|…)?",
    # ways on
    r"(?:most|more) (?:read|popular|viewed|shared)|trending(?: now| this week| stories)?",
    r"(?:related|recommended) (?:articles?|stories|content|topics|posts|links|reading|coverage)",
    r"you (?:might|may) (?:also )?(?:like|enjoy)|recommended(?: for you| by\b.{0,30})?|more for you",
    r"editors?['’]?s?['’]? (?:picks?|choice)|around the web|from our partners",
    r"read (?:more|next|on)|(?:read|continue)(?: the)? (?:full|original|reading)(?: article| story)?",
    r"see (?:also|more)|show more|view more|learn more|click here",
    # legal and scholarly
    r"(?:©|\(c\)|copyright\b).{0,120}|all rights reserved|corrections? policy",
    r"cite this page|story source|journal reference",
)
_AT_AN_END = (
    r"(?:read (?:more|next|also)|also read|see also|more|related(?: \w+)?|watch|don['’]t miss|up next|next up"
    r"|recommended|you may also like|explore more|further reading|most read)\b ?[:|»>–-].{0,200}",
    r"(?:read more|more(?: must-reads)?|most read|explore more|further reading)"
    r" (?:on|in|about|from)\b.{0,60}",
    r"(?:related|watch|up next|explore more|further reading)\b.{0,60}:",
    r"the post .{1,300} (?:appeared first|first appeared) on .{1,120}",
    r"(?:tags?|filed under|topics?|categories|keywords)\b ?:.{0,200}",
    rf"(?:follow|find|like|join) (?:us|me|\w+(?: \w+)?) on {_NETWORK}\b.{{0,80}}",
    r"[*_=~—–-]{3,}",
)
_WHOLE = re.compile(rf"(?:{'|'.join(_ANYWHERE)})\s*:?", re.IGNORECASE)
_LINK_LINE = re.compile("|".join(_AT_AN_END), re.IGNORECASE)
_LIST_HEADING = re.compile(
    r"(?:related|recommended|popular|latest|more|top|trending|other|similar)"
    r" (?:articles?|stories|content|topics|posts|news|reads?|reading|coverage|headlines|videos|links)"
    r"|(?:more|most read|read more|further reading|explore more|also read|read also|see also)"
    r"(?: (?:on|in|from|about|by|for|like)\b.{0,60}| must-reads.{0,60})?"
    r"|(?:most|more) (?:read|popular|viewed|shared)(?: .{0,40})?|trending(?: .{0,30})?"
    r"|you (?:might|may) (?:also )?(?:like|enjoy)|recommended(?: .{0,30})?|related|popular on .{1,40}|up next"
    r"|editors?['’]?s?['’]? (?:picks?|choice)",
    re.IGNORECASE,
)
_FRAME = " \t»›>→↑▲▼|·•*-–—[]()"
_MAX_LINE = 320  # characters; no furniture is longer, and matching stays cheap
_SENTENCE_END = re.compile(r"[.!?。！？।]['\"”’»)\]]*$")


def without_boilerplate(text: str) -> str:
    """`text` (paragraphs as lines) without lines of furniture."""
    lines = _without_link_list(text.split("\n"))
    last = len(lines) - 1
    kept = [
        line
        for index, line in enumerate(lines)
        if not is_boilerplate(line, at_end=index < _EDGE // 4 or last - index < _EDGE)
    ]
    return "\n".join(kept)


def _without_link_list(lines: list[str]) -> list[str]:
    """Without a closing list of headlines under "Related stories" and the like: no sentence in all of it."""
    start = len(lines)
    while start and not _is_sentence(lines[start - 1]) and len(lines[start - 1]) <= _MAX_LINE:
        start -= 1
    for index in range(max(1, start), len(lines)):
        if _LIST_HEADING.fullmatch(lines[index].strip(_FRAME + ":")):
            return lines[:index]
    return lines


def is_boilerplate(line: str, *, at_end: bool) -> bool:
    """Whether the whole line is furniture; link lines count as such only near an end of the text."""
    if len(line) > _MAX_LINE:
        return False
    bare = line.strip(_FRAME)
    if _is_sentence(line) and not _is_feed_footer(line):
        return False
    if not bare:
        return at_end
    return bool(_WHOLE.fullmatch(bare)) or (at_end and bool(_LINK_LINE.fullmatch(bare)))


def _is_sentence(line: str) -> bool:
    return len(line.split()) >= 4 and _SENTENCE_END.search(line) is not None


def _is_feed_footer(line: str) -> bool:
    """WordPress ends each entry with a sentence about the site; it is the one sentence that is furniture."""
    return line.startswith("The post ") and (" appeared first on " in line or " first appeared on " in line)
