"""Small files that must not be lost: whole or as before; a line that a crash cut off is no line."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app import durable


def test_a_file_is_written_whole_for_its_owner_and_again(tmp_path: Path) -> None:
    file = tmp_path / "key"
    (tmp_path / ".key.new").write_text("left by a crash")

    durable.write(file, "first")
    durable.write(file, "第二")

    assert file.read_text("utf-8") == "第二"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["key"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r")), max_size=5), st.binary(max_size=9000))
def test_lines_come_back_and_a_torn_end_is_cut_off(tmp_path_factory: object, lines: list[str], torn: bytes) -> None:
    file = Path(tmp_path_factory.mktemp("lines")) / "log"  # type: ignore[attr-defined]
    for line in lines:
        durable.add_line(file, line)
    with file.open("ab") as left:
        left.write(torn.replace(b"\n", b"?"))

    durable.add_line(file, "last")

    assert file.read_bytes() == b"".join(line.encode() + b"\n" for line in [*lines, "last"])
