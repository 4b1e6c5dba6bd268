"""Writes the workflows that README.md shows into a folder, a file each, for tools that read files."""

import pathlib
import re
import sys

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for old in folder.glob("*.yml"):
    old.unlink()
text = pathlib.Path("README.md").read_text(encoding="utf-8")
blocks = re.findall(r"^```yaml workflow\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
if not blocks:
    sys.exit("README.md shows no workflow")
for number, block in enumerate(blocks, 1):
    (folder / f"readme-{number}.yml").write_text(block, encoding="utf-8")
