"""A screen print is judged by what it holds, never by its name, and never decoded."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import time
import tracemalloc
from pathlib import Path

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from picture_samples import jpeg, png, segment, vp8, vp8l, vp8x, webp

from monitor.evidence.picture_header import NotAPicture, picture_header
from monitor.evidence.screen_print import LARGEST_FILE, NotAScreenPrint, read_screen_print, screen_print_of

MAKERS = {"png": png, "jpeg": jpeg, "vp8": vp8, "vp8l": vp8l, "vp8x": vp8x}
KINDS = {"png": "png", "jpeg": "jpeg", "vp8": "webp", "vp8l": "webp", "vp8x": "webp"}


@given(name=st.sampled_from(sorted(MAKERS)), width=st.integers(1, 16383), height=st.integers(1, 16383))
def test_kind_and_size_are_read_from_the_header_of_every_format(name, width, height):
    header = picture_header(MAKERS[name](width, height))
    assert (header.kind, header.width, header.height) == (KINDS[name], width, height)


@pytest.mark.parametrize("frame", [0xC1, 0xC2, 0xC3, 0xC5, 0xC9, 0xCA, 0xCF])
def test_every_way_of_coding_a_jpeg_is_read(frame):
    assert picture_header(jpeg(640, 480, frame=frame)).width == 640


def test_the_small_preview_inside_a_jpeg_is_not_taken_for_the_picture():
    preview = segment(0xE1, b"Exif\0\0" + jpeg(160, 120))
    tables = segment(0xC4, b"\0" * 20) + segment(0xDB, b"\0" * 65) + b"\xff\xff\xff"
    assert picture_header(jpeg(1080, 1920, before=preview + tables)).height == 1920


@pytest.mark.skipif(shutil.which("file") is None, reason="this machine has no program called file")
@pytest.mark.parametrize("name", ["png", "jpeg", "vp8"])
def test_another_program_reads_the_same_size(tmp_path, name):
    path = tmp_path / "picture"
    path.write_bytes(MAKERS[name](1080, 1920))
    said = subprocess.run(["file", "--brief", str(path)], capture_output=True, text=True, check=True).stdout
    assert "1080" in said
    assert "1920" in said


def test_a_picture_made_by_a_real_program_is_taken(tmp_path):
    (tmp_path / "page.typ").write_text("#set page(width: 300pt, height: 200pt)\nHello")
    made = screen_print_of(typst.compile(tmp_path / "page.typ", format="png", ppi=72.0))
    assert (made.kind, made.width, made.height, made.suffix) == ("png", 300, 200, ".png")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x89PNG\r\n\x1a\n", png(0, 5), png(5, 0), png(1 << 31, 5), png(5, 5)[:30],
        png(5, 5).replace(b"IHDR", b"IDAT", 1), b"\xff\xd8\xff", jpeg(0, 5), jpeg(5, 0), jpeg(5, 5)[:28],
        jpeg(5, 5, before=b"garbage"), jpeg(5, 5, before=segment(0xDA, b"")), jpeg(5, 5, before=b"\xff\xe0\0\0"),
        jpeg(5, 5, before=b"\xff\xd9\0\2"), jpeg(5, 5, before=segment(0xE2, b"") * 5000), jpeg(5, 5, frame=0xC4),
        vp8(0, 5), webp(b"VP8 ", b"\0" * 20), webp(b"VP8L", b"\0" * 20), webp(b"ALPH", b"\0" * 20), vp8(5, 5)[:25],
        b"RIFF\0\0\0\0WAVEfmt ", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)  # fmt: skip
def test_a_header_without_a_believable_size_is_no_picture(content):
    with pytest.raises(NotAPicture):
        picture_header(content)


STARTS = st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8X"])


@given(start=STARTS, rest=st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail_in_any_other_way(start, rest):
    with contextlib.suppress(NotAPicture):
        header = picture_header(start + rest)
        assert min(header.width, header.height) > 0


@given(
    name=st.sampled_from(sorted(MAKERS)),
    cut=st.integers(0, 60),
    flips=st.dictionaries(st.integers(0, 59), st.integers(0, 255)),
)
def test_no_damage_to_a_picture_makes_the_reader_fail_in_any_other_way(name, cut, flips):
    content = bytearray(MAKERS[name](300, 200))
    for at, value in flips.items():
        if at < len(content):
            content[at] = value
    with contextlib.suppress(NotAPicture):
        picture_header(bytes(content[: len(content) - cut]))


@pytest.mark.parametrize("filling", [b"\xff" * LARGEST_FILE, b"\xff\xe0\0\2" * (LARGEST_FILE // 4)])
def test_a_jpeg_of_twenty_megabytes_of_filling_costs_little_more_than_a_digest(filling):
    def seconds(work):
        begun = time.process_time()
        work()
        return time.process_time() - begun

    def read():
        with pytest.raises(NotAPicture):
            picture_header(b"\xff\xd8" + filling)

    assert min(seconds(read) / seconds(lambda: hashlib.sha256(filling * 4).digest()) for _ in range(3)) < 5


def test_the_file_is_kept_byte_for_byte_with_its_digest(tmp_path):
    content = png(1080, 1920, b"whatever follows")
    (tmp_path / "phone.png").write_bytes(content)
    taken = read_screen_print(tmp_path / "phone.png")
    assert taken.content == content
    assert taken.sha256 == hashlib.sha256(content).hexdigest()
    assert (taken.kind, taken.width, taken.height) == ("png", 1080, 1920)


@pytest.mark.parametrize("name", ["print.html", "print.jpg", "print", "print.png.exe"])
def test_the_name_says_nothing_about_the_kind(tmp_path, name):
    (tmp_path / name).write_bytes(vp8l(30, 20))
    assert read_screen_print(tmp_path / name).suffix == ".webp"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"<!DOCTYPE html><script>", "web page"), (b"\xef\xbb\xbf \n<svg onload=x>", "web page"),
        (b"%PDF-1.7", "PDF"), (b"GIF89a\1\0\1\0", "GIF"), (b"PK\3\4", "office"), (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"BM\0\0", "bitmap"), (b"MM\0*", "TIFF"), (b"\0" * 100, "not a PNG, JPEG or WebP"),
        (b"\x7fELF", "not a PNG, JPEG or WebP"),
        (b"", "empty"), (png(0, 0), "no size"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_it_is(tmp_path, content, word):
    (tmp_path / "print.png").write_bytes(content)
    with pytest.raises(NotAScreenPrint, match=word):
        read_screen_print(tmp_path / "print.png")


def test_a_picture_with_a_script_behind_it_is_kept_as_bytes_and_called_a_picture():
    content = jpeg(30, 20, rest=b"<script>alert(1)</script>PK\x03\x04")
    assert screen_print_of(content).content == content
    assert screen_print_of(content).suffix == ".jpg"


def test_more_pixels_than_a_screen_has_are_refused_from_the_header_alone():
    assert screen_print_of(png(6000, 4000)).width == 6000
    tracemalloc.start()
    with pytest.raises(NotAScreenPrint, match="13000 x 13000"):
        screen_print_of(png(13000, 13000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_file_of_the_largest_size_is_taken_and_one_byte_more_is_not(tmp_path):
    content = png(30, 20).ljust(LARGEST_FILE, b"\0")
    (tmp_path / "largest").write_bytes(content)
    assert len(read_screen_print(tmp_path / "largest").content) == LARGEST_FILE
    (tmp_path / "larger").write_bytes(content + b"\0")
    with pytest.raises(NotAScreenPrint, match="20 MB"):
        read_screen_print(tmp_path / "larger")


def test_a_file_without_end_is_not_read_to_its_end(tmp_path):
    with (tmp_path / "sparse").open("wb") as file:
        file.write(png(30, 20))
        file.truncate(1 << 40)
    with pytest.raises(NotAScreenPrint, match="20 MB"):
        read_screen_print(tmp_path / "sparse")


def make_pipe(path):
    os.mkfifo(path)


def make_link(path):
    path.with_name("aim.png").write_bytes(png(30, 20))
    path.symlink_to("aim.png")


def make_dead_link(path):
    path.symlink_to("nowhere")


@pytest.mark.parametrize("make", [make_pipe, make_link, make_dead_link, Path.mkdir, lambda path: None])
def test_links_pipes_folders_and_nothing_are_refused_without_waiting(tmp_path, make):
    make(tmp_path / "pupil-name.png")
    with pytest.raises(NotAScreenPrint) as caught:
        read_screen_print(tmp_path / "pupil-name.png")
    assert "pupil" not in str(caught.value)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/dev/null", "a\0b", "x" * 5000])
def test_devices_and_impossible_names_are_refused(path):
    with pytest.raises(NotAScreenPrint):
        read_screen_print(Path(path))


def test_a_screen_print_does_not_print_its_content():
    assert "IHDR" not in repr(screen_print_of(png(30, 20)))
