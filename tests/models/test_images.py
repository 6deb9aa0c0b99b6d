"""Pictures of every kind become BGR of 8 bits; what is no picture is told."""

import warnings

import cv2
import numpy as np
import pytest
from PIL import EpsImagePlugin, Image
from pillow_heif import register_heif_opener

from models.errors import PictureError
from models.images import FORMATS, SUFFIXES, from_jpeg, is_picture, read_image, to_jpeg

COLOR = np.zeros((4, 6, 3), np.uint8)
COLOR[:, :3] = (255, 0, 0)  # RGB: red on the left, blue on the right
COLOR[:, 3:] = (0, 0, 255)


def save(picture: Image.Image, path, **options):
    picture.save(path, **options)
    return path


def test_colours_are_blue_green_red(tmp_path):
    image = read_image(save(Image.fromarray(COLOR), tmp_path / "a.png"))
    assert image.shape == (4, 6, 3)
    assert image[0, 0].tolist() == [0, 0, 255]
    assert image[0, 5].tolist() == [255, 0, 0]


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (3, 5)), (6, (0, 0)), (8, (5, 0))])
def test_a_picture_is_turned_upright_by_its_exif(tmp_path, orientation, corner):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = read_image(save(Image.fromarray(COLOR), tmp_path / "a.png", exif=exif))
    assert image.shape[:2] == ((4, 6) if orientation in (1, 3) else (6, 4))
    assert image[corner].tolist() == [0, 0, 255]


def test_grey_becomes_three_equal_channels(tmp_path):
    image = read_image(save(Image.fromarray(np.full((3, 3), 77, np.uint8)), tmp_path / "a.png"))
    assert image.tolist() == np.full((3, 3, 3), 77).tolist()


def test_sixteen_bits_are_scaled_to_eight(tmp_path):
    deep = np.array([[0, 257 * 100, 65535]], np.uint16)
    image = read_image(save(Image.fromarray(deep), tmp_path / "a.png"))
    assert image[0, :, 0].tolist() == [0, 100, 255]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (np.array([[0, 2048, 4095]], np.uint16), [0, 127, 255]),  # 12 bits
        (np.array([[0, 512, 1023]], np.uint16), [0, 127, 255]),  # 10 bits
        (np.array([[0, 128, 255]], np.uint16), [0, 128, 255]),  # 8 bits
        (np.array([[0, 0.5, 1.0]], np.float32), [0, 127, 255]),
        (np.array([[np.nan, -3, 255]], np.float32), [0, 0, 255]),
        (np.array([[0, 50_000, 100_000]], np.float32), [0, 127, 255]),
        (np.array([[0, 1, 1]], np.uint16), [0, 1, 1]),
    ],
)
def test_deep_pictures_are_scaled_by_what_they_hold(tmp_path, numbers, expected):
    image = read_image(save(Image.fromarray(numbers), tmp_path / "a.tif"))
    assert image[0, :, 0].tolist() == expected


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize(("bits", "expected"), [(12, [15, 127, 255]), (16, [0, 7, 255])])
def test_deep_colours_are_scaled_too(tmp_path, suffix, bits, expected):
    deep = np.zeros((2, 4, 3), np.uint16)
    deep[0, 0] = 255, 2047, 2**bits - 1  # blue, green, red
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), deep)
    image = read_image(tmp_path / f"a.{suffix}")
    assert image.shape == (2, 4, 3)
    assert image[0, 0].tolist() == expected
    assert not image[1:].any()


@pytest.mark.parametrize("name", ["a.heic", "b.HEIC", "c.hif"])
def test_a_telephones_picture_is_read_and_not_turned_once_more(tmp_path, name):
    """Its file says how it is turned, and is read so; what EXIF says of the same is not added to that."""
    register_heif_opener()
    exif = Image.Exif()
    exif[0x0112] = 6
    big = Image.fromarray(np.kron(COLOR, np.ones((16, 16, 1), np.uint8)))
    image = read_image(save(big, tmp_path / name, format="HEIF", exif=exif))
    assert is_picture(tmp_path / name)
    assert image.shape == (64, 96, 3)
    assert image[0, 0][2] > 200 > 60 > image[0, 0][0]


def test_transparent_parts_become_white(tmp_path):
    image = read_image(save(Image.new("RGBA", (2, 2), (200, 0, 0, 0)), tmp_path / "a.png"))
    assert (image == 255).all()


@pytest.mark.parametrize("mode", ["P", "CMYK", "1", "LA", "YCbCr"])
def test_other_kinds_are_read_too(tmp_path, mode):
    suffix = "jpg" if mode in ("CMYK", "YCbCr") else "png"
    assert read_image(save(Image.new(mode, (5, 4)), tmp_path / f"a.{suffix}")).shape == (4, 5, 3)


def test_one_pixel_is_a_picture(tmp_path):
    assert read_image(save(Image.new("RGB", (1, 1)), tmp_path / "a.png")).shape == (1, 1, 3)


def test_what_cannot_be_read_is_told(tmp_path):
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("no picture")
    whole = to_jpeg(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "odd.blp").write_bytes(b"BLP1" + b"\7\0\0\0" * 100)  # a compression that nobody knows
    for name, reason in (
        ("empty.jpg", r"empty \(0 bytes\): copy it again"),
        ("text.jpg", r"not a picture that can be read \(.*\): .* save it as JPEG"),
        ("half.jpg", "not a picture"),
        ("odd.blp", "not a picture"),
        ("none.jpg", r"no picture .*none\.jpg: check the path"),
        (".", "is a folder: give the pictures in it"),
    ):
        with pytest.raises(PictureError, match=reason):
            read_image(tmp_path / name)


def test_no_picture_starts_a_program(tmp_path, monkeypatch):
    ran, ghostscript = tmp_path / "ran", tmp_path / "gs"
    ghostscript.write_text(f"#!/bin/sh\ntouch {ran}\n")
    ghostscript.chmod(0o755)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", str(ghostscript))
    with pytest.raises(PictureError, match="not a picture"):
        read_image(save(Image.fromarray(COLOR), tmp_path / "Ada.jpg", format="EPS"))
    assert not ran.exists()


def test_a_picture_is_known_by_what_it_holds_whatever_its_name(tmp_path):
    assert read_image(save(Image.fromarray(COLOR), tmp_path / "Ada.jpg", format="PNG")).shape == (4, 6, 3)


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_every_format_that_is_read_is_one_of_pillows(kind):
    Image.init()
    register_heif_opener()
    assert kind in Image.OPEN


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path):
    path = save(Image.new("1", (20_000, 20_000)), tmp_path / "huge.png")
    assert path.stat().st_size < 1_000_000
    with pytest.raises(PictureError, match="too many pixels"):
        read_image(path)


def test_a_large_picture_is_read_without_a_word_about_it(tmp_path):
    path = save(Image.new("1", (10_000, 10_000)), tmp_path / "large.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_image(path).shape == (10_000, 10_000, 3)


def test_jpeg_round_trip():
    image = np.full((112, 112, 3), (10, 120, 240), np.uint8)
    assert np.abs(from_jpeg(to_jpeg(image)).astype(int) - image).max() <= 3
    with pytest.raises(PictureError, match="damaged"):
        from_jpeg(b"no jpeg")


def test_a_picture_too_long_for_jpeg_is_told():
    with pytest.raises(PictureError, match="scale it down"):
        to_jpeg(np.zeros((1, 70_000, 3), np.uint8))


@pytest.mark.parametrize(
    "suffix", [".jpg", ".jpeg", ".png", ".webp", ".avif", ".jp2", ".tga", ".bmp", ".tif", ".gif", ".qoi", ".ppm"]
)
def test_a_format_that_can_be_read_has_a_pictures_name(tmp_path, suffix):
    assert suffix in SUFFIXES
    assert read_image(save(Image.fromarray(COLOR), tmp_path / f"a{suffix}")).shape == (4, 6, 3)


def test_what_telephones_take_is_a_picture_too_though_it_cannot_be_read():
    assert {".heic", ".heif"} <= SUFFIXES


def test_films_and_other_data_are_no_pictures():
    assert SUFFIXES.isdisjoint({".mp4", ".mpg", ".mpeg", ".apng", ".h5", ".hdf", ".grib", ".eps", ".pdf", ".txt", ""})


def test_a_video_is_told_from_a_damaged_picture(tmp_path):
    (tmp_path / "Ada.mp4").write_bytes(b"\0\0\0\x20ftypisom")
    with pytest.raises(PictureError, match=r"Ada\.mp4 is a video, not a picture: save a picture of it"):
        read_image(tmp_path / "Ada.mp4")
