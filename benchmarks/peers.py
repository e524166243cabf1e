"""A peer: another project's way of doing the same, from the package index, in an environment of its own under var/.

It is one process that takes orders: a line of JSON in, a line of JSON out. It never sees this project's settings.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
INSTALL_SECONDS_MAX = 240


class NotInstalled(Exception):
    """The package index did not give what the peer needs."""


class Peer:
    """One running peer."""

    def __init__(self, name: str, requirements: Sequence[str], script: str) -> None:
        python = _environment(ROOT / "var" / "peers" / name, requirements)
        self._process = subprocess.Popen(
            [str(python), str(ROOT / "benchmarks" / script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        )

    def ask(self, **order: Any) -> dict[str, Any]:
        """Sends the order and waits for its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peer ended with status {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """It has ended."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


def _environment(home: Path, requirements: Sequence[str]) -> Path:
    """The Python of an environment that has the requirements; made once, and anew when they change."""
    python, stamp = home / "bin" / "python", home / "requirements"
    if stamp.is_file() and stamp.read_text() == "\n".join(requirements):
        return python
    install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *requirements]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True, capture_output=True)
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX)
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"no answer for {INSTALL_SECONDS_MAX} s") from error
    except subprocess.CalledProcessError as error:
        raise NotInstalled(str(error.stderr).strip().splitlines()[-1]) from error
    stamp.write_text("\n".join(requirements))
    return python
