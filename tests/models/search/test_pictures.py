"""Whole pictures are searched from several distances, and in tiles where their faces are small."""

from types import SimpleNamespace

import numpy as np
import pytest

from models.detector import Detector
from models.manifest import ModelInput
from models.search.pictures import PictureSearch

FREE = ModelInput(None, None, "bgr", (0, 0, 0), (1, 1, 1))
FIXED = ModelInput(320, 320, "bgr", (0, 0, 0), (1, 1, 1))


class Sized:
    """Finds a face `high` pixels high in the top left corner of inputs of some widths, and keeps what it was shown."""

    def __init__(self, *widths, high=100, expected=FREE):
        self.widths, self.high, self.seen = widths, high, []
        self.entry = SimpleNamespace(input=expected, threshold=0.5)

    def run(self, batch):
        self.seen.append(batch.shape[3])
        rows = [[10, 10, 10 + 0.8 * self.high, 10 + self.high, 0.8, 0]] if batch.shape[3] in self.widths else []
        return [np.array(rows, np.float32).reshape(1, -1, 6)]


def picture(width, height=None):
    return np.zeros((height or width, width, 3), np.uint8)


def test_photographs_are_searched_from_three_distances():
    network = Sized(640, 160)
    found = PictureSearch(Detector(network)).find(picture(640))
    assert network.seen == [160, 320, 640]
    assert len(found) == 2


@pytest.mark.parametrize(("widths", "seen"), [((160,), [160]), ((320,), [160, 320]), ((), [160, 320, 640])])
def test_where_only_the_main_face_counts_a_clear_one_ends_the_search(widths, seen):
    network = Sized(*widths)
    PictureSearch(Detector(network)).find(picture(640), main=True)
    assert network.seen == seen


def test_pictures_are_seen_as_closely_as_is_wished():
    network = Sized()
    PictureSearch(Detector(network, size=640), size=1280).find(picture(160))
    assert network.seen == [320, 640, 1280]


@pytest.mark.parametrize(
    ("high", "tiles"),
    [(64, 0), (32, 0), (20, 4), (16, 4), (11, 9), (1, 16)],  # 16 px need twice the size, which two tiles a side show
)
def test_small_faces_have_the_picture_searched_in_tiles_as_near_as_they_need_it(high, tiles):
    network = Sized(640, high=high)
    PictureSearch(Detector(network)).find(picture(3000))
    assert len(network.seen) == 3 + tiles


def test_a_picture_without_a_face_is_searched_from_nearby_as_far_as_it_has_the_pixels():
    for side, tiles in [(640, 0), (1000, 4), (4000, 4)]:
        network = Sized()
        assert len(PictureSearch(Detector(network)).find(picture(side))) == 0
        assert len(network.seen) == 3 + tiles


@pytest.mark.parametrize(("wished", "tiles"), [("off", 0), (1, 0), (2, 4), (3, 9)])
def test_the_tiles_that_are_wished_are_searched_whatever_is_found(wished, tiles):
    network = Sized(640)
    PictureSearch(Detector(network), tiles=wished).find(picture(3000))
    assert len(network.seen) == 3 + tiles


@pytest.mark.parametrize(("width", "height"), [(1, 1), (40, 30), (1, 390)])
@pytest.mark.parametrize("wished", ["auto", 2, 8])
def test_pictures_of_hardly_any_pixels_have_no_tiles(width, height, wished):
    network = Sized(*range(10_000))
    found = PictureSearch(Detector(network), tiles=wished).find(picture(width, height))
    assert len(network.seen) == 3
    assert (found.xyxy <= [width, height, width, height]).all()


def test_faces_of_tiles_come_back_where_they_are_in_the_picture():
    class Marked(Sized):
        """Finds the white square."""

        def run(self, batch):
            rows, columns = np.nonzero(batch[0, 0] > 200)
            self.seen.append(batch.shape[3])
            if not len(rows):
                return [np.empty((1, 0, 6), np.float32)]
            box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, 0.9, 0]
            return [np.array([[box]], np.float32).reshape(1, 1, 6)]

    image = picture(1280)
    image[1000:1024, 700:724] = 255
    found = PictureSearch(Detector(Marked())).find(image)
    np.testing.assert_allclose(found.xyxy, [[700, 1000, 724, 1024]], atol=1.5)


def test_low_faces_are_told_of_by_the_nearest_view_alone():
    assert len(PictureSearch(Detector(Sized(160, high=23)), tiles="off").find(picture(640))) == 0
    assert len(PictureSearch(Detector(Sized(160, high=25)), tiles="off").find(picture(640))) == 1
    assert len(PictureSearch(Detector(Sized(640, high=23)), tiles="off").find(picture(640))) == 1


def test_only_sure_faces_tell_how_near_the_picture_is_searched():
    network = Sized(640, high=16)
    PictureSearch(Detector(network, threshold=0.9)).find(picture(640), min_score=0.1)
    assert len(network.seen) == 3


def test_a_network_of_fixed_size_sees_the_picture_once_and_its_tiles():
    network = Sized(320, high=16, expected=FIXED)
    PictureSearch(Detector(network, size=320)).find(picture(2000))
    assert network.seen == [320] * (1 + 4)
    network.seen.clear()
    PictureSearch(Detector(network, size=320), tiles="off").find(picture(2000))
    assert network.seen == [320]


def test_of_large_faces_the_whole_picture_tells_and_of_small_ones_the_tiles():
    network = Sized(640, high=11)
    assert len(PictureSearch(Detector(network), tiles=2).find(picture(2000))) == 0  # no tile shows it
    network = Sized(640, high=13)
    assert len(PictureSearch(Detector(network), tiles=2).find(picture(2000))) == 1
    tiles_only = Sized(704, high=150)  # the width of a tile, in which 150 px are 75 of the whole picture's view
    assert len(PictureSearch(Detector(tiles_only), tiles=2).find(picture(2000))) == 0
    tiles_only = Sized(704, high=30)
    assert len(PictureSearch(Detector(tiles_only), tiles=2).find(picture(2000))) == 4
