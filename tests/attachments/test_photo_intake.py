"""What a photo's bytes must be, and what is read from them: without the database."""

import csv
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.attachments import pictures
from wangge.groundwork.attachments.photo_copies import SHOWN_SIDE, THUMBNAIL_SIDE, make_copies
from wangge.groundwork.attachments.photo_reading import MOST_BYTES, read_photo
from wangge.groundwork.attachments.photo_structure import PhotoFormat
from wangge.groundwork.attachments.refusals import PhotoRefused, PhotoWarning, RefusalReason

NOW = datetime(2024, 4, 12, 4, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "photos_exif" / "dev"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="../shared/data/photos_exif/dev is absent: real photos are not read"
)


def refusal(data: bytes) -> RefusalReason:
    with pytest.raises(PhotoRefused) as refused:
        make_copies(data, read_photo(data, at=NOW).format)
    assert str(refused.value)
    return refused.value.reason


def zip_bytes() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "hidden")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "form"),
    [(pictures.jpeg(), "JPEG"), (pictures.png(), "PNG"), (pictures.webp(), "WEBP")],
    ids=["jpeg", "png", "webp"],
)
def test_three_formats_are_known_by_their_content(data: bytes, form: str) -> None:
    facts = read_photo(data, at=NOW)
    assert (facts.format.value, facts.width, facts.height) == (form, 64, 48)
    assert facts.warnings == (PhotoWarning.NO_POSITION, PhotoWarning.NO_TIME)


def test_place_and_time_are_read_from_exif() -> None:
    facts = read_photo(pictures.located_jpeg(), at=NOW)
    assert [facts.lon, facts.lat] == pytest.approx([113.134, 27.827], abs=1e-6)
    assert facts.taken_at == datetime(2024, 4, 12, 2, 30, tzinfo=UTC)
    assert facts.warnings == ()


def test_south_and_west_are_negative() -> None:
    facts = read_photo(pictures.located_jpeg(lon=-70.5, lat=-33.25), at=NOW)
    assert [facts.lon, facts.lat] == pytest.approx([-70.5, -33.25])


def test_a_time_without_zone_is_the_citys() -> None:
    facts = read_photo(pictures.located_jpeg(offset=""), at=NOW)
    assert facts.taken_at == datetime(2024, 4, 12, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["2031:01:01 00:00:00", "1970:01:01 08:00:00"])
def test_an_implausible_time_is_told_and_not_kept(taken: str) -> None:
    facts = read_photo(pictures.located_jpeg(taken=taken), at=NOW)
    assert facts.taken_at is None
    assert PhotoWarning.IMPLAUSIBLE_TIME in facts.warnings


def test_zero_and_zero_is_no_position() -> None:
    assert PhotoWarning.NO_POSITION in read_photo(pictures.located_jpeg(lon=0, lat=0), at=NOW).warnings


def test_broken_exif_is_told_and_tolerated() -> None:
    broken = pictures.with_segment(pictures.jpeg(), 0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff\xff\xff")
    facts = read_photo(broken, at=NOW)
    assert facts.lon is None
    assert PhotoWarning.NO_POSITION in facts.warnings


@needs_samples
def test_real_photos_give_the_positions_of_their_manifest() -> None:
    with (SAMPLES / "manifest.csv").open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert rows
    for row in rows:
        data = (SAMPLES / row["file"]).read_bytes()
        facts = read_photo(data, at=NOW)
        assert [facts.lon, facts.lat] == pytest.approx([float(row["lon"]), float(row["lat"])], abs=1e-5), row["file"]
        assert facts.taken_at is not None
        assert (facts.width, facts.height) == (int(row["width"]), int(row["height"]))
        shown = Image.open(BytesIO(make_copies(data, facts.format).shown))
        assert not dict(shown.getexif())
        assert set(shown.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }


@needs_samples
def test_a_wrong_altitude_reference_is_told() -> None:
    for name in ("corrupt_exif.jpg", "corrupt_exif_2.jpg"):
        facts = read_photo((SAMPLES / name).read_bytes(), at=NOW)
        assert PhotoWarning.BROKEN_EXIF in facts.warnings, name
    assert PhotoWarning.BROKEN_EXIF not in read_photo((SAMPLES / "fixed_exif.jpg").read_bytes(), at=NOW).warnings


def test_the_copy_carries_no_note_of_its_original() -> None:
    data = pictures.located_jpeg()
    assert b"SN-20240412" in data
    copies = make_copies(data, PhotoFormat.JPEG)
    for copy in (copies.shown, copies.thumbnail):
        assert b"SN-20240412" not in copy
        assert b"Exif" not in copy


def test_copies_are_upright_and_bounded() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = pictures.jpeg(size=(4000, 2000), exif=exif.tobytes())
    copies = make_copies(data, PhotoFormat.JPEG)
    assert Image.open(BytesIO(copies.shown)).size == (SHOWN_SIDE // 2, SHOWN_SIDE)
    assert Image.open(BytesIO(copies.thumbnail)).size == (THUMBNAIL_SIDE // 2, THUMBNAIL_SIDE)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "I;16", "1"])
def test_every_mode_of_png_becomes_a_plain_copy(mode: str) -> None:
    copies = make_copies(pictures.png(mode=mode), PhotoFormat.PNG)
    assert Image.open(BytesIO(copies.shown)).mode == "RGB"


def test_look_alikes_have_like_fingerprints() -> None:
    picture = Image.radial_gradient("L").convert("RGB")
    fingerprints = []
    for quality in (95, 40):
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality)
        fingerprints.append(make_copies(out.getvalue(), PhotoFormat.JPEG).fingerprint)
    first, second = fingerprints
    assert ((first ^ second) & (2**64 - 1)).bit_count() <= 6
    assert -(2**63) <= first < 2**63


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", RefusalReason.EMPTY),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, RefusalReason.TOO_LARGE),
        (b"<html><script>alert(1)</script></html>", RefusalReason.NOT_A_PHOTO),
        (b"GIF89a" + b"\0" * 100, RefusalReason.NOT_A_PHOTO),
        (b"%PDF-1.7", RefusalReason.NOT_A_PHOTO),
        (zip_bytes(), RefusalReason.NOT_A_PHOTO),
        (pictures.jpeg()[:-200], RefusalReason.TRUNCATED),
        (pictures.jpeg()[:-2], RefusalReason.TRUNCATED),
        (pictures.jpeg()[:20], RefusalReason.TRUNCATED),
        (pictures.png()[:-12], RefusalReason.TRUNCATED),
        (pictures.png()[:40], RefusalReason.TRUNCATED),
        (pictures.webp()[:-10], RefusalReason.TRUNCATED),
        (pictures.png_bomb(30_000), RefusalReason.TOO_MANY_PIXELS),
        (pictures.png_bomb(7_000), RefusalReason.TRUNCATED),
        (pictures.jpeg() + zip_bytes(), RefusalReason.POLYGLOT),
        (pictures.png() + zip_bytes(), RefusalReason.POLYGLOT),
        (pictures.jpeg() + b"<script>alert(1)</script>", RefusalReason.POLYGLOT),
        (pictures.jpeg() + b"x" * 5000, RefusalReason.POLYGLOT),
        (pictures.webp() + b"x" * 5000, RefusalReason.POLYGLOT),
        (pictures.with_segment(pictures.jpeg(), 0xFE, b"--><html><body>"), RefusalReason.POLYGLOT),
        (pictures.with_segment(pictures.jpeg(), 0xFE, b"<?php system($_GET[1]);"), RefusalReason.POLYGLOT),
        (pictures.with_segment(pictures.jpeg(), 0xFE, zip_bytes()), RefusalReason.POLYGLOT),
    ],
    ids=lambda value: value.value if isinstance(value, RefusalReason) else "bytes",
)
def test_what_is_no_honest_photo_is_refused_with_its_reason(data: bytes, reason: RefusalReason) -> None:
    assert refusal(data) is reason


def test_padding_and_a_makers_block_are_taken() -> None:
    assert read_photo(pictures.jpeg() + b"\0" * 3000, at=NOW).warnings[-1] is PhotoWarning.NO_TIME
    appended = read_photo(pictures.jpeg() + b"\0\0\x01\x0amaker" * 100 + b"SEFT", at=NOW)
    assert PhotoWarning.TRAILING_DATA in appended.warnings


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_photo_is_taken_or_refused_but_never_breaks_the_reader(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([pictures.located_jpeg(), pictures.png(), pictures.webp()]))
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 6))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        facts = read_photo(bytes(damaged), at=NOW)
        make_copies(bytes(damaged), facts.format)
    except PhotoRefused as refused:
        told = str(refused)
    else:
        told = facts.format
    assert told
