"""Child processes of the sound room: this Python, one module, pipes kept clean of whatever C libraries print."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import cuecoach


def start_child(module: str, *arguments: str, source_root: Path | None = None) -> subprocess.Popen[bytes]:
    """Start ``python -m module`` with binary pipes on its standard input and output.

    Standard input closes when this process ends, however it ends; the child takes that as its own end. A fresh
    interpreter, not a fork: no locks, threads or sound libraries come along, and the caller's main module is not run
    again.

    Parameters
    ----------
    module
        Name of the module to run.
    *arguments
        Its command line.
    source_root
        The folder this package is imported from, found by itself.
    """
    root = source_root or Path(cuecoach.__file__).resolve().parent.parent
    paths = [str(root), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        # -P: nothing in the current folder may stand in for a library.
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if p)},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def private_stdout() -> BinaryIO:
    """In a child: take standard output for the protocol, and send whatever else is printed to standard error.

    The swap is done on the file descriptor, so it holds for C libraries too.
    """
    protocol = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return protocol


def end_child(process: subprocess.Popen[bytes], patience_s: float = 2.0) -> None:
    """Close the pipes of a child and wait for it; one that does not end in time is killed."""
    if process.stdin is not None:
        try:
            process.stdin.close()
        except OSError:
            # It died before reading what was written; that is the end we want.
            process.kill()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
