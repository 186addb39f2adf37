#!/usr/bin/env python3
"""Writes optim.h: what torch.optim does to four parameters in five steps, for each set of options.

Run by hand, with PyTorch 1.13 (Debian: python3-torch):  ./make_optim.py > optim.h
Numbers are float64; gradients are given, so that the optimiser alone is tested. In step 3 of the sets marked `gap`
there is no gradient.
"""
import torch

START = [0.7312, -1.2045, 0.0031, 2.8817]
GRADIENTS = [[0.4127, -0.9163, 0.0005, 3.1416], [-1.7713, 0.2209, 0.0011, 2.5029], [0.0613, -0.4971, -0.7005, 1.6180],
             [0.9034, 1.1187, 0.3003, -0.5772], [-0.2357, 0.6646, -0.0002, 0.9159]]

SETS = [
    ("sgd", dict(lr=0.1), False),
    ("sgd", dict(lr=0.05, momentum=0.9), False),
    ("sgd", dict(lr=0.05, momentum=0.8, dampening=0.3), False),
    ("sgd", dict(lr=0.02, momentum=0.9, nesterov=True), False),
    ("sgd", dict(lr=0.03, momentum=0.7, weight_decay=0.05), True),
    ("rmsprop", dict(), False),
    ("rmsprop", dict(lr=0.003, alpha=0.9, eps=1e-3), False),
    ("rmsprop", dict(lr=0.02, momentum=0.6), True),
    ("rmsprop", dict(lr=0.02, centered=True), False),
    ("rmsprop", dict(lr=0.01, alpha=0.8, momentum=0.5, centered=True, weight_decay=0.1), False),
    ("adam", dict(), False),
    ("adam", dict(lr=0.02, betas=(0.8, 0.95)), True),
    ("adam", dict(lr=0.01, eps=1e-2, weight_decay=0.2), False),
]
TYPES = {"sgd": torch.optim.SGD, "rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam}


def run(name, options, gap):
    """The parameters after each of the five steps."""
    p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = TYPES[name]([p], **options)
    rows = []
    for step, gradient in enumerate(GRADIENTS):
        p.grad = None if gap and step == 2 else torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        rows.append(p.detach().tolist())
    return rows


def c_options(options):
    """The options as members of ag_optim_new_args."""
    flat = {k: v for k, v in options.items() if k != "betas"}
    if "betas" in options:
        flat["beta1"], flat["beta2"] = options["betas"]
    return ", ".join(f".{k} = {'true' if v is True else repr(v)}" for k, v in flat.items()) or ".lr = 0"


def c_row(row):
    return "{" + ", ".join(repr(x) for x in row) + "}"


print("/* Made by make_optim.py with PyTorch " + torch.__version__.split("a")[0] + ": change that instead. */")
print("#define OPTIM_STEPS 5\n#define OPTIM_SIZE 4\n#define OPTIM_GAP 2 /* the step that has no gradient where gap is set */\n")
print("static const double optim_start[OPTIM_SIZE] = " + c_row(START) + ";")
print("static const double optim_gradient[OPTIM_STEPS][OPTIM_SIZE] = {")
for row in GRADIENTS:
    print("    " + c_row(row) + ",")
print("};\n\nstatic const struct {\n  const char *type;\n  ag_optim_new_args options;\n  bool gap;\n"
      "  double expected[OPTIM_STEPS][OPTIM_SIZE];\n} optim_sets[] = {")
for name, options, gap in SETS:
    print(f'    {{"{name}",\n     {{{c_options(options)}}},\n     {"true" if gap else "false"},\n     {{')
    for row in run(name, options, gap):
        print("         " + c_row(row) + ",")
    print("     }},")
print("};")
