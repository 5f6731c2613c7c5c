"""Owns the drawn photos of a demo city: street scenes with a problem, and the same place after the work.

Everything is drawn: no real street, no real person. Pure and seeded: the same scene gives the same bytes. A pair
(before, after) shares its street; what lies on it differs.
"""

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from zoneinfo import ZoneInfo

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 640, 480
_HORIZON = 210
_KERB = 300
_QUALITY = 58
_CITY_ZONE = ZoneInfo("Asia/Shanghai")

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw


class Subject(StrEnum):
    """What a scene shows."""

    COVER = "cover"
    LAMP = "lamp"
    GREENERY = "greenery"
    BIN = "bin"
    REFUSE = "refuse"
    POSTER = "poster"
    PAVEMENT = "pavement"
    PARKING = "parking"
    STALL = "stall"
    WATER = "water"


# The longest beginning of a class decides; what fits none is refuse.
_SUBJECT_OF = {
    "component:01": Subject.COVER,
    "component:0116": Subject.LAMP,
    "component:0117": Subject.LAMP,
    "component:0118": Subject.LAMP,
    "component:02": Subject.LAMP,
    "component:03": Subject.BIN,
    "component:04": Subject.GREENERY,
    "component:05": Subject.POSTER,
    "component:06": Subject.WATER,
    "event:01": Subject.REFUSE,
    "event:0105": Subject.WATER,
    "event:0106": Subject.GREENERY,
    "event:0110": Subject.PAVEMENT,
    "event:02": Subject.POSTER,
    "event:03": Subject.PAVEMENT,
    "event:04": Subject.WATER,
    "event:05": Subject.STALL,
    "event:0505": Subject.PARKING,
    "event:0506": Subject.PARKING,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture to be drawn: what, in which street, before or after the work."""

    subject: Subject
    variant: int
    settled: bool


def subject_of(category: str) -> Subject:
    """What a photo of a class (`component:0101`) shows."""
    fitting = [beginning for beginning in _SUBJECT_OF if category.startswith(beginning)]
    return _SUBJECT_OF[max(fitting, key=len)] if fitting else Subject.REFUSE


def scene_pool(variants: int = 3) -> tuple[Scene, ...]:
    """The scenes from which a city's photos are taken: every subject, in some streets, before and after."""
    return tuple(
        Scene(subject, variant, settled)
        for subject in Subject
        for variant in range(variants)
        for settled in (False, True)
    )


def draw_scene(scene: Scene) -> bytes:
    """A JPEG of 10 to 30 KB, without any note."""
    street = np.random.default_rng([list(Subject).index(scene.subject), scene.variant])
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    _draw_sky(image, street)
    _draw_houses(draw, street)
    _draw_ground(draw, street)
    _DRAWN_BY[scene.subject](draw, street, scene.settled)
    return _developed(image, seed=[*scene.subject.value.encode(), scene.variant, scene.settled])


def with_notes(picture: bytes, *, lon: float, lat: float, at: datetime) -> bytes:
    """The JPEG with EXIF position (WGS-84) and time, as a telephone writes them; its pixels are not touched."""
    local = at.astimezone(_CITY_ZONE)
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Wangge"
    exif[ExifTags.Base.Model] = "demo"
    taken = local.strftime("%Y:%m:%d %H:%M:%S")
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.DateTimeOriginal: taken, ExifTags.Base.OffsetTimeOriginal: "+08:00"}
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
            ExifTags.GPS.GPSLatitude: _sexagesimal(lat),
            ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
            ExifTags.GPS.GPSLongitude: _sexagesimal(lon),
        }
    )
    body = exif.tobytes()
    if not body.startswith(b"Exif\0\0"):
        body = b"Exif\0\0" + body
    return picture[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + picture[2:]


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    degrees = abs(degrees)
    minutes = (degrees - int(degrees)) * 60
    return float(int(degrees)), float(int(minutes)), round((minutes - int(minutes)) * 60, 4)


def _draw_sky(image: Image.Image, street: np.random.Generator) -> None:
    top = np.array(_pick(street, [(150, 185, 220), (188, 200, 212), (120, 160, 205), (205, 210, 212)]))
    fade = np.linspace(0, 1, HEIGHT)[:, None]
    rows = (top * (1 - fade) + np.array((238, 236, 230)) * fade).astype(np.uint8)
    image.paste(Image.fromarray(np.repeat(rows[:, None, :], WIDTH, axis=1)))


def _draw_houses(draw: Draw, street: np.random.Generator) -> None:
    left = -int(street.integers(0, 60))
    while left < WIDTH:
        wide, high = int(street.integers(70, 150)), int(street.integers(80, 190))
        wall = _pick(street, [(196, 178, 152), (168, 172, 176), (205, 196, 180), (178, 150, 132), (150, 162, 168)])
        draw.rectangle((left, _HORIZON - high, left + wide, _HORIZON + 20), fill=wall)
        draw.rectangle((left, _HORIZON - high, left + wide, _HORIZON - high + 5), fill=_shade(wall, 0.7))
        _draw_windows(draw, street, (left, _HORIZON - high, wide, high), wall)
        left += wide + int(street.integers(0, 14))


def _draw_windows(draw: Draw, street: np.random.Generator, house: tuple[int, int, int, int], wall: Colour) -> None:
    left, top, wide, high = house
    glass = _pick(street, [(96, 118, 138), (120, 138, 150), (84, 100, 116)])
    for y in range(top + 14, top + high - 24, 24):
        for x in range(left + 9, left + wide - 14, 21):
            draw.rectangle((x, y, x + 11, y + 14), fill=_shade(glass, float(street.uniform(0.8, 1.25))))
    shop = _pick(street, [(160, 64, 56), (58, 104, 140), (70, 120, 86), (186, 140, 60)])
    draw.rectangle((left, _HORIZON - 8, left + wide, _HORIZON + 2), fill=shop)
    draw.rectangle((left + 6, _HORIZON + 2, left + wide - 6, _HORIZON + 20), fill=_shade(wall, 0.6))


def _draw_ground(draw: Draw, street: np.random.Generator) -> None:
    paving = _pick(street, [(176, 170, 160), (184, 166, 150), (166, 168, 168)])
    road = _pick(street, [(92, 94, 98), (104, 104, 104), (84, 86, 92)])
    draw.rectangle((0, _HORIZON + 20, WIDTH, _KERB), fill=paving)
    for x in range(-200, WIDTH + 200, 34):
        draw.line((WIDTH / 2 + (x - WIDTH / 2) * 0.86, _HORIZON + 20, x, _KERB), fill=_shade(paving, 0.92))
    for y in (_HORIZON + 38, _HORIZON + 60):
        draw.line((0, y, WIDTH, y), fill=_shade(paving, 0.92))
    draw.rectangle((0, _KERB, WIDTH, _KERB + 8), fill=(206, 204, 198))
    draw.rectangle((0, _KERB + 8, WIDTH, HEIGHT), fill=road)
    for x in range(int(street.integers(-80, 0)), WIDTH, 150):
        draw.polygon([(x, 400), (x + 84, 400), (x + 78, 409), (x - 8, 409)], fill=(214, 212, 200))
    _draw_tree(draw, int(street.integers(30, 110)), _HORIZON + 40, 1.0)
    _draw_tree(draw, int(street.integers(530, 610)), _HORIZON + 46, 1.15)


def _draw_tree(draw: Draw, x: int, foot: int, size: float, leaf: Colour = (74, 112, 66)) -> None:
    high, wide = int(110 * size), int(38 * size)
    draw.rectangle((x - 4, foot - high + 30, x + 4, foot), fill=(98, 78, 60))
    for dx, dy, shade in ((-0.5, 0.25, 0.85), (0.5, 0.2, 1.0), (0.0, 0.0, 1.1)):
        cx, cy = x + dx * wide, foot - high + 20 + dy * wide
        draw.ellipse((cx - wide * 0.75, cy - wide * 0.7, cx + wide * 0.75, cy + wide * 0.7), fill=_shade(leaf, shade))


def _draw_cover(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    x, y = int(street.integers(240, 400)), 395
    draw.ellipse((x - 66, y - 30, x + 66, y + 30), fill=(70, 70, 72))
    if settled:
        draw.ellipse((x - 60, y - 26, x + 60, y + 26), fill=(118, 112, 106), outline=(84, 80, 76), width=4)
        for i in range(-4, 5):
            draw.line((x - 42, y + i * 5, x + 42, y + i * 5), fill=(96, 92, 88))
        return
    draw.ellipse((x - 60, y - 26, x + 60, y + 26), fill=(14, 14, 16))
    draw.pieslice((x - 110, y - 44, x + 8, y + 10), 20, 215, fill=(118, 112, 106), outline=(84, 80, 76))


def _draw_lamp(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    x = int(street.integers(230, 420))
    lean = 0 if settled else int(street.integers(46, 90))
    draw.line((x, 296, x + lean, 70), fill=(92, 98, 104), width=9)
    draw.line((x + lean, 72, x + lean + 66, 62), fill=(92, 98, 104), width=6)
    if settled:
        draw.ellipse((x + lean + 50, 56, x + lean + 96, 78), fill=(252, 238, 190))
    else:
        draw.line((x + lean + 66, 62, x + lean + 60, 130), fill=(40, 40, 44), width=3)
        draw.polygon([(x + 20, 300), (x + 80, 304), (x + 52, 318)], fill=(190, 196, 200))


def _draw_greenery(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    draw.rectangle((150, 262, 500, 298), fill=(150, 134, 112))
    if settled:
        for x in range(168, 490, 24):
            shade = float(street.uniform(0.85, 1.2))
            draw.ellipse((x - 22, 238, x + 22, 288), fill=_shade((82, 128, 70), shade))
        return
    for _shrub in range(7):
        x = int(street.integers(160, 480))
        draw.ellipse((x - 14, 262, x + 14, 290), fill=_shade((128, 116, 70), float(street.uniform(0.7, 1.2))))
    draw.line((210, 292, 400, 356), fill=(98, 78, 60), width=13)
    for i in range(9):
        x, y = 330 + i * 12, 330 + i * 4 + int(street.integers(-22, 22))
        draw.ellipse((x - 20, y - 14, x + 20, y + 14), fill=_shade((96, 120, 62), float(street.uniform(0.7, 1.1))))


def _draw_bin(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    x = int(street.integers(250, 380))
    _draw_bin_body(draw, x, tilt=0 if settled else 26)
    if not settled:
        _draw_heap(draw, street, x + 78, 314, 16)


def _draw_bin_body(draw: Draw, x: int, tilt: int) -> None:
    draw.polygon([(x - 34 + tilt, 214), (x + 38 + tilt, 214), (x + 30, 304), (x - 28, 304)], fill=(62, 116, 92))
    draw.polygon(
        [(x - 40 + tilt, 204), (x + 44 + tilt, 204), (x + 38 + tilt, 216), (x - 34 + tilt, 216)], fill=(44, 88, 70)
    )
    draw.rectangle((x - 14 + tilt // 2, 240, x + 18 + tilt // 2, 262), fill=(224, 226, 220))


def _draw_refuse(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    if settled:
        draw.ellipse((200, 300, 460, 350), fill=(112, 112, 114))
        return
    _draw_heap(draw, street, int(street.integers(280, 380)), 340, 46)


def _draw_heap(draw: Draw, street: np.random.Generator, x: int, foot: int, pieces: int) -> None:
    colours: list[Colour] = [
        (214, 212, 206),
        (46, 48, 54),
        (176, 72, 60),
        (74, 104, 152),
        (196, 164, 90),
        (120, 92, 70),
    ]
    for i in range(pieces):
        reach = 1 - i / pieces
        cx = x + float(street.normal(0, 50 * reach + 8)) * math.sqrt(pieces / 46)
        cy = foot - (1 - reach) * pieces * 1.6 + float(street.uniform(-6, 6))
        size = float(street.uniform(9, 24))
        corners = [
            (cx + size * math.cos(a) * float(street.uniform(0.7, 1.3)), cy + size * 0.8 * math.sin(a))
            for a in np.linspace(0, 2 * math.pi, 7)[:-1]
        ]
        draw.polygon(corners, fill=_shade(_pick(street, colours), float(street.uniform(0.75, 1.15))))


def _draw_poster(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    draw.rectangle((160, 96, 480, 286), fill=(198, 192, 182), outline=(150, 144, 136), width=3)
    for _sheet in range(14):
        x, y = int(street.integers(166, 410)), int(street.integers(104, 226))
        paper = _pick(street, [(246, 240, 150), (246, 246, 240), (240, 150, 140), (150, 210, 240)])
        if settled:
            draw.rectangle((x, y, x + 52, y + 40), fill=(204, 199, 190))
            continue
        draw.rectangle((x, y, x + int(street.integers(34, 62)), y + int(street.integers(30, 54))), fill=paper)
        for line in range(4):
            draw.line((x + 5, y + 7 + line * 7, x + 28, y + 7 + line * 7), fill=(90, 84, 84), width=2)


def _draw_pavement(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    x, y = int(street.integers(260, 380)), 385
    if settled:
        draw.polygon([(x - 120, y - 34), (x + 110, y - 36), (x + 134, y + 34), (x - 140, y + 36)], fill=(66, 66, 70))
        return
    for size, colour in ((1.0, (58, 54, 50)), (0.72, (36, 34, 34)), (0.4, (92, 84, 72))):
        corners = [
            (x + size * 126 * math.cos(a) * float(street.uniform(0.8, 1.15)), y + size * 42 * math.sin(a))
            for a in np.linspace(0, 2 * math.pi, 15)[:-1]
        ]
        draw.polygon(corners, fill=colour)
    for _stone in range(26):
        sx, sy = x + float(street.normal(0, 100)), y + float(street.normal(0, 26))
        draw.ellipse((sx - 5, sy - 3, sx + 5, sy + 3), fill=(128, 122, 114))


def _draw_parking(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    for x in range(110, 560, 90):
        draw.line((x, 262, x - 20, 298), fill=(236, 234, 226), width=3)
    if settled:
        _draw_bicycle(draw, 440, 288, (74, 104, 152))
        return
    for _bicycle in range(6):
        colour = _pick(street, [(220, 170, 50), (74, 130, 180), (60, 60, 64), (90, 150, 96)])
        _draw_bicycle(draw, int(street.integers(120, 520)), int(street.integers(270, 350)), colour)


def _draw_bicycle(draw: Draw, x: int, y: int, colour: Colour) -> None:
    for wheel in (x - 32, x + 32):
        draw.ellipse((wheel - 20, y - 20, wheel + 20, y + 20), outline=(34, 34, 36), width=4)
    frame = [(x - 32, y), (x - 10, y - 34), (x + 22, y - 34), (x, y), (x - 10, y - 34)]
    draw.line(frame, fill=colour, width=5)
    draw.line([(x, y), (x + 22, y - 34), (x + 32, y), (x + 18, y - 48), (x + 32, y - 52)], fill=colour, width=5)
    draw.line((x - 18, y - 42, x - 2, y - 42), fill=(34, 34, 36), width=6)


def _draw_stall(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    if settled:
        return
    x = int(street.integers(250, 380))
    canopy = _pick(street, [(196, 74, 62), (70, 120, 170), (86, 146, 96)])
    for post in (x - 96, x + 96):
        draw.line((post, 178, post, 322), fill=(120, 120, 122), width=5)
    for i in range(8):
        fill = canopy if i % 2 == 0 else (240, 236, 228)
        draw.polygon(
            [(x - 104 + i * 26, 178), (x - 78 + i * 26, 178), (x - 84 + i * 28, 148), (x - 108 + i * 28, 148)],
            fill=fill,
        )
    draw.rectangle((x - 92, 262, x + 92, 322), fill=(150, 120, 86))
    for i in range(20):
        cx, cy = x - 82 + (i % 10) * 18, 256 + (i // 10) * 10
        fruit = _pick(street, [(222, 120, 50), (206, 60, 56), (232, 204, 80), (110, 160, 70)])
        draw.ellipse((cx - 9, cy - 9, cx + 9, cy + 9), fill=fruit)


def _draw_water(draw: Draw, street: np.random.Generator, settled: bool) -> None:
    if settled:
        draw.ellipse((170, 352, 500, 420), fill=(82, 84, 88))
        return
    draw.ellipse((90, 330, 580, 470), fill=(112, 128, 138))
    draw.ellipse((150, 348, 520, 448), fill=(140, 156, 166))
    for _ripple in range(9):
        x, y = int(street.integers(160, 470)), int(street.integers(356, 440))
        draw.arc((x, y, x + 60, y + 12), 190, 350, fill=(196, 208, 214), width=2)
    _draw_heap(draw, street, int(street.integers(240, 420)), 392, 7)


_DRAWN_BY: dict[Subject, Callable[[Draw, np.random.Generator, bool], None]] = {
    Subject.COVER: _draw_cover,
    Subject.LAMP: _draw_lamp,
    Subject.GREENERY: _draw_greenery,
    Subject.BIN: _draw_bin,
    Subject.REFUSE: _draw_refuse,
    Subject.POSTER: _draw_poster,
    Subject.PAVEMENT: _draw_pavement,
    Subject.PARKING: _draw_parking,
    Subject.STALL: _draw_stall,
    Subject.WATER: _draw_water,
}


def _developed(image: Image.Image, *, seed: Sequence[int]) -> bytes:
    """Soft edges, a little grain and a darker rim, as a telephone's picture."""
    image = image.filter(ImageFilter.GaussianBlur(0.8))
    random = np.random.default_rng(list(seed))
    pixels = np.asarray(image).astype(np.float32)
    pixels += random.normal(0, 2.2, (HEIGHT, WIDTH, 1)).astype(np.float32)
    across, down = np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT))
    pixels *= (1.03 - 0.16 * (across**2 + down**2))[:, :, None]
    out = BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _pick(street: np.random.Generator, colours: Sequence[Colour]) -> Colour:
    return colours[int(street.integers(len(colours)))]


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, int(part * factor)) for part in colour)
    return red, green, blue
