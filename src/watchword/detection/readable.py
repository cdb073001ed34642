"""What nobody here can judge: other scripts, other languages, nothing at all. It is said, never taken for harmless.

The phrases and the model know English. A passage in another language would pass as clear without a word having been
understood; a few of the commonest words of the languages that callers bring, and of what they threaten with, are
enough to notice it. A sentence is in that language whose words prevail in it; greetings and thanks are nobody's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from watchword.terms import Passage, Zone, turn_told

FEWEST_FOREIGN = 2  # different words of other languages in a sentence; one may be a name
FEWEST_IN_A_ROW = 3  # telling words, with fewer English ones between them; then the rest of the sentence is no matter
LONGEST_HINT = 60  # characters of a turn that says too little alone, and is looked at together with others like it
OTHER_SCRIPT = "which is not in Latin letters"
OTHER_LANGUAGE = "which does not seem to be English"
HINT = "in which a word of another language stands"  # for a short turn; it is named only when others bear it out
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_END = re.compile(r"[.!?;\n…]+")
_MARK = re.compile("[\u0300-\u036f]+")
_NOT_LATIN = (
    r"[^\W\d_\0-\u02ff\u1d00-\u1dbf\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f\ufb00-\ufb06\uff21-\uff5a]"
)
_TWO_NOT_LATIN = re.compile(rf"{_NOT_LATIN}[^\w\s\0-\u02ff]{{,4}}{_NOT_LATIN}")  # vowel signs may stand between them
ENGLISH = frozenset(
    "i the and is are was were of to you your my that it this these those for have has had with i'm i've i'll i'd not "
    "but we they them their she his our us just don't didn't doesn't can't won't isn't it's that's what what's which "
    "who why how when where there then from be been being at by if will would can could should did does get got go "
    "going want wanted need know think said say says told tell call called calling back out up about because so or "
    "than more some any all every other only very now again still never always you're good help here after before one "
    "two name street avenue apartment hotel law firm office bill bills pay paid payment lawyer attorney sue phone "
    "number email mail account insurance test speak speaks spanish english live like make made new see look send sent "
    "let today day time people".split()
)
TELLING = frozenset(
    # Spanish
    "voy vamos estoy estan tengo tiene tienen tenemos quiero quiere quieren necesito necesitamos puedo puede pueden "
    "podemos hago hacer hice dije dijo dijeron digo decir dicen hablar hablo fue somos esto eso porque pero cuando "
    "donde nadie nunca siempre ahora ayer manana muy tambien entonces despues nosotros usted ustedes nuestro marido "
    "esposo esposa hijo hija alguien ninguna factura facturas cuenta dinero pagar pague pagado cobrar cobraron "
    "cobrando llamar llame llamen llaman llamando llamarme llamada llamadas dejen abogado abogada abogados demandar "
    "demandarlos demandarles demandare demanda demando demandando denunciar denunciarlos denuncia estafa estafadores "
    "fraude ladrones queja quejarme gerente harto harta enojado enojada cansado cansada inaceptable compania empresa "
    "reembolso entiendo espanol ingles ayuda ayudar llamado llamenme quitenme quiten dejenme vemos robando robaron "
    "veces "
    # Portuguese
    "nao voce voces meu minha estou tenho vou quero preciso posso fazer isso muito onde ninguem sempre agora hoje "
    "ontem amanha tambem advogado advogada processar fatura conta dinheiro ligar ligue liguem parem vergonha justica "
    "entrar "
    # French
    "je j'ai j'en vous nous ils c'est n'est n'ai n'a suis sommes avez avons etes etait etre avoir faire vais allez "
    "allons veux voulez peux pouvez dois votre vos dans avec parce pourquoi quand tres jamais rien toujours aussi "
    "cette leur leurs qu'il qu'elle qu'on s'il personne fois facture avocat l'avocat avocate m'appelez m'appeler "
    "laissez poursuivre plainte arnaque escroquerie escrocs argent l'argent appeler appelez appelle rappeler arretez "
    "cessez rembourser remboursement demain maintenant inadmissible voleurs "
    # German, Dutch
    "ich wir mich uns und nicht ist sind eine einen einem einer kein keine habe haben hatte werde werden wird wurde "
    "kann konnen muss mochte dass weil wenn aber auch noch schon immer jetzt warum meine meinen meinem meiner ihre "
    "ihren ihnen diese dieser dieses auf oder sehr ohne gegen rechnung rechnungen anwalt rechtsanwalt verklagen "
    "verklage klage anzeige anzeigen betrug betruger zahlen zahle bezahlen bezahle bezahlt anrufen geld gericht "
    "beschwerde het een niet jullie mijn geen maar ook hebben waarom rekening betalen advocaat bellen "
    # Italian
    "voglio vogliamo abbiamo avete hanno devo vado faccio questo questa quello quella perche anche ancora nessuno "
    "sempre avvocato denuncio denunciare denunciarvi truffa truffatori fattura soldi pagare pagato chiamare chiamate "
    "chiamarmi chiamatemi molto oggi ieri domani vergogna vergognatevi tribunale "
    # Polish, Tagalog, Vietnamese, Haitian Creole; marks are left out
    "nie moj moja dlaczego chce jestem zaplace bede nigdy prawnik adwokat pozwe rachunek ako mga bakit ninyo niyo "
    "naman magbayad babayaran idedemanda tawagan tumawag huwag maintindihan toi khong cua đuoc nguoi nhung muon mwen "
    "nou poukisa tanpri avoka".split()
)
FOREIGN = TELLING | frozenset(  # with those that English names, places and phrases hold as well
    "el la los las lo un una uno unos del de que por para con como su sus nuestra mi mis tu se si es esta este ese "
    "mas mia mio nada todo todos hasta desde sin ya algo otra otro casa corte calle o e os da dos uma meu seu sua foi "
    "com por le les des du une est et ou ne pas pour mon mes ma notre nos son sa ses que qui au aux sur sans mais "
    "plus bien der das den dem des ein mein im zu zum zur von mit bei nach wie fur uber mehr van wel ben sie mir ik "
    "heb il gli che non sono della delle nel nella per vi ci ho hai mai basta causa jest mam ang ko po sa hindi lang "
    "toi cac ban se su luat kien tien goi đon nay hoa pou pa yo ont ng kayo paz tranquille".split()
)


def unread(passages: Sequence[Passage], known: dict[str, str] | None = None) -> tuple[str, ...]:
    """Sentences that name the customer's own passages that could not be judged.

    ``known`` holds the reason for each text that was looked at before; those that are new are put there.
    """
    reasons = {} if known is None else known
    own = [passage for passage in passages if passage.zone is Zone.OWN]
    for passage in own:
        if passage.text not in reasons:
            reasons[passage.text] = _why_unread(passage.text)
    hints = [passage.text for passage in own if reasons[passage.text] == HINT]
    for_hints = OTHER_LANGUAGE if hints and _prevails(_bare(" ".join(hints))) else ""
    found: dict[str, list[str]] = {}
    for passage in own:
        why = reasons[passage.text]
        why = for_hints if why == HINT else why
        if why:
            found.setdefault(why, []).append(_where(passage))
    return tuple(f"Not read: {', '.join(dict.fromkeys(places))}, {why}." for why, places in found.items())


def has_words(passages: Sequence[Passage]) -> bool:
    """Whether the customer's own passages hold any word, in whatever script."""
    return any(passage.zone is Zone.OWN and _WORD.search(passage.text) for passage in passages)


def _where(passage: Passage) -> str:
    return turn_told(passage.turn) if passage.turn is not None else f"the {passage.field}"


def _why_unread(text: str) -> str:
    if not text.isascii() and _TWO_NOT_LATIN.search(text):
        return OTHER_SCRIPT
    bare = _bare(text)
    words = _WORD.findall(bare)
    if TELLING.isdisjoint(words):
        return ""
    if _stand_together(words) or any(map(_prevails, _END.split(bare))):
        return OTHER_LANGUAGE
    return HINT if len(text) <= LONGEST_HINT else ""


def _bare(text: str) -> str:
    """The text in small letters without accents."""
    small = text.casefold()
    return small if small.isascii() else _MARK.sub("", unicodedata.normalize("NFD", small)).replace("’", "'")


def _prevails(bare: str) -> bool:
    """Whether another language does in this sentence. A telling word weighs as much as an English one, others half."""
    words = set(_WORD.findall(bare))
    foreign, telling = len(words & FOREIGN), len(words & TELLING)
    return telling > 0 and foreign >= FEWEST_FOREIGN and foreign + telling > 2 * len(words & ENGLISH)


def _stand_together(words: Sequence[str]) -> bool:
    """Whether telling words do somewhere, as in a sentence that goes over into another language."""
    row = 0
    for word in words:
        if word in TELLING:
            row += 1
        elif row and word in ENGLISH:
            row -= 1
        if row == FEWEST_IN_A_ROW:
            return True
    return False
