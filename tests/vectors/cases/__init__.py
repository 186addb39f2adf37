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


def given(*rows):
    """Numbers as they stand, with gradients."""
    return torch.tensor(rows, dtype=torch.float64).requires_grad_()


def fixed(x):
    """The same without gradients: where PyTorch's are NaN and the limits are not, or where it chooses among equals."""
    return x.detach()


def second(call):
    """The places that a call in C gives by .indices."""
    return f"ag_tensor *places; {call[:-1]}, .indices = &places); return places"


def again(name, operands, function, call):
    """The case of the function's gradients to all real operands, whose own gradients are those of the next order.

    The cotangent is one more operand."""
    n = len(operands)

    def gradients(*v):
        wanted = [x for x in v[:n] if x.requires_grad]
        found = torch.autograd.grad(function(*v[:n]), wanted, v[n], create_graph=True, allow_unused=True)
        return torch.cat([torch.zeros(x.numel(), dtype=x.dtype) if g is None else g.flatten() for x, g in zip(wanted, found)])

    assert all(x.requires_grad or not x.is_floating_point() for x in operands), name
    cotangent = numbers(63, *function(*operands).shape)
    return f"{name}, again", [*operands, cotangent], gradients, f"gradients_in_a_row({call}, {n}, in)"


REDUCTIONS = (("none", "AG_NONE"), ("mean", "AG_MEAN"), ("sum", "AG_SUM"))


def each_reduction(name, operands, function, call):
    """A case of all reductions, one after the other in a row; call is the C call without its closing bracket."""
    parts = ", ".join(f"{call}, .reduction = {c})" for _, c in REDUCTIONS)
    yield name, operands, lambda *v: torch.cat([function(*v, reduction=r).flatten() for r, _ in REDUCTIONS]), \
        f"return in_a_row({len(REDUCTIONS)}, (ag_tensor *[]){{{parts}}})"


def taken(flat, shapes):
    """Tensors of these shapes, one after the other, from a row."""
    at = 0
    for shape in shapes:
        yield flat[at : at + math.prod(shape)].reshape(shape)
        at += math.prod(shape)


def row(seed, shapes):
    """Such a row."""
    return numbers(seed, sum(map(math.prod, shapes)), low=-0.9, high=0.9)
