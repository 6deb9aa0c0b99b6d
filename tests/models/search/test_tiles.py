import numpy as np
import pytest

from models.search.tiles import Tile, tiles_of, tiles_wished


def test_tiles_cover_the_picture_and_share_what_they_are_told_to():
    tiles = tiles_of(1920, 1080, 3, shared=48)
    assert len(tiles) == 3 * 2
    seen = np.zeros((1080, 1920), int)
    for tile in tiles:
        seen[tile.y1 : tile.y2, tile.x1 : tile.x2] += 1
    assert seen.min() == 1
    left, middle, right = sorted({(tile.x1, tile.x2) for tile in tiles})
    assert left[1] - middle[0] >= 48
    assert middle[1] - right[0] >= 48
    assert max(tile.x2 - tile.x1 for tile in tiles) <= 1920 / 3 + 48


def test_a_face_smaller_than_what_tiles_share_is_whole_in_one_of_them():
    tiles = tiles_of(1000, 600, 3, shared=60)
    for x in range(950):
        face = np.array([[x, 200, x + 50, 250]])
        assert any(tile.shows_whole(face, 1000, 600, edge=4).all() for tile in tiles)


def test_a_face_at_the_border_of_the_picture_itself_is_whole_and_one_at_a_tiles_is_not():
    tile = Tile(0, 0, 100, 100)
    faces = np.array([[0, 0, 20, 20], [80, 50, 99, 70], [40, 85, 60, 98], [60, 60, 90, 90]])
    assert tile.shows_whole(faces, 200, 100, edge=4).tolist() == [True, False, True, True]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 900), (7, 3), (300, 2)])
@pytest.mark.parametrize("count", [1, 3, 8])
def test_the_smallest_and_narrowest_pictures_have_tiles_with_pixels(width, height, count):
    tiles = tiles_of(width, height, count, shared=500)
    assert tiles
    for tile in tiles:
        assert 0 <= tile.x1 < tile.x2 <= width
        assert 0 <= tile.y1 < tile.y2 <= height
    assert len(set(tiles)) == len(tiles)


def test_what_a_user_writes_is_a_number_or_a_word():
    assert [tiles_wished(text) for text in ("auto", "off", "1", "8")] == ["auto", "off", 1, 8]


@pytest.mark.parametrize("text", ["0", "9", "-1", "2.5", "", "many", "²"])
def test_anything_else_is_told_with_what_would_do(text):
    with pytest.raises(ValueError, match="auto, off, or a number from 1 to 8"):
        tiles_wished(text)
