"""The official JSON Schema of AsyncAPI 3.0, from the npm package of the AsyncAPI Initiative, downloaded once.

It is Apache-2.0 and 400 kB, so it is not kept here; the package's digest is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import cast

from stack.cache import cached

VERSION = "6.11.1"
SHA512 = (
    "0375812ea00a1a8276fba15616da63065090d6814272ce06c45ef3b081af36aa"
    "7f9251941e3940dda01c67d5cc3292c613cccf7980f3db1f4598ee834ae2ab69"
)
_MEMBER = "package/schemas/3.0.0.json"


def npm_is_there() -> bool:
    return shutil.which("npm") is not None


def asyncapi_schema() -> dict[str, object]:
    folder = cached(f"asyncapi-{VERSION}", _download)
    return cast("dict[str, object]", json.loads((folder / "3.0.0.json").read_bytes()))


def _download(folder: Path) -> None:
    subprocess.run(
        ["npm", "pack", "--silent", f"@asyncapi/specs@{VERSION}"], cwd=folder, check=True, capture_output=True
    )
    (archive,) = folder.glob("*.tgz")
    assert hashlib.sha512(archive.read_bytes()).hexdigest() == SHA512, "another package than the pinned one"
    with tarfile.open(archive) as package:
        member = package.extractfile(_MEMBER)
        assert member is not None
        (folder / "3.0.0.json").write_bytes(member.read())
    archive.unlink()
