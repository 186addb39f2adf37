#!/usr/bin/env python3
"""Writes npz.h: archives as NumPy writes them, byte by byte. Run by hand:  ./make_npz.py > npz.h

w is float32 of shape (2, 3) with the elements 0.5, -1.25, 2, 3.75, -4, 1e-40 (a denormal number), b is float32 of
shape (1,) with the element -7.
"""
import io

import numpy

W = numpy.array([[0.5, -1.25, 2], [3.75, -4, 1e-40]], dtype="<f4")
B = numpy.array([-7], dtype="<f4")


def show(name, comment, write):
    buffer = io.BytesIO()
    write(buffer)
    data = buffer.getvalue()
    print(f"\n/* {comment} */\nstatic const unsigned char {name}[{len(data)}] = {{")
    for i in range(0, len(data), 20):
        print("    " + " ".join(f"0x{x:02x}," for x in data[i:i + 20]))
    print("};")


print(f"/* Made by make_npz.py with NumPy {numpy.__version__}: change that instead. */")
show("numpy_stored", "numpy.savez", lambda f: numpy.savez(f, w=W, b=B))
show("numpy_compressed", "numpy.savez_compressed", lambda f: numpy.savez_compressed(f, w=W, b=B))
show("numpy_fortran", "numpy.savez, w column by column", lambda f: numpy.savez(f, w=numpy.asfortranarray(W), b=B))
show("numpy_big_endian", "numpy.savez, w with the most significant byte first", lambda f: numpy.savez(f, w=W.astype(">f4"), b=B))
show("numpy_integers", "numpy.savez, b as int64", lambda f: numpy.savez(f, w=W, b=B.astype("<i8")))
