"""Encodings are told apart, and what is no text is said to be what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.articles.charset import decode
from kg.errors import SourceError

ZH = "2024年，山东与日本、韩国、挪威建立合作机制，双方签署了三项协议。"
TW = "山東省與挪威簽署合作協議，雙方將共同建設海洋科技中心。會議在濟南舉行。"
EN = "Norway and Shandong signed an agreement on Monday. Jonas Støre spoke in Tromsø; Åse Lind did not."

TOLD = [
    (ZH, "utf-8", "utf-8"),
    (ZH, "utf-8-sig", "utf-8"),
    (ZH, "gb2312", "gb18030"),
    (ZH, "gbk", "gb18030"),
    (ZH, "gb18030", "gb18030"),
    (ZH, "utf-16", "utf-16-le"),
    (ZH, "utf-16-le", "utf-16-le"),
    (ZH, "utf-16-be", "utf-16-be"),
    (ZH, "utf-32", "utf-32-le"),
    (TW, "big5", "big5hkscs"),
    (TW, "gbk", "gb18030"),
    (TW, "utf-8", "utf-8"),
    (TW, "utf-16-be", "utf-16-be"),
    ("山东与挪威签署协议", "gbk", "gb18030"),
    ("山東與挪威簽署協議，雙方合作", "big5", "big5hkscs"),
    (EN, "cp1252", "cp1252"),
    ("Støre", "cp1252", "cp1252"),
    ("The “pact” – worth €3 m – was signed.", "cp1252", "cp1252"),
    (EN, "utf-8", "utf-8"),
    (EN, "utf-16", "utf-16-le"),
    ("これは日本語の文章です。東京で会議が開かれました。", "shift_jis", "cp932"),
]


@pytest.mark.parametrize(("text", "encoding", "told"), TOLD)
def test_an_encoding_is_told(text: str, encoding: str, told: str) -> None:
    found = decode(text.encode(encoding), "x.txt")
    assert (found.text, found.encoding) == (text, told)


BINARY = [
    (b"\x89PNG\r\n\x1a\n....", "PNG"),
    (b"%PDF-1.7\n...", "PDF"),
    (b"PK\x03\x04....", "ZIP"),
    (b"\xff\xd8\xff\xe0..", "JPEG"),
    (b"\x1f\x8b\x08..", "gzip"),
    (bytes(range(256)) * 20, "NUL"),
    (b"\x00\x01\x02\x03" * 100, "NUL"),
    (b"", "empty"),
    (b" \n\t ", "empty"),
]


@pytest.mark.parametrize(("data", "what"), BINARY)
def test_what_is_no_text_is_refused_by_name(data: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=rf"^x\.bin: .*{what}"):
        decode(data, "x.bin")


BROKEN = [
    (ZH.encode()[:10] + b"\xff" + ZH.encode()[10:], "broken UTF-8 at byte 10"),
    (ZH.encode()[:-1], f"broken UTF-8 at byte {len(ZH.encode()) - 3}"),
    ("山东与挪威".encode()[:-1], "broken UTF-8 at byte 12"),
    (b"They signed \xff on Monday.", "not recognised"),
    (b"\xff\xfe\xfa broken", "utf-16-le"),
    (b"\xff\xfe\x00\xd8\x41\x00", "utf-16-le"),
    (b"\x80\x81\xfe\xff\x90" * 20, "not recognised"),
    ((ZH * 3).encode("gbk")[:60] + b"\xff" + (ZH * 3).encode("gbk")[60:], "not recognised"),
]


@pytest.mark.parametrize(("data", "why"), BROKEN)
def test_broken_text_is_refused_with_the_place(data: bytes, why: str) -> None:
    with pytest.raises(SourceError, match=rf"^x\.txt: .*{why}"):
        decode(data, "x.txt")


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_source_error(data: bytes) -> None:
    try:
        found = decode(data, "x.txt")
    except SourceError as error:
        assert str(error).startswith("x.txt: ")
    else:
        found.text.encode("utf-8", "surrogatepass")


@given(st.text(alphabet=ZH + TW + "abc\n", min_size=1).filter(lambda text: bool(text.strip())))
def test_utf8_comes_back_whatever_it_says(text: str) -> None:
    assert decode(text.encode(), "x").text == text
