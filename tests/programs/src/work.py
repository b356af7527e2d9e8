# SPDX-License-Identifier: GPL-2.0
# work - Python at work below /var/tmp of a view, a line for each result
import filecmp
import mmap
import multiprocessing
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile


def square(number):
    return number * number


def echo(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.sendall(b"pong")


with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
    with multiprocessing.Pool(2) as pool:
        print("pool", ",".join(map(str, pool.map(square, [1, 2, 3]))))

    name = directory + "/socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        child = multiprocessing.Process(target=echo, args=(name,))
        child.start()
        connection = server.accept()[0]
        print("socket", connection.recv(10).decode())
        connection.close()
        child.join()

    database = sqlite3.connect(directory + "/database")
    database.execute("create table t (n)")
    database.execute("insert into t values (42)")
    database.commit()
    database.close()
    print("database", *sqlite3.connect(directory + "/database").execute("select n from t").fetchone())

    with open("/etc/os-release", "rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            print("mmap", text[text.find(b"Debian"):][:6].decode())

    shutil.copytree("/etc/alternatives", directory + "/copy", symlinks=True)
    same = filecmp.dircmp("/etc/alternatives", directory + "/copy")
    print("copy", "differs" if same.left_only or same.right_only else "same")

print("child", subprocess.check_output(["/bin/pwd"], cwd="/lib").decode().strip())
