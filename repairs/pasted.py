"""What a pasted message says of a fault: pure functions over Indonesian text as people write it to one another.

Nothing here decides anything: what is found fills a form in advance, and the page shows the words that it was found
in. Moments are naive and local to the place; what lies in the future is not found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any, NamedTuple

from kecamatan.models import Cause, Certainty, Effect
from lib.format import DAYS, MONTHS


class Found(NamedTuple):
    """A code of ours, and the words that stand for it in the message."""

    value: str
    words: str


class Since(NamedTuple):
    """The moment at which something began, and the words that say so."""

    at: datetime
    words: str


class Reading(NamedTuple):
    """What a message says; ``kinds`` in the order of the text, the rest only where it is found."""

    sender: str = ""
    sent_at: datetime | None = None
    kinds: tuple[Found, ...] = ()
    set_label: Found | None = None
    symptom: Found | None = None
    cause: Found | None = None
    certainty: Found | None = None
    effect: Found | None = None
    since: Since | None = None


NO = r"(?:tidak|tdk|tak|gak|ga|gk|nggak|ngga|enggak|ndak|belum|blm)"

# In each table the first line that fits at a place in the text holds, so that longer names stand first.
KINDS = {
    "fingerprint_scanner": r"(?:pemindai |scanner |alat )?(?:sidik ?jari|finger ?print|finger)(?: scanner)?",
    "iris_scanner": r"(?:pemindai |scanner |alat )?(?:iris|retina)(?: scanner)?",
    "signature_pad": r"(?:alat |pad )?(?:tanda ?tangan|ttd)|sign(?:ature)? ?pad",
    "card_reader": r"card ?reader|pembaca kartu",
    "card_printer": r"printer|pencetak ktp",
    "server": r"(?:komputer |pc )?server(?! pusat)",
    "monitor": r"monitor|layar",
    "pc": r"komputer|pc|cpu|laptop",
    "camera": r"kamera|camera|webcam",
    "tripod": r"tripod",
    "ups": r"ups",
    "router": r"router|modem|mikrotik",
    "vsat": r"vsat|parabola",
    "generator": r"genset|generator",
}
UNREAD = "unread"
SYMPTOMS = {
    "gone": r"(?<!data )hilang|raib|dicuri|kecurian|tidak ada di tempat",
    "damaged": r"pecah|retak|patah|terbakar|kebakar|gosong|hangus|meledak",
    "turns_off": r"mati sendiri|sering mati|mati[- ]nyala|nyala[- ]mati|restart",
    "wont_turn_on": rf"{NO} (?:bisa |mau )?(?:me)?(?:nyala|hidup)|mati total"
    r"|(?<!listrik )(?<!lampu )mati(?! lampu| listrik)",
    "not_detected": rf"{NO} (?:bisa )?(?:terdeteksi|dikenali|konek|terhubung|connect)",
    UNREAD: rf"{NO} (?:bisa |mau )?(?:ter|ke|mem)?baca",
    "bad_print": rf"{NO} (?:bisa |mau )?(?:men|nge)?(?:n?[cy]etak|print)",
    "no_program": rf"aplikasi(?:nya)? {NO} (?:bisa )?(?:di|ter|ke)?buka",
    "no_connection": rf"{NO} ada (?:jaringan|internet|sinyal)",
    "bad_picture": r"buram|blur|gelap|bergaris",
    "slow": r"lemot|lambat|lelet|(?:nge)?hang|macet",
    "loose_cable": r"kabel|colokan|longgar",
}
UNREAD_BY_KIND = {
    "fingerprint_scanner": "no_fingerprint",
    "iris_scanner": "no_iris",
    "signature_pad": "no_signature",
    "card_reader": "no_card",
}
CAUSES = {
    Cause.LIGHTNING: r"petir|kilat|halilintar|(?:ter|ke|di)sambar",
    Cause.POWER_OUTAGE: r"mati (?:lampu|listrik)|lampu mati|listrik (?:padam|mati)|padam|pemadaman",
    Cause.WEAK_POWER: rf"daya (?:listrik )?(?:{NO} (?:kuat|cukup)|kurang|lemah)"
    rf"|listrik (?:lemah|naik[- ]turun|{NO} stabil)|n?jeglek|anjlok|tegangan",
    Cause.CENTRAL_SERVER: r"server pusat",
    Cause.NETWORK: r"jaringan|internet|sinyal|koneksi",
    Cause.MALWARE: r"virus|malware",
    Cause.THEFT: r"dicuri|kecurian|pencurian|maling",
    Cause.OVERHEATING: r"kepanasan|overheat\w*|panas",
    Cause.DIRT: r"kotor|berdebu|debu",
    Cause.HUMAN_ERROR: r"(?:ter|ke)senggol|(?:ter)?jatuh|ketumpahan|tumpah|salah (?:pasang|colok)",
    Cause.NO_PARTS: rf"(?:suku cadang|spare ?part)(?:nya)? (?:{NO} ada|kosong|habis)",
    Cause.NO_STAFF: rf"{NO} ada (?:petugas|operator)|(?:petugas|operator)(?:nya)? (?:cuti|sakit)",
    Cause.WEAR: r"usia|sudah tua|udah tua|aus",
}
CERTAINTIES = {
    Certainty.SUSPECTED: rf"diduga|dugaan|(?:ke)?mungkin(?:an)?|kaya[k]?nya|sepertinya|kelihatannya|curiga|{NO} pasti",
    Certainty.CERTAIN: r"(?:di)?pasti(?:kan)?|jelas",
}
EFFECTS = {
    Effect.LIMITED: r"masih (?:bisa|dapat|jalan)|(?:ber)?gantian|terbatas",
    Effect.STOPPED: rf"{NO} (?:bisa |dapat )?(?:me|nge)?rekam"
    r"|(?:perekaman|pelayanan)(?:nya)? (?:berhenti|terhenti|stop|tutup)",
}


def _table(words: Mapping[Any, str]) -> re.Pattern[str]:
    lines = (f"(?P<{code}>{pattern})" for code, pattern in words.items())
    return re.compile(rf"\b(?:{'|'.join(lines)})(?:nya)?\b", re.IGNORECASE)


_KINDS, _SYMPTOMS, _CAUSES = _table(KINDS), _table(SYMPTOMS), _table(CAUSES)
_CERTAINTIES, _EFFECTS = _table(CERTAINTIES), _table(EFFECTS)


def read_message(text: str, now: datetime) -> Reading:
    """Return what a message says; days such as "kemarin" count from when it was sent, else from ``now``."""
    sender, sent_at, said = _without_heads(text, now)
    kinds = _all(_KINDS, said)
    return Reading(
        sender=sender,
        sent_at=sent_at,
        kinds=kinds,
        set_label=_set_label(said),
        symptom=_symptom(said, kinds),
        cause=_first(_CAUSES, said),
        certainty=_certainty(said),
        effect=_first(_EFFECTS, said),
        since=_since(said, sent_at or now),
    )


def places_named(text: str, names: Mapping[str, str]) -> list[Found]:
    """Return the places that a message names, by their codes; ``names`` leads from the code to "Kecamatan Kresek".

    Where one name holds another ("Sepatan Timur", "Sepatan"), only the longer counts. Who wrote it counts only where
    the rest names no place: many people carry theirs in their names.
    """
    said = _HEAD.sub("", text)
    return _places_in(said, names) or _places_in(text, names)


def _places_in(text: str, names: Mapping[str, str]) -> list[Found]:
    by_name: dict[str, list[str]] = {}
    for code, name in names.items():
        by_name.setdefault(_bare(name), []).append(code)
    words = re.findall(r"[\w'’-]+", text.casefold())
    longest = max((len(name.split()) for name in by_name), default=0)
    found, at = [], 0
    while at < len(words):
        size = next((n for n in range(longest, 0, -1) if " ".join(words[at : at + n]) in by_name), 0)
        name = " ".join(words[at : at + size])
        found += [Found(code, names[code]) for code in by_name.get(name, [])]
        at += size or 1
    return list(dict.fromkeys(found))


def _bare(name: str) -> str:
    """Return a name as people write it: without what kind of place it is."""
    return re.sub(r"^(?:kecamatan|distrik|kec\.?) ", "", name.casefold())


def _all(table: re.Pattern[str], said: str) -> tuple[Found, ...]:
    found = {str(match.lastgroup): match[0] for match in reversed(list(table.finditer(said)))}
    return tuple(Found(code, words) for code, words in reversed(found.items()))


def _first(table: re.Pattern[str], said: str) -> Found | None:
    match = table.search(said)
    return Found(str(match.lastgroup), match[0]) if match else None


def _symptom(said: str, kinds: tuple[Found, ...]) -> Found | None:
    found = _first(_SYMPTOMS, said)
    if found is None or found.value != UNREAD:
        return found
    return Found(UNREAD_BY_KIND.get(kinds[0].value, "not_detected") if kinds else "not_detected", found.words)


def _certainty(said: str) -> Found | None:
    """Doubt weighs more than confidence, wherever it stands."""
    found = {entry.value: entry for entry in _all(_CERTAINTIES, said)}
    return found.get(Certainty.SUSPECTED) or found.get(Certainty.CERTAIN)


_SET = re.compile(r"\bset (?:ke-? ?)?(\d{1,2}|satu|dua|tiga|empat)\b", re.IGNORECASE)


def _set_label(said: str) -> Found | None:
    match = _SET.search(said)
    return Found(str(_number(match[1])), match[0]) if match else None


# --- who wrote it, and when --------------------------------------------------------------------------------

_CLOCK_TIME = r"(\d{1,2})[.:](\d{2})(?:[.:]\d{2})?"
_NUMERIC_DAY = r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})"
# "[15/11/26 09.02] Budi: ...", "[09.02, 15/11/2026] Budi: ..." and "15/11/26 09.02 - Budi: ...".
_HEAD = re.compile(
    rf"^(?:\[(?=[^\]]*{_NUMERIC_DAY})(?=[^\]]*?(?<![\d/.]){_CLOCK_TIME})[^\]]{{10,30}}\] ?"
    rf"|{_NUMERIC_DAY},? {_CLOCK_TIME} - )(?P<who>[^:\n]{{1,60}}): ?",
    re.MULTILINE,
)


def _without_heads(text: str, now: datetime) -> tuple[str, datetime | None, str]:
    """Return who sent the first message and when, where its head says so, and what all of them say."""
    said = _HEAD.sub("", text)
    head = _HEAD.search(text)
    if head is None:
        return "", None, said
    day, month, year, hour, minute = (int(part) for part in head.groups()[:-1] if part)
    try:
        sent_at = datetime(_full_year(year), month, day, hour, minute)  # noqa: DTZ001
    except ValueError:
        return head["who"].strip(), None, said
    return head["who"].strip(), sent_at if sent_at <= now else None, said


def _full_year(year: int) -> int:
    return year + 2000 if year < 100 else year


# --- since when --------------------------------------------------------------------------------------------

_NUMBERS = {"se": 1, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7}
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_UNIT_DAYS = {"hari": 1, "minggu": 7, "bulan": 30}
_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_MONTH_NUMBERS |= {name[:3]: number for name, number in _MONTH_NUMBERS.items()} | {"agt": 8, "sept": 9, "nop": 11}
_WEEKDAYS = {name.lower(): number for number, name in enumerate(DAYS)} | {"jum'at": 4, "jumat": 4, "ahad": 6}
_FROM = r"(?P<from>sejak|mulai|dari|per)? ?"
_DAY = re.compile(
    rf"\b{_FROM}(?:"
    r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})(?:[/-](?P<y>\d{4}|\d{2}))?(?![\d/-])"
    rf"|(?:tgl|tanggal)?\.? ?(?P<d2>\d{{1,2}}) (?P<month>{'|'.join(sorted(_MONTH_NUMBERS, key=len, reverse=True))})\b"
    r"(?: (?P<y2>\d{4}))?"
    r"|(?:tgl|tanggal)\.? ?(?P<d3>\d{1,2})\b"
    rf"|(?P<been>(?:sudah|udah|udh|sdh) )?{_COUNT} ?(?P<unit>hari|minggu|bulan)(?P<ago> (?:yang |yg )?(?:lalu|lewat))?"
    r"|(?P<before_yesterday>(?:kemarin|kemaren) (?:dulu|lusa))"
    r"|(?P<last_week>minggu (?:lalu|kemarin))"
    r"|(?P<yesterday>kemarin|kemaren|kmrn|kmrin)"
    r"|(?P<last_night>tadi malam|tadi mlm|semalam|semalem)"
    r"|(?P<just_now>barusan|baru saja|baru aja)"
    r"|(?P<today>hari ini|tadi|(?:pagi|siang|sore) ini)"
    rf"|(?:hari )?(?P<weekday>{'|'.join(sorted(set(_WEEKDAYS) - {'minggu'}, key=len, reverse=True))})\b"
    r"|(?<=sejak )(?P<sunday1>minggu)\b|hari (?P<sunday2>minggu)\b"
    r")",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:(?:pukul|jam|pkl)\.? ?(?P<h>\d{1,2})(?:[.:](?P<min>\d{2}))?|(?P<h2>\d{1,2})[.:](?P<min2>\d{2})(?= ?wi))"
    r"(?: ?wi(?:b|ta|t))?(?: (?P<part>pagi|siang|sore|malam))?|\b(?P<alone>pagi|siang|sore)\b",
    re.IGNORECASE,
)
# The office opens at 07.30; the rest are when people say that the part of the day begins.
_PARTS = {"pagi": time(7, 30), "siang": time(12), "sore": time(15), "malam": time(19)}


def _since(said: str, now: datetime) -> Since | None:
    """Return the first moment that is marked by "sejak" or the like, else the first of all; none in the future."""
    matches = list(_DAY.finditer(said))
    for match in chain((m for m in matches if m["from"]), (m for m in matches if not m["from"])):
        at = _moment(match, said, now)
        if at is not None and at.at <= now:
            return at
    return None if matches else _time_alone(said, now)


def _moment(match: re.Match[str], said: str, now: datetime) -> Since | None:
    day = _day(match, now.date())
    if day is None:
        return None
    if match["just_now"]:
        return Since(now, match[0].strip())
    beside = _TIME.search(said, max(0, match.start() - 12), match.end() + 25)
    clock = beside and _clock(beside)
    if clock is None:
        clock = _PARTS["malam"] if match["last_night"] else time.min
    at = datetime.combine(day, clock)
    first, last = (match, beside) if beside is None or beside.start() >= match.start() else (beside, match)
    words = said[first.start() : max(match.end(), last.end() if last else 0)]
    # "tadi pagi", written before the office opened, is what was said all the same.
    return Since(min(at, now) if day == now.date() else at, words.strip())


def _time_alone(said: str, now: datetime) -> Since | None:
    """Return a time without any day: today's, or yesterday's where today's is still to come."""
    match = _TIME.search(said)
    clock = _clock(match) if match and not match["alone"] else None
    if match is None or clock is None:
        return None
    at = datetime.combine(now.date(), clock)
    return Since(at if at <= now else at - timedelta(days=1), match[0].strip())


def _clock(match: re.Match[str]) -> time | None:
    if match["alone"]:
        return _PARTS[match["alone"].lower()]
    hour, part = int(match["h"] or match["h2"]), (match["part"] or "").lower()
    if hour < 12 and (part in ("sore", "malam") or (part == "siang" and hour < 7)):
        hour += 12
    minute = int(match["min"] or match["min2"] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(match: re.Match[str], today: date) -> date | None:
    """Return the local day that a match stands for; without a year, or a month, the latest that is not to come."""
    number = match["d"] or match["d2"] or match["d3"]
    if number:
        return _calendar_day(match, int(number), today)
    if match["unit"]:
        return _counted_back(match, today)
    if weekday := match["weekday"] or match["sunday1"] or match["sunday2"]:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS[weekday.lower()]) % 7)
    for name, days in (("before_yesterday", 2), ("last_week", 7), ("yesterday", 1), ("last_night", 1)):
        if match[name]:
            return today - timedelta(days=days)
    return today


def _counted_back(match: re.Match[str], today: date) -> date | None:
    """Read "3 hari lalu" and "sudah 3 hari"; "3 hari" alone may be a plan."""
    if not (match["ago"] or match["been"] or match["from"]):
        return None
    return today - timedelta(days=_number(match["count"]) * _UNIT_DAYS[match["unit"].lower()])


def _calendar_day(match: re.Match[str], number: int, today: date) -> date | None:
    month = int(match["m"]) if match["m"] else _MONTH_NUMBERS.get((match["month"] or "").lower())
    year = match["y"] or match["y2"]
    if year and month:
        return _date(_full_year(int(year)), month, number)
    if month:
        candidates = [_date(today.year - back, month, number) for back in (0, 1)]
    else:
        first = today.replace(day=1)
        candidates = [_date(m.year, m.month, number) for m in (first, first - timedelta(days=1))]
    return next((day for day in candidates if day and day <= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]
