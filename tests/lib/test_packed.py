"""What was compressed when it was stored goes into a page as it is, and comes out whole."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from lib.packed import gzipped, pack, place, unpack


@given(st.text())
def test_a_packed_text_comes_back(text):
    assert unpack(pack(text)) == text


@given(st.binary(max_size=300), st.text(max_size=3000), st.binary(max_size=300))
def test_head_packed_text_and_tail_are_one_gzip_file(head, text, tail):
    assert gzip.decompress(gzipped(head, pack(text), tail)) == head + text.encode() + tail


def test_the_packed_bytes_themselves_are_sent():
    packed = pack("<svg>peta</svg>" * 50)
    assert packed in gzipped(b"awal", packed, b"akhir")


@pytest.mark.parametrize("accepted", ["gzip, br", ""])
def test_a_page_gets_it_compressed_or_plain(accepted):
    request = RequestFactory().get("/", headers={"accept-encoding": accepted})
    response = place(request, HttpResponse("a<!--x-->z"), "<!--x-->", pack("peta"))
    body = gzip.decompress(response.content) if accepted else response.content
    assert (body, response.headers.get("Content-Encoding")) == (b"apetaz", "gzip" if accepted else None)
    assert response.headers["Vary"] == "Accept-Encoding"


def test_a_page_without_the_place_is_refused():
    with pytest.raises(ValueError, match="no place"):
        place(RequestFactory().get("/"), HttpResponse("tanpa"), "<!--x-->", pack("peta"))
