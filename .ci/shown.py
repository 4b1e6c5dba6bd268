"""Writes the files that the pages show into a folder, one each, for tools that read files.

python3 .ci/shown.py FOLDER: README.md and docs/*.md, by what stands after a block's opening fence.
"""

import pathlib
import re
import sys

# What a block is marked as, and the folder and ending of its file.
KINDS = {
    "yaml workflow": ("workflows", "yml"),
    "yaml config": ("configs", "yaml"),
    "yaml gitlab": ("gitlab", "yml"),
    "sh": ("commands", "sh"),
}

root = pathlib.Path(sys.argv[1])
for kind, (name, ending) in KINDS.items():
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    pages = [pathlib.Path("README.md"), *sorted(pathlib.Path("docs").glob("*.md"))]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for number, block in enumerate(re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL), 1):
            (folder / f"{page.stem.lower()}-{number}.{ending}").write_text(block, encoding="utf-8")
    if not any(folder.iterdir()):
        sys.exit(f"no page shows a {kind}")
