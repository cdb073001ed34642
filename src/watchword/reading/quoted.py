"""Which lines of a mail are an earlier message: quoted with ">", announced by a line, or marked by the mail client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LONGEST_LINE = 400  # no announcement is longer; keeps every pattern here to short lines
LINES_IN_HEADER = 14
CONTINUED_LINES = 3  # a long list of recipients goes on over some lines

WROTE = (
    r"wrote|writes|schrieb|geschrieben|escribió|escribio|a écrit|a ecrit|escreveu|ha scritto|schreef|skrev|kirjoitti"
    r"|napisał|napsal|написал|viết"
)
ADDRESS = r"<\s?[^<>@\s]+@[^<>\s]+>"
TIME = r"\d{1,2}[:.]\d\d"
INTRODUCES = re.compile(
    r"[-*]{0,5}\s?(?:On|Am|El|Le|Em|No dia|Il|Op|Den)\s|\d{4}-\d\d-\d\d\s"
    rf"|.{{0,80}}{ADDRESS}|.{{0,60}}{TIME}.{{0,80}}<$"
)
SAYS_WROTE = re.compile(
    rf"\b(?:{WROTE})\b.*:\s*$|\b(?:{WROTE})\s*-{{2,}}$|^\d{{4}}-\d\d-\d\d .*{ADDRESS}:$"
    rf"|{TIME}\b.*{ADDRESS}\s?[:：]$|(?:写道|寫道|작성|yazdı)\s?[:：]$"
)
BY_A_CLIENT = re.compile(r"\d{1,2}[:.h]\d\d\b|@")
BY_A_PERSON = re.compile(r"\b(?:I|my|you|your|we|our|he|she|they)\b")
SEPARATOR = re.compile(
    r"[-_=*]{2,} ?(?:original|forwarded|reply|ursprüngliche|urspruengliche|weitergeleitete|mensaje|message|mensagem)"
    r"(?: (?:message|e-?mail|nachricht|original|reenviado|transféré|d['’]origine|encaminhada))? ?[-_=*]{2,}"
    r"|(?:begin forwarded message|anfang der weitergeleiteten nachricht|inicio del mensaje reenviado"
    r"|début du message (?:transféré|réexpédié)|início da mensagem (?:encaminhada|reencaminhada)) ?:"
    r"|[-=#*_\s]{0,12}(?:please )?(?:(?:type your )?reply above|do not (?:write|type|reply) below) this line"
    r"(?: to (?:add|leave|post) a (?:comment|reply|response))?\.?[-=#*_\s]{0,12}",
    re.IGNORECASE,
)
BETWEEN_ARROWS = re.compile(rf">>> .{{3,200}} {TIME}.{{0,20}} >>>")  # as GroupWise announces, and quotes no line
RULE = re.compile(r"[-_=]{5,}")
FIELD = re.compile(r"[*_]{0,2}([^\W\d_][\w-]{0,14}(?: \w{1,10})?)\s?[*_]{0,2}\s?(?::[*_]{0,2}(?:\s|$)|：)")
FIELDS = {
    **dict.fromkeys("from von de da van från fra od от kimden từ lähettäjä 发件人 寄件者 差出人".split(), "from"),
    **dict.fromkeys(
        "sent date gesendet datum enviado enviada fecha envoyé data verzonden inviato skickat sendt wysłano odesláno"
        " отправлено дата gönderildi tarih lähetetty päivämäärä 发送时间 日期 寄件日期 送信日時 日付".split(),
        "sent",
    ),
    **dict.fromkeys("to an para à aan a till til do komu кому kime đến vastaanottaja 收件人 收件者 宛先".split(), "to"),
    **dict.fromkeys(
        "subject betreff asunto objet assunto onderwerp oggetto ämne emne temat předmět тема konu aihe 主题 主旨 件名"
        " 제목".split(),
        "subject",
    ),
    **dict.fromkeys("cc cco cci bcc kopie copia reply-to importance priority attachments anlagen".split(), "more"),
    **dict.fromkeys(("envoyé par", "보낸 사람"), "from"),
    **dict.fromkeys(
        ("envoyé le", "enviado el", "enviado em", "enviada em", "gesendet am", "đã gửi", "보낸 날짜"), "sent"
    ),
    "받는 사람": "to",
    "chủ đề": "subject",
}
FORM_FIELDS = frozenset(
    "message comment comments question name phone telephone email e-mail dob patient mensaje mensagem comentario"
    " comentarios pregunta nombre nome correo teléfono telefono telefone nachricht".split()
)
ANSWERS_INSIDE = re.compile(
    r"\b(?:answer|repl|respon|comment|note)\w*\b[^.!?\n]{0,40}\b(?:in (?:red|blue|green|bold|caps)|in-?line)\b",
    re.IGNORECASE,
)
HEADER_IN_A_LINE = r"From: [^\n]{3,120}? (?:Sent|Date): [^\n]{3,80}? To: [^\n]{3,100}? Subject:"
ONLY_HEADER = re.compile(HEADER_IN_A_LINE)
INSIDE_A_LINE = re.compile(  # what some web forms and exports leave of a thread: one long line
    r"-{3,10} ?(?:[Oo]riginal|[Ff]orwarded) [Mm]essage ?-{3,10}"
    rf"|\bOn [^\n<>]{{10,120}}<[^<>@\s]{{1,80}}@[^<>\s]{{1,80}}>,? wrote:|\b{HEADER_IN_A_LINE}"
)


def announcements_inside(text: str) -> Iterator[int]:
    """Where a line must be cut because an earlier message is announced in the middle of it."""
    if "wrote:" in text or "Subject:" in text or "essage-" in text or "essage -" in text:
        for match in INSIDE_A_LINE.finditer(text):
            yield from match.span()


def find_quoted(lines: Sequence[str], marked: bytearray, *, is_reply: bool) -> bytearray:
    """A 1 for each line that belongs to an earlier message.

    ``lines`` come without the blanks around them; ``marked`` has a 1 for each line that the mail client marked as
    quoted. What follows an announcement is quoted to the end of the mail, unless it is quoted line by line: then
    whatever stands between and below those lines is new. When the customer says that the answers stand inside the old
    message, only lines with ">" are certain.
    """
    quoted = bytearray(marked)
    top = next((index for index, line in enumerate(lines) if line), 0)
    index = 0
    while index < len(lines):
        line = lines[index]
        if quoted[index] or not line:
            index += 1
        elif line[0] == ">" and not BETWEEN_ARROWS.fullmatch(line):
            quoted[index] = not _is_escaped(lines, index)
            index += 1
        elif len(line) <= LONGEST_LINE and (found := _announcement(lines, index, top, is_reply)):
            end, is_certain = found
            start = _with_rule(lines, index)
            if _goes_on_line_by_line(lines, quoted, end):
                quoted[start:end] = b"\1" * (end - start)
                index = end
            elif is_certain:
                quoted[start:] = b"\1" * (len(lines) - start)
                break
            else:
                index += 1
        else:
            index += 1
    if 1 in quoted and any(not quoted[index] and ANSWERS_INSIDE.search(line) for index, line in enumerate(lines)):
        return bytearray(line[:1] == ">" for line in lines)
    return quoted


def _announcement(lines: Sequence[str], index: int, top: int, is_reply: bool) -> tuple[int, bool] | None:
    """The line after an announcement that begins here, and whether it certainly is a mail client's.

    In a mail that answers nothing a header block is no announcement on top, where letters and web forms have one, nor
    anywhere when it does not begin with the sender, as those of letters do.
    """
    line = lines[index]
    if SEPARATOR.fullmatch(line) or BETWEEN_ARROWS.fullmatch(line):
        return index + 1, True
    if INTRODUCES.match(line) and (found := _attribution(lines, index)):
        return found
    if FIELD.match(line) and (is_reply or (index > top and _begins_with_sender(lines, index))):
        end = index + 1 if ONLY_HEADER.fullmatch(line) else _header(lines, index)
        return (end, True) if end else None
    return None


def _begins_with_sender(lines: Sequence[str], index: int) -> bool:
    names = [field[1].lower() if field else "" for field in map(FIELD.match, lines[index - 1 : index + 1])]
    return FIELDS.get(names[1]) == "from" and names[0] not in FIELDS


def _attribution(lines: Sequence[str], index: int) -> tuple[int, bool] | None:
    """A line such as "On Tuesday, Jane Doe wrote:", which may be wrapped over three."""
    said = ""
    for end, line in enumerate(lines[index : index + 3], start=index + 1):
        if not line or len(said) > LONGEST_LINE:
            return None
        said = f"{said} {line[:LONGEST_LINE]}".strip()
        if SAYS_WROTE.search(said):
            has_date = any(letter.isdigit() for letter in said)
            is_certain = has_date and BY_A_CLIENT.search(said) is not None and not BY_A_PERSON.search(said)
            return end, is_certain or ("@" in said and not BY_A_PERSON.search(said))
    return None


def _header(lines: Sequence[str], index: int) -> int | None:
    """The line after a header block (From, Sent, To, Subject in any order), or None. A web form's fields are none."""
    kinds: set[str] = set()
    end, strange, seen = index, 0, []
    for number, line in enumerate(lines[index : index + LINES_IN_HEADER], start=index):
        field = FIELD.match(line) if len(line) <= LONGEST_LINE else None
        name = field[1].lower() if field else ""
        if not FORM_FIELDS.isdisjoint(name.split()):
            return None
        if name in FIELDS:
            kinds.add(FIELDS[name])
            end, strange = number + 1, 0
        elif line:
            strange += 1
        seen.append(line)
        if strange > CONTINUED_LINES or (strange and len(kinds & {"from", "sent", "to", "subject"}) == 4):
            break
    is_header = "from" in kinds and len(kinds & {"sent", "to", "subject"}) >= 2
    return end if is_header and BY_A_CLIENT.search(" ".join(seen[: end - index])) else None


def _goes_on_line_by_line(lines: Sequence[str], quoted: bytearray, index: int) -> bool:
    while index < len(lines) and not lines[index]:
        index += 1
    return index < len(lines) and (lines[index][0] == ">" or bool(quoted[index]))


def _with_rule(lines: Sequence[str], index: int) -> int:
    """The line of underscores or hyphens that stands above an announcement belongs to it."""
    above = index - 1
    while above > 0 and not lines[above]:
        above -= 1
    return above if above >= 0 and RULE.fullmatch(lines[above]) else index


def _is_escaped(lines: Sequence[str], index: int) -> bool:
    """Mailboxes put ">" before a line that begins with "From "; alone among unquoted lines it is not a quote."""
    around = (*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2])
    return lines[index].startswith(">From ") and not any(line.startswith(">") for line in around)
