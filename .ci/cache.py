"""Programs that the checks install below ~/.cache/trilho, again if the pins change."""

import pathlib
import shutil
import subprocess
import sys

CACHE = pathlib.Path.home() / ".cache/trilho"
QUIET = {"stdin": subprocess.DEVNULL, "check": True}


def virtual_environment(name, requirements):
    """Returns a virtual environment with exactly the pinned packages of the file."""
    venv = CACHE / name
    pins, made_from = requirements.read_text(), venv / "requirements.txt"
    if not made_from.exists() or made_from.read_text() != pins:
        print(f"installing {requirements.relative_to(requirements.parents[1])} into {venv}", flush=True)
        make = [sys.executable, "-m", "venv", "--clear", venv]
        if subprocess.run(make, stdin=subprocess.DEVNULL, capture_output=True).returncode:
            # Debian's Python has no ensurepip.
            apt_get("python3-venv")
            subprocess.run(make, **QUIET)
        pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--requirement", requirements], **QUIET)
        made_from.write_text(pins)
    return venv


def node_modules(name, package):
    """Returns a folder with the programs of the package and exactly the packages of its lock file."""
    if not shutil.which("npm"):
        apt_get("nodejs", "npm")
    folder = CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    pins, made_from = (package / "package-lock.json").read_text(), folder / "made-from.json"
    if not made_from.exists() or made_from.read_text() != pins:
        print(f"installing {package.name}/package-lock.json into {folder}", flush=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(package / file, folder)
        # Without install scripts of packages.
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        subprocess.run(npm, cwd=folder, stdout=subprocess.DEVNULL, **QUIET)
        made_from.write_text(pins)
    for program in package.glob("*.mjs"):
        shutil.copy(program, folder)
    return folder


def apt_get(*packages):
    assert shutil.which("apt-get"), f"install {' and '.join(packages)} from your system's packages"
    for arguments in (["update"], ["install", "--yes", *packages]):
        subprocess.run(["apt-get", "--quiet", *arguments], **QUIET)
