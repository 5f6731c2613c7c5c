"""Pictures and ground for the gallery: drawn here, so that no photo or map of a real city is needed."""

from __future__ import annotations

import json

_SKY = ("#b9cbd6", "#c6cfd2", "#a9bccb", "#cfc9bd")
_GROUND = ("#7d8084", "#8b8780", "#74797a", "#918a80")


def sample_photo(number: int) -> str:
    """An SVG of a street: odd numbers show the trouble, even ones the same place put right."""
    scene, mended = divmod(number, 2)
    sky, ground = _SKY[scene % 4], _GROUND[scene % 4]
    houses = "".join(
        f'<rect x="{x * 110 - 30}" y="{150 - (x * 37 + scene * 23) % 90}" width="96" height="200" '
        f'fill="#{0x8A + x * 4:x}{0x92 + x * 3:x}{0x98 + x * 2:x}" />'
        for x in range(8)
    )
    trouble = (
        '<ellipse cx="420" cy="470" rx="92" ry="34" fill="#4d4f52"/><ellipse cx="420" cy="468" rx="84" ry="28" '
        'fill="#666a6e"/>'
        if mended == 0
        else '<ellipse cx="420" cy="470" rx="92" ry="34" fill="#17181a"/><path d="M300 452l30-40 22 44z" '
        'fill="#d4622a"/><rect x="520" y="430" width="60" height="34" fill="#5a4b3b" transform="rotate(-14 550 447)"/>'
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600" width="800" height="600">'
        f'<rect width="800" height="600" fill="{sky}"/>{houses}'
        f'<path d="M0 320h800v280H0z" fill="{ground}"/><path d="M0 320h800v26H0z" fill="#a8a59e"/>'
        '<path d="M60 600 300 346h20L140 600zM500 346h16l200 254h-60z" fill="#d8d6cf" opacity=".55"/>'
        f"{trouble}</svg>"
    )


def sample_layer(name: str) -> str:
    """A GeoJSON layer of an invented quarter around 113.134, 27.827: districts, grids, roads, water, components."""
    return json.dumps({"type": "FeatureCollection", "features": _FEATURES[name]()})


def _at(east: int, north: int) -> list[float]:
    """Metres from the middle as degrees; only for drawing."""
    return [round(113.134 + east / 98_400, 6), round(27.827 + north / 111_320, 6)]


def _feature(kind: str, coordinates: list[object]) -> dict[str, object]:
    return {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}}


def _roads() -> list[dict[str, object]]:
    across = [_feature("LineString", [_at(-1500, y), _at(1500, y + 60)]) for y in range(-1200, 1300, 300)]
    along = [_feature("LineString", [_at(x, -1400), _at(x - 80, 1400)]) for x in range(-1200, 1300, 400)]
    return across + along


def _grids() -> list[dict[str, object]]:
    return [
        _feature("Polygon", [[_at(x, y), _at(x + 200, y), _at(x + 200, y + 150), _at(x, y + 150), _at(x, y)]])
        for x in range(-1200, 1200, 200)
        for y in range(-900, 900, 150)
    ]


def _water() -> list[dict[str, object]]:
    bank = [_at(-1600, -700), _at(-300, -520), _at(600, -620), _at(1600, -400), _at(1600, -620), _at(600, -840)]
    return [_feature("Polygon", [[*bank, _at(-300, -760), _at(-1600, -900), _at(-1600, -700)]])]


def _districts() -> list[dict[str, object]]:
    return [
        _feature("Polygon", [[_at(-1300, -1000), _at(1250, -900), _at(1300, 980), _at(-1250, 940), _at(-1300, -1000)]])
    ]


def _sheet() -> list[dict[str, object]]:
    """A grid to be drawn on, with two neighbours and the street they lie in."""

    def area(part: str, code: str, *corners: tuple[int, int]) -> dict[str, object]:
        ring = [_at(*corner) for corner in (*corners, corners[0])]
        return {**_feature("Polygon", [ring]), "properties": {"part": part, "code": code, "name": code}}

    return [
        area("own", "430299G01", (-600, -450), (40, -450), (80, 0), (0, 450), (-600, 450)),
        area("neighbour", "430299G02", (40, -450), (700, -450), (700, 0), (80, 0)),
        area("neighbour", "430299G03", (80, 0), (700, 0), (700, 450), (0, 450)),
        area("parent", "430299001", (-600, -450), (700, -450), (700, 450), (-600, 450)),
    ]


def _components() -> list[dict[str, object]]:
    return [_feature("Point", _at((n * 137) % 1800 - 900, (n * 89) % 1200 - 600)) for n in range(90)]  # type: ignore[arg-type]


_FEATURES = {
    "districts": _districts,
    "grids": _grids,
    "roads": _roads,
    "water": _water,
    "components": _components,
    "sheet": _sheet,
}
