#!/usr/bin/env python3
"""Writes FAMILY.c: values and gradients that PyTorch gives for the cases of cases/FAMILY.py.

Run by `make vectors`, or by hand with PyTorch 1.13 (Debian: python3-torch):  ./make_operators.py reductions > reductions.c
A case is a name, its operands, the function in PyTorch and the same call in C, where in[0], in[1], ... are the operands;
a call that takes several statements ends in its own return.
Numbers are float64; operands of integers and truths are given as they are. The gradients are those of the sum of the
result, weighted by 1/2, 1/3, 1/4, ... in row-major order.
"""
import importlib
import sys

import torch

DTYPES = {torch.float64: "AG_F64", torch.float32: "AG_F32", torch.int64: "AG_I64", torch.bool: "AG_BOOL", torch.int32: "AG_I32", torch.uint8: "AG_U8"}
NAMES = {"inf": "INFINITY", "-inf": "-INFINITY", "nan": "NAN"}


def number(v):
    return NAMES.get(str(v), repr(float(v)))


def row(x):
    """The elements of a tensor; an array in C has at least one."""
    return "ROW(" + (", ".join(map(number, x.detach().flatten().tolist())) or "0") + ")"


def shape(x):
    return f"{{{x.dim()}, {{{', '.join(map(str, x.shape)) or '0'}}}}}"


def gradients_of(result, operands):
    """What reaches each operand that is real: zeros where the result does not depend on it."""
    wanted = [x for x in operands if x.requires_grad]
    if not result.requires_grad or not wanted:
        return {}
    weights = 1 / torch.arange(2, result.numel() + 2, dtype=torch.float64).reshape(result.shape)
    found = torch.autograd.grad((result * weights).sum(), wanted, allow_unused=True)
    return {id(x): torch.zeros_like(x) if g is None else g for x, g in zip(wanted, found)}


def write(family, cases):
    print(f"/* Made by make_operators.py from cases/{family}.py with PyTorch {torch.__version__.split('a')[0]}: change that instead. */")
    print('/* clang-format off */\n#include "tests/operators/vectors.h"\n\n#include <math.h>\n')
    for i, (name, _, _, call) in enumerate(cases):
        print(f"static ag_tensor *call_{i}(ag_tensor *const *in) {{ {call if 'return ' in call else 'return ' + call}; }}")
    print(f"\nconst vector {family}_vectors[] = {{")
    for i, (name, operands, function, _) in enumerate(cases):
        result = function(*operands)
        gradients = gradients_of(result, operands)
        print(f'    {{"{name}", call_{i}, {len(operands)},')
        print(f"     {{{', '.join(DTYPES[x.dtype] for x in operands)}}}, {{{', '.join(map(shape, operands))}}},")
        print("     {" + ",\n      ".join(map(row, operands)) + "},")
        print(f"     {DTYPES[result.dtype]}, {shape(result)}, {row(result)},")
        print("     {" + ",\n      ".join(row(gradients[id(x)]) if id(x) in gradients else "NULL" for x in operands) + "}},")
    print("    {.name = NULL}};")


if __name__ == "__main__":
    write(sys.argv[1], importlib.import_module("cases." + sys.argv[1]).CASES)
