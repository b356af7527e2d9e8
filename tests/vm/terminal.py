# SPDX-License-Identifier: GPL-2.0
"""Types at the VM's interactive shell, as a person would; for tests/vm/selftest."""

import os
import pty
import select
import sys
import time

LIMIT = 60  # seconds for each answer


class Terminal:
    def __init__(self, command):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(command[0], command)

    def type(self, text):
        os.write(self.fd, text.encode())

    def expect(self, text):
        end = time.monotonic() + LIMIT
        while text.encode() not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], 0.5)
            if ready:
                try:
                    self.seen += os.read(self.fd, 4096)
                except OSError:
                    sys.exit(f"# the terminal closed before {text!r}: {self.seen!r}")
            elif time.monotonic() > end:
                sys.exit(f"# no {text!r} in {self.seen!r}")
        before, _, self.seen = self.seen.partition(text.encode())
        return before.decode(errors="replace")


def main():
    terminal = Terminal(sys.argv[1:])
    start = terminal.expect("# ")
    if "no job control" in start:
        sys.exit(f"# {start}")
    # What is typed differs from what is expected: the terminal echoes it.
    terminal.type("PS1='rea''dy> '\r")
    terminal.expect("ready> ")
    terminal.type("tty; echo $((40 + 2))\r")
    terminal.expect("/dev/ttyS1")
    terminal.expect("42")

    terminal.type("sleep 1000\r")
    time.sleep(2)
    terminal.type("\x1a")
    terminal.expect("Stopped")
    terminal.type("bg; jobs | sed s/R/r/\r")
    terminal.expect("running")
    terminal.type("fg\r")
    time.sleep(2)
    terminal.type("\x03")
    terminal.expect("ready> ")
    terminal.type("echo status $?\r")
    terminal.expect("status 130")

    terminal.type("exit 5\r")
    _, status = os.waitpid(terminal.pid, 0)
    if os.waitstatus_to_exitcode(status) != 5:
        sys.exit(f"# status {status:#x} instead of exit 5")


main()
