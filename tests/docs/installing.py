"""`pip install FOLDER` of the tutorial's reader: built as a wheel, unpacked into the folder `SITE`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

if __name__ == "__main__":
    _, word, source = sys.argv
    assert word == "install"
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        subprocess.run(build, cwd=source, check=True, capture_output=True)
        (wheel,) = Path(folder).glob("*.whl")
        zipfile.ZipFile(wheel).extractall(os.environ["SITE"])  # noqa: TID251
