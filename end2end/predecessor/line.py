"""Sockets, held by clients as they are: Python's websockets, Node's ws, and wscat."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import struct
import subprocess
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Callable, Iterator

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

FOLDER = Path(__file__).parent
# How long nothing more must come before it counts as all.
QUIET_S = 0.5


class Refused(Exception):
    """A socket was not opened; the status says how."""

    def __init__(self, status: int, words: str = "") -> None:
        super().__init__(f"refused with {status} {words}".strip())
        self.status, self.words = status, words


class Line:
    """A socket somebody has opened, and what was heard over it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[dict[str, Any]] = []
        self.closed: int | None = None
        # When the frame that was last looked at came.
        self.came = 0.0
        self._inbox: Queue[tuple[float, str | int]] = Queue()

    def say(self, frame: dict[str, Any] | str) -> None:
        """Says a frame; text goes out as it stands."""
        self._send(frame if isinstance(frame, str) else json.dumps(frame))

    def hears(
        self, test: Callable[[dict], bool] | None = None, within: float = 5.0, **fields: object
    ) -> dict:
        """The next frame that is meant; others before it are passed over."""

        def is_meant(frame: dict) -> bool:
            return all(name in frame and frame[name] == value for name, value in fields.items()) and (
                test is None or test(frame)
            )

        until = time.monotonic() + within
        while (frame := self._next(until - time.monotonic())) is not None:
            if is_meant(frame):
                return frame
        end = f"; it closed with {self.closed}" if self.closed is not None else ""
        what = ", ".join(f"{name}={value!r}" for name, value in fields.items()) or "what was meant"
        raise AssertionError(
            f"{self.name} did not hear {what} within {within:g} s{end}; last: {self.heard[-4:]}"
        )

    def hears_words(self, words: str, within: float = 5.0) -> dict:
        """The next frame with these words in it."""
        try:
            return self.hears(lambda frame: words in json.dumps(frame, ensure_ascii=False), within)
        except AssertionError as error:
            raise AssertionError(f"{error} (the words were {words[:60]!r})") from None

    def hears_all(self, quiet: float = QUIET_S) -> list[dict]:
        """Everything so far, when nothing more comes."""
        while self._next(quiet) is not None:
            pass
        return self.heard

    def count(self, words: str, quiet: float = QUIET_S) -> int:
        """How many frames told these words, and did not show what was there before, when nothing more comes."""
        shows = ("chat_history", "chat_room_created")
        told = [frame for frame in self.hears_all(quiet) if frame.get("type") not in shows]
        return sum(words in json.dumps(frame, ensure_ascii=False) for frame in told)

    def ends(self, within: float = 5.0) -> int | None:
        """The code the other side closes with."""
        until = time.monotonic() + within
        while self.closed is None and time.monotonic() < until:
            self._next(until - time.monotonic())
        assert self.closed is not None, f"{self.name} was not closed within {within:g} s"
        return self.closed

    def _next(self, within: float) -> dict | None:
        if self.closed is not None:
            return None
        try:
            self.came, what = self._inbox.get(timeout=max(within, 0.001))
        except Empty:
            return None
        if isinstance(what, int):
            self.closed = what
            return None
        frame = json.loads(what)
        assert isinstance(frame, dict), f"{self.name} heard what is no object: {what}"
        self.heard.append(frame)
        return frame

    def _came(self, what: str | int) -> None:
        self._inbox.put((time.monotonic(), what))

    def _send(self, text: str) -> None:
        raise NotImplementedError

    def hang_up(self) -> None:
        """Closes it, as a tab does."""
        raise NotImplementedError


class Websockets(Line):
    """Python's websockets."""

    def __init__(self, name: str, url: str, headers: dict[str, str], protocol: str | None = None) -> None:
        super().__init__(name)
        protocols: Any = [protocol] if protocol else None
        how: Any = {"open_timeout": 10, "proxy": None, "max_size": None}
        self._open = ExitStack()
        try:
            opening = connect(url, additional_headers=headers, subprotocols=protocols, **how)
            self._socket = self._open.enter_context(opening)
        except InvalidStatus as error:
            body = error.response.body or b""
            raise Refused(error.response.status_code, body.decode()) from None
        self.protocol = self._socket.subprotocol
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                text = self._socket.recv()
                self._came(text if isinstance(text, str) else text.decode())
        except ConnectionClosed as error:
            self._came(error.rcvd.code if error.rcvd else 1006)
        except OSError:
            self._came(1006)

    def _send(self, text: str) -> None:
        self._socket.send(text)

    def hang_up(self) -> None:
        self._open.close()

    def break_off(self) -> None:
        """Ends the connection without a goodbye, as a lost network does."""
        raw = self._socket.socket
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.shutdown(socket.SHUT_RDWR)
        raw.close()


class Program(Line):
    """A client that is a program of its own, and talks to us by its stdin and stdout."""

    def __init__(self, name: str, command: list[str], out: int = subprocess.PIPE) -> None:
        super().__init__(name)
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, text=True, cwd=FOLDER)
        threading.Thread(target=self._listen, daemon=True).start()

    def _texts(self) -> Iterator[str]:
        assert self._process.stdout
        return iter(self._process.stdout)

    def _listen(self) -> None:
        for text in self._texts():
            self._read(text.rstrip("\r\n"))
        self._came(1006)

    def _read(self, text: str) -> None:
        raise NotImplementedError

    def _send(self, text: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def hang_up(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(10)


class Node(Program):
    """Node's ws."""

    def __init__(self, name: str, url: str, headers: dict[str, str], protocol: str | None = None) -> None:
        self._opening: Queue[dict] = Queue()
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        super().__init__(name, ["node", "line.mjs", url, token, protocol or ""])
        opening = self._opening.get(timeout=10)
        if "refused" in opening:
            raise Refused(opening["refused"])
        assert "open" in opening, opening
        self.protocol = opening["open"]

    def _read(self, text: str) -> None:
        told = json.loads(text)
        if "frame" in told:
            self._came(told["frame"])
        elif "closed" in told:
            self._came(told["closed"])
        else:
            self._opening.put(told)


class Wscat(Program):
    """wscat, in a terminal, because only there it says that it is connected."""

    def __init__(self, name: str, url: str, headers: dict[str, str], protocol: str | None = None) -> None:
        self._opening: Queue[str] = Queue()
        command = ["node", "node_modules/wscat/bin/wscat", "--connect", url]
        for header, value in headers.items():
            command += ["--header", f"{header}: {value}"]
        command += ["--subprotocol", protocol] if protocol else []
        self._terminal, theirs = pty.openpty()
        super().__init__(name, command, theirs)
        os.close(theirs)
        opening = self._opening.get(timeout=10)
        if "Connected" not in opening:
            raise Refused(int((re.findall(r"\d{3}", opening) or ["0"])[0]), opening)
        self.protocol = protocol

    def _texts(self) -> Iterator[str]:
        with open(self._terminal, errors="replace", newline="\n") as terminal:
            try:
                yield from terminal
            except OSError:
                # Its end of the terminal is closed.
                return

    def _read(self, text: str) -> None:
        # What it prints itself is coloured; what is typed, and the prompt, are not.
        for colour, words in re.findall(r"\x1b\[(3[1-4])m(.*?)\x1b\[39m", text):
            if colour == "34":
                self._came(words.removeprefix("< "))
            elif words.startswith(("Connected", "error")):
                self._opening.put(words)
            elif words.startswith("Disconnected"):
                self._came(int(re.findall(r"code: (\d+)", words)[0]))


def counts(lines: list[Line], *words: str) -> list[list[int]]:
    """How often each of these lines heard words, and the next words, when nothing more comes."""
    time.sleep(QUIET_S)
    return [[line.count(one, 0) for line in lines] for one in words]
