"""The cases of make_operators.py, one family a file, and the irregular operands that they share."""
import math

import torch


def numbers(seed, *shape, low=-1.5, high=1.5):
    """Irregular numbers in [low, high) with three decimals, so that C and Python read the same."""
    n = math.prod(shape)
    parts = [math.modf(math.sqrt(2 + 7 * seed + 3 * i) * 17.31)[0] for i in range(n)]
    values = [round(low + (high - low) * p, 3) for p in parts]
    return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()


def integers(*values):
    return torch.tensor(values, dtype=torch.int64)
