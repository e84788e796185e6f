"""The append-only log of answers: one line of JSON an answer."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from features.errors import Foreign
from serving.settings import Sync


class AnswerLog:
    """An append-only file, opened once.

    All lines of a request are written by one call under a lock on the file, so that several
    threads and processes can share it and a line is never mixed with another. A last line that was
    cut off by a crash is closed with a newline before the next is written: it stays as it is, and
    readers leave it out. With ``sync="always"`` the data are on the disk before `append` returns;
    with ``"never"`` the last moments before a power cut may be lost.

    Parameters
    ----------
    path : Path
        Made if it is not there, readable by its owner and group.
    sync : {"always", "never"}

    Raises
    ------
    Foreign
        Where the file cannot be opened.
    """

    def __init__(self, path: Path, sync: Sync = "always") -> None:
        self._sync = sync
        self._threads = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise Foreign(f"the answer log {path} cannot be opened: {error.strerror}") from error

    def append(self, entries: Iterable[dict[str, Any]]) -> None:
        """Write answers, a line each.

        Raises
        ------
        OSError
            Where they cannot be written; then no answer may be sent.
        """
        block = b"".join(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE) for entry in entries)
        if not block:
            return
        with self._threads:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                self._write(block if self._ends_in_newline() else b"\n" + block)
                if self._sync == "always":
                    os.fsync(self._file)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file."""
        with self._threads:
            os.close(self._file)

    def _ends_in_newline(self) -> bool:
        size = os.fstat(self._file).st_size
        return size == 0 or os.pread(self._file, 1, size - 1) == b"\n"

    def _write(self, block: bytes) -> None:
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(self._file, rest) :]
