"""What one HTML element says about the text inside it: quoted, signed, hidden, preformatted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto


class Mark(Enum):
    """What a mail client marked by an element's name, class, id or style."""

    QUOTE = auto()  # the element holds an earlier message
    QUOTE_OR_FRAME = auto()  # an earlier message, or the frame of a blockquote with new text beside it
    EARLIER_FROM_HERE = auto()  # an earlier message begins here and goes on to the end
    PERHAPS_EARLIER = auto()  # the same, if its first lines read like a header block
    SIGNATURE = auto()


QUOTE_CLASSES = frozenset(
    "gmail_attr moz-cite-prefix moz-forward-container yahoo_quoted protonmail_quote tutanota_quote zmail_extra"
    " outlookmessageheader".split()
)
QUOTE_IDS = frozenset({"mail-editor-reference-message-container", "outlookmessageheader"})
EARLIER_IDS = frozenset({"divrplyfwdmsg"})
NEVER_SHOWN = frozenset("datalist script style template title xml".split())
PREHEADERS = frozenset({"preheader", "preview-text", "preheader-text"})

HIDING = re.compile(r"display:none|visibility:(?:hidden|collapse)|opacity:0(?![.\d])")
NO_HEIGHT = re.compile(r"max-height:0(?![.\d])")
TEXT_SIZE = re.compile(r"font-size:(0(?:\.0+)?(?![.\d]))?")
WHITE_SPACE = re.compile(r"white-space:(?:(pre|break-spaces)|normal|nowrap)")
RULE_ABOVE = re.compile(r"border-top:[^;]{0,60}solid|border-style:solidnonenone")


def style_of(attributes: Mapping[str, str]) -> str:
    """The style attribute in small letters, without blanks."""
    return "".join(attributes.get("style", "").lower().split())


def hides(tag: str, attributes: Mapping[str, str], style: str) -> bool:
    """Whether a client shows nothing of the element."""
    if tag in NEVER_SHOWN or "hidden" in attributes:
        return True
    if HIDING.search(style) or ("overflow:hidden" in style and NO_HEIGHT.search(style)):
        return True
    return not PREHEADERS.isdisjoint(attributes.get("class", "").lower().split())


def is_tiny(style: str, inherited: bool) -> bool:
    """Whether text is of size 0. An element inside may give its text a size again, as newsletters do."""
    sizes = TEXT_SIZE.findall(style)
    return bool(sizes[-1]) if sizes else inherited


def keeps_lines(tag: str, style: str, inherited: bool) -> bool:
    """Whether line breaks and spaces in the HTML are shown as they stand."""
    found = WHITE_SPACE.search(style)
    if found:
        return found[1] is not None
    return inherited or tag in ("pre", "textarea", "listing")


def mark_of(tag: str, attributes: Mapping[str, str], style: str) -> Mark | None:
    """The client's mark on an element, if it bears one."""
    classes = attributes.get("class", "").lower().split()
    identity = attributes.get("id", "").lower()
    if tag == "blockquote":
        return None if _is_indentation(attributes, classes, style) else Mark.QUOTE
    if identity in EARLIER_IDS:
        return Mark.EARLIER_FROM_HERE
    if identity in QUOTE_IDS or identity.startswith("yahoo_quoted") or not QUOTE_CLASSES.isdisjoint(classes):
        return Mark.QUOTE
    if "gmail_quote" in classes or (tag == "div" and attributes.get("name") == "quote"):
        return Mark.QUOTE_OR_FRAME
    if any(name.endswith(("signature", "signature_block", "signature_prefix")) for name in (*classes, identity)):
        return Mark.SIGNATURE
    return Mark.PERHAPS_EARLIER if RULE_ABOVE.search(style) else None


def _is_indentation(attributes: Mapping[str, str], classes: list[str], style: str) -> bool:
    """Web mail indents a paragraph with a blockquote that has no border; that is no quote."""
    return "border:none" in style and attributes.get("type") != "cite" and "gmail_quote" not in classes
