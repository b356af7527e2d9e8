# SPDX-License-Identifier: GPL-2.0
# scattered.__main__ - what "python3 -m scattered" runs
import sys

from . import _speed

number = int(sys.argv[1])
print(__spec__.name, "says: triple of", number, "is", _speed.triple(number))
