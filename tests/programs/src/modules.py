# SPDX-License-Identifier: GPL-2.0
# modules - import each module of the standard library; say where they came from
import importlib
import os
import pkgutil
import sys
import warnings

warnings.simplefilter("ignore")
library = os.path.dirname(os.__file__)
# What acts when it is imported, and what other Debian packages hold.
skipped = {"antigravity", "this", "idlelib", "lib2to3", "tkinter", "turtle", "turtledemo",
           "ensurepip", "__phello__", "_tkinter", "_sysconfigdata__x86_64-linux-gnu"}
count = 0
for path in library, library + "/lib-dynload":
    names = {module.name for module in pkgutil.iter_modules([path])}
    for name in sorted(names - skipped):
        try:
            module = importlib.import_module(name)
        except Exception as error:
            print(name, "can't be imported:", error)
            continue
        file = getattr(module, "__file__", None) or library
        if not file.startswith(library):
            print(name, "came from", file)
        count += 1
print(count, "modules, all from", library)
sys.stdout.flush()
# Threads and atexit handlers of what was imported don't matter here.
os._exit(0)
