# SPDX-License-Identifier: GPL-2.0
# complete - type into an interactive bash and press TAB, print what comes
#
# Usage: complete.py INIT KEYS...; INIT is a command to begin with.  After each
# KEYS and the TAB key, the candidates that bash shows are printed, if any, and
# the line as it is then.
import fcntl
import os
import pty
import struct
import sys
import termios

PROMPT = "ready> "
# The key that prints the line and clears it.
ASK = "\x14"
SETTINGS = [
    "set show-all-if-ambiguous on",
    "set completion-query-items 0",
    "set page-completions off",
    "set enable-bracketed-paste off",
    "set bell-style none",
]


def read_until(terminal, end):
    text = b""
    while end not in text:
        text += os.read(terminal, 65536)
    return text.decode().replace("\r", "")


def start():
    child, terminal = pty.fork()
    if child == 0:
        os.environ["PS1"] = PROMPT
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    # wide: a long line must not be scrolled
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 400, 0, 0))
    return terminal


def main():
    init, *keys = sys.argv[1:]
    terminal = start()
    read_until(terminal, PROMPT.encode())
    ask = """bind -x '"\\C-t": printf "[%s]." "$READLINE_LINE"; READLINE_LINE=; echo'"""
    commands = ["bind '%s'" % setting for setting in SETTINGS] + [ask, init, "echo be'gi'n"]
    os.write(terminal, ("; ".join(commands) + "\n").encode())
    read_until(terminal, b"begin\r\n" + PROMPT.encode())
    for typed in keys:
        os.write(terminal, (typed + "\t" + ASK).encode())
        for line in read_until(terminal, b"].\r\n").split("\n"):
            if line.strip() and PROMPT not in line and not line.startswith(typed):
                print(" ".join(line.rstrip(".").split()))


main()
