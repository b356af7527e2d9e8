# SPDX-License-Identifier: GPL-2.0
# scattered - a package whose files lie anywhere
from . import core
from .sub.deep import deep

__version__ = "1.5"
