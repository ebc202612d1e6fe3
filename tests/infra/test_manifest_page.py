"""docs/manifests.md keeps its word: its manifests are read without a fault, its command writes what it shows."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gloss.domain.job import ManifestFormat
from gloss.domain.manifest.opening import opened
from gloss.domain.manifest.reading import rows
from gloss.domain.manifest.units import RowFault
from infra.archives import ROOT

PAGE = (ROOT / "docs" / "manifests.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
MANIFESTS = [(form, text) for form, text in BLOCKS if form in set(ManifestFormat)]
COMMAND = next(text for _, text in BLOCKS if text.startswith("gloss manifest"))


def gloss(arguments: str, folder: Path, **how: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gloss", *shlex.split(arguments)[1:]]
    path = str(ROOT / "layers" / "gloss" / "python")
    return subprocess.run(command, cwd=folder, env={"PYTHONPATH": path}, capture_output=True, text=True, **how)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(("form", "text"), MANIFESTS)
def test_every_manifest_on_the_page_is_read_without_a_fault(form: str, text: str) -> None:
    found = list(rows(opened(ManifestFormat(form), [text.encode()])))

    assert len(found) >= 2
    assert not [row for row in found if isinstance(row, RowFault)]


def test_the_command_on_the_page_writes_what_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "files.txt").write_text(next(text for form, text in BLOCKS if form == "text"))

    done = gloss(COMMAND, tmp_path)

    assert done.stdout == MANIFESTS[-1][1]
    assert "left out 1 files of no known kind: s3://acme-raw/notes.docx" in done.stderr


def test_the_name_of_the_output_chooses_the_format(tmp_path: Path) -> None:
    done = gloss("gloss manifest - --under s3://b/ --output m.csv", tmp_path, input="a.png\n")

    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "m.csv").read_text() == "ObjectUrl,Image title,Create video\ns3://b/a.png,,false\n"


def test_what_cannot_be_written_ends_in_one_line(tmp_path: Path) -> None:
    done = gloss("gloss manifest - --format csv --skip-duplicate-urls", tmp_path, input="a.png\n")

    assert done.returncode == 1
    assert done.stderr.startswith("gloss: This manifest cannot be CSV")
