"""Earlier messages as mail programs of many languages and ticket systems announce them below English words."""

from __future__ import annotations

import pytest

from watchword.reading.own_words import passages
from watchword.terms import Channel, Contact, Field, Zone

OLD = "Dear Ruth,\nour attorney will sue you.\nBilling"


def own(body: str, subject: str = "Re: My bill") -> str:
    found = passages(Contact("m-1", Channel.EMAIL, subject=subject, body=body))
    return " ".join(" | ".join(one.text for one in found if one.zone is Zone.OWN and one.field is Field.BODY).split())


HEADERS = {
    "da": "Fra: Billing <b@example.com>\nSendt: 5. marts 2025 09:12\nTil: Ruth\nEmne: SV: My bill",
    "cs": "Od: Billing <b@example.com>\nOdesláno: středa 5. března 2025 9:12\nKomu: Ruth\nPředmět: RE: My bill",
    "fi": "Lähettäjä: Billing <b@example.com>\nLähetetty: 5.3.2025 9.12\nVastaanottaja: Ruth\nAihe: VS: My bill",
    "it": "Da: Billing <b@example.com>\nInviato: mercoledì 5 marzo 2025 09:12\nA: Ruth\nOggetto: R: My bill",
    "ja": "差出人: Billing <b@example.com>\n送信日時: 2025年3月5日 9:12\n宛先: Ruth\n件名: RE: My bill",
    "ko": "보낸 사람: Billing <b@example.com>\n보낸 날짜: 2025년 3월 5일 9:12\n받는 사람: Ruth\n제목: RE: My bill",
    "pl": "Od: Billing <b@example.com>\nWysłano: środa, 5 marca 2025 09:12\nDo: Ruth\nTemat: ODP: My bill",
    "ru": "От: Billing <b@example.com>\nОтправлено: среда, 5 марта 2025 г. 9:12\nКому: Ruth\nТема: RE: My bill",
    "sv": "Från: Billing <b@example.com>\nSkickat: den 5 mars 2025 09:12\nTill: Ruth\nÄmne: SV: My bill",
    "tr": "Kimden: Billing <b@example.com>\nGönderildi: 5 Mart 2025 Çarşamba 09:12\nKime: Ruth\nKonu: YNT: My bill",
    "vi": "Từ: Billing <b@example.com>\nĐã gửi: Thứ Tư, 5 tháng 3, 2025 9:12\nĐến: Ruth\nChủ đề: Re: My bill",
    "zh": "发件人: Billing <b@example.com>\n发送时间: 2025年3月5日 9:12\n收件人: Ruth\n主题: 回复: My bill",
    "zh-TW": "寄件者：Billing <b@example.com>\n寄件日期：2025年3月5日 9:12\n收件者：Ruth\n主旨：Re: My bill",
}
WROTE = {
    "ja": "2025年3月5日(水) 9:12 Billing <b@example.com>:",
    "ko": "2025년 3월 5일 (수) 오전 9:12, Billing <b@example.com>님이 작성:",
    "pl": "śr., 5 mar 2025 o 09:12 Billing <b@example.com> napisał(a):",
    "ru": "ср, 5 мар. 2025 г. в 09:12, Billing <b@example.com>:",
    "ru, wrapped": "ср, 5 мар. 2025 г. в 09:12, The whole Billing Department <\nb@example.com>:",
    "ru, mail.ru": "Среда, 5 марта 2025, 9:12 +03:00 от Billing <b@example.com>:",
    "tr": "Billing <b@example.com>, 5 Mar 2025 Çar, 09:12 tarihinde\nşunu yazdı:",
    "vi": "Vào Th 4, 5 thg 3, 2025 vào lúc 09:12 Billing <\nb@example.com> đã viết:",
    "zh": "Billing <b@example.com> 于2025年3月5日周三 09:12写道：",
    "zh-TW": "Billing <b@example.com> 於 2025年3月5日 週三 上午9:12寫道：",
    "zh, Apple": "在 2025年3月5日，上午9:12，Billing <b@example.com> 写道：",
}
ABOVE_THIS_LINE = [
    "-- Please reply above this line --",
    "--- Reply above this line to add a comment ---",
    "Reply above this line.",
    "##- Type your reply above this line -##",
    "=-=-=-=-= Please do not write below this line =-=-=-=-=",
]


@pytest.mark.parametrize("announced", [*HEADERS.values(), *WROTE.values(), *ABOVE_THIS_LINE])
def test_below_it_nothing_is_the_customers(announced: str) -> None:
    assert own(f"I will sue.\n\n{announced}\n\n{OLD}\n") == "I will sue."


@pytest.mark.parametrize(
    "form",
    [
        "Nombre: Ruth\nCorreo: ruth@example.com\nDe: Ruth\nFecha: 5/3 09:12\nAsunto: x\nPara: y\nMensaje: I will sue.",
        "From: Ruth <ruth@example.com>\nDate: 03/05/2025 09:12\nTo: Billing\nSubject: x\n\nMessage Body:\nI will sue.",
        "From: Ruth <ruth@example.com>\nTo: Billing\nSubject: x\nYour message: I will sue.",
    ],
)
def test_a_web_form_is_no_earlier_message(form: str) -> None:
    assert own(form) == " ".join(form.split())


@pytest.mark.parametrize(
    "words",
    [
        "At 10:02 your clerk told Billing <b@example.com>: pay up. I will sue.",
        "On 3/5 at 10:02 I wrote to Billing <b@example.com>:\nI will sue.",
        "Your clerk said to do not write below this line of the form. I will sue.",
        "Hello,\n\nTo: Billing\nFrom: Ruth (ruth@example.com)\nDate: March 5\nSubject: My bill\n\nI will sue.",
        "Do: refund me.\nA: no more calls.\nOd: I will sue at 10:02.",
    ],
)
def test_what_only_resembles_it_is_the_customers(words: str) -> None:
    assert own(words, "My bill") == " ".join(words.split())
