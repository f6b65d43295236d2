"""What was typed, in the words of the page on which its form stands."""

from __future__ import annotations

from html import escape

from hypothesis import given
from hypothesis import strategies as st

from lib.form_words import words_of

PAGE = """
<h1>Ubah <b>kontak</b></h1>
<form method="get" action="/x/"><label for="kata">Cari</label><input id="kata" name="kata"></form>
<form method="post" action="/other/"><label for="o">Lain</label><input id="o" name="nama"><button>Lain</button></form>
<form method="post"><input type="hidden" name="version" value="3">
<label for="id_nama">Nama</label><input id="id_nama" name="nama">
<fieldset><legend>Jenis</legend><label for="j_0"><input type="radio" id="j_0" name="jenis" value="a"><svg>
<title>gambar</title></svg><span>Anu<small>kecil</small></span></label>
<label><input type="radio" name="jenis" value="b">Banu</label></fieldset>
<fieldset><legend>Di mana?</legend><label><input type="checkbox" name="di" value="36.03.30">Kresek</label>
<label><input type="checkbox" name="di" value="36.03.31">Kronjo</label></fieldset>
<fieldset><legend>Senin</legend><label><input type="checkbox" name="tutup"><span>Hari
tutup</span></label></fieldset>
<label>Penyebab<select name="sebab"><option value="">Pilih</option>
<option value="wear" selected>Usia pakai</option></select></label>
<label for="t">Tanggal</label><input type="date" id="t" name="tanggal"><label for="m">Mulai</label>
<input type="datetime-local" id="m" name="mulai"><label for="k">Keterangan</label>
<textarea id="k" name="ket">lama</textarea>
<label for="p">Sandi</label><input type="password" id="p" name="sandi"><label for="f">Foto</label>
<input type="file" id="f" name="foto"><button>Simpan <b>kontak</b></button><button>Lain</button></form>
"""


def test_each_field_is_told_by_its_label_and_its_choice_by_its_words() -> None:
    sent = [
        *[("version", "3"), ("nama", " Ana "), ("jenis", "a"), ("di", "36.03.30"), ("di", "36.03.31"), ("tutup", "on")],
        *[("sebab", "wear"), ("tanggal", "2026-11-02"), ("mulai", "2026-11-02T08:05"), ("ket", ""), ("sandi", "x")],
        *[("foto", "y"), ("entah", "z")],
    ]
    words = words_of(PAGE, "/x/", "/x/?a=b", sent)
    assert words is not None
    assert (words.heading, words.button) == ("Ubah kontak", "Simpan kontak")
    assert words.entries == [
        ("Nama", "Ana"),
        ("Jenis", "Anu, kecil"),
        ("Di mana?", "Kresek, Kronjo"),
        ("Hari tutup", "ya"),
        ("Penyebab", "Usia pakai"),
        ("Tanggal", "2 November 2026"),
        ("Mulai", "2 November 2026 pukul 08.05"),
        ("Keterangan", ""),
    ]


def test_a_code_that_the_page_does_not_know_and_a_time_that_is_none_stay_as_they_are() -> None:
    words = words_of(PAGE, "/x/", "/x/", [("sebab", "lain"), ("tanggal", "kapan"), ("jenis", "b")])
    assert words is not None
    assert words.entries == [("Jenis", "Banu"), ("Penyebab", "lain"), ("Tanggal", "kapan")]


def test_a_page_without_the_form_has_no_words() -> None:
    assert words_of(PAGE, "/x/", "/y/", [("nama", "Ana")]) is None
    assert words_of("", "/x/", "/x/", [("nama", "Ana")]) is None


@given(st.text(), st.text())
def test_any_text_is_told_and_any_page_is_read(text: str, page: str) -> None:
    words_of(page, "/x/", "/x/", [("nama", text)])
    form = f'<form method="post"><label for="a">{escape(page)}</label><input id="a" name="nama"></form>'
    words = words_of(form, "/x/", "/x/", [("nama", text)])
    assert words is not None
    assert [value for _, value in words.entries] == [text.strip()]
