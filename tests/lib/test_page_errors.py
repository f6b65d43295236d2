"""Why a form was refused, read from its page."""

from __future__ import annotations

from lib.page_errors import Reason, reasons_of

SUMMED = """<main><h1>Lapor</h1><div class="errs" role="alert"><h2 id="galat">Belum terkirim</h2><ul>
<li>Ada yang <b>keliru</b>.</li><li><a href="#id_note">Isi   keterangannya.</a></li>
<li><a href="/repairs/TKT-1/">Buka tiket TKT-1</a></li></ul></div>
<p class="err">Isi keterangannya.</p><div>Lain</div></main>"""


def test_each_sentence_of_the_summary_with_its_field_or_page() -> None:
    assert reasons_of(SUMMED) == [
        Reason("Ada yang keliru."),
        Reason("Isi keterangannya.", "id_note"),
        Reason("Buka tiket TKT-1", url="/repairs/TKT-1/"),
    ]


def test_the_heading_of_a_summary_that_says_why() -> None:
    page = '<h1>Lapor</h1><div class="errs"><h2>Sudah pernah terkirim</h2><p>Yang pertama tetap.</p></div><p>Lain.</p>'
    assert [reason.text for reason in reasons_of(page)] == ["Sudah pernah terkirim", "Yang pertama tetap."]


def test_of_a_page_without_a_summary_its_heading_and_the_first_sentence() -> None:
    page = "<nav><p>Menu</p></nav><h1>Tidak diizinkan</h1><p>Minta admin.</p><p>Lain.</p>"
    assert [reason.text for reason in reasons_of(page)] == ["Tidak diizinkan", "Minta admin."]
