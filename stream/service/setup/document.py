"""What is changed in the text of a settings file; all else in it, comments too, stays as it is."""

from collections.abc import Sequence
from typing import Any

import tomlkit
from tomlkit.items import AoT

from stream.pipeline.zones import Area, Polygon


def with_camera(text: str, camera: dict[str, str]) -> str:
    """The text with one camera more, at its end."""
    document = tomlkit.parse(text)
    cameras = document.get("camera")
    if cameras is not None and len(cameras) and not isinstance(cameras, AoT):  # as `camera = [{…}]`
        cameras.append(_table(camera, tomlkit.inline_table()))
        return tomlkit.dumps(document)
    if not cameras:
        document.pop("camera", None)
        document["camera"] = cameras = tomlkit.aot()
    cameras.append(_table(camera, tomlkit.table()))
    return tomlkit.dumps(document)


def without_camera(text: str, number: int) -> str:
    """The text without its camera of this number, counted from 0; `camera = []` says that none is left."""
    document = tomlkit.parse(text)
    cameras: Any = document["camera"]
    del cameras[number]
    if len(cameras):
        return tomlkit.dumps(document)
    document.pop("camera")
    return with_option(tomlkit.dumps(document), "camera", [])


def with_area(text: str, number: int, area: Area) -> str:
    """The text with other zones and masks of its camera of this number, counted from 0."""
    document = tomlkit.parse(text)
    camera: Any = document["camera"]
    for key, polygons in (("zones", area.zones), ("masks", area.masks)):
        if polygons:
            camera[number][key] = _lists(polygons)
        else:
            camera[number].pop(key, None)
    return tomlkit.dumps(document)


def with_option(text: str, key: str, value: Any) -> str:
    """The text with a value for an option that holds for all cameras."""
    document = tomlkit.parse(text)
    if key not in document:  # it must stand above the first table, and no comment may come between that and its own
        return f"{key} = {tomlkit.item(value).as_string()}\n{text}"
    document[key] = value
    return tomlkit.dumps(document)


def _table(values: dict[str, str], table: Any) -> Any:
    table.update(values)
    return table


def _lists(polygons: Sequence[Polygon]) -> list[list[list[float]]]:
    return [[[float(x), float(y)] for x, y in polygon] for polygon in polygons]
