"""Einstein's summation."""
import torch

from . import numbers

NUMBER, ROW, X, Y, BATCH = numbers(1), numbers(2, 5), numbers(3, 2, 3), numbers(4, 3, 4), numbers(5, 2, 3, 4)
SQUARE, CUBE, LONG, NOTHING, EMPTY = numbers(6, 3, 3), numbers(8, 2, 2, 3, 2), numbers(9, 7), numbers(11, 2, 0), numbers(12, 0, 3)
WILD = torch.tensor([[float("nan"), 1, float("inf")], [-float("inf"), 2, float("nan")]], dtype=torch.float64).requires_grad_()


def einsum(equation, *operands):
    """The case of an equation."""
    listed = ", ".join(f"in[{i}]" for i in range(len(operands)))
    return (f"einsum {equation}", list(operands), lambda *x: torch.einsum(equation, *x),
            f'ag_einsum("{equation}", {len(operands)}, (ag_tensor *[]){{{listed}}})')


CASES = [
    einsum("ij,jk->ik", X, Y), einsum("ij,jk", X, Y), einsum("ii", SQUARE), einsum("ii->i", SQUARE), einsum("ij->ji", X),
    einsum("ba", X), einsum("bA", X), einsum("ij->", X), einsum("i,j->ij", ROW, LONG), einsum("ij,ij->ij", X, numbers(32, 2, 3)),
    einsum("bij,bj->bi", BATCH, numbers(18, 2, 4)), einsum("...ij,jk->...ik", CUBE, numbers(19, 2, 3)),
    einsum("i...,i->...", BATCH, numbers(20, 2)), einsum("...,...", BATCH, Y), einsum("...ij->...ji", CUBE), einsum("...i->i", BATCH),
    einsum("bi,oij,bj->bo", numbers(21, 4, 3), numbers(22, 2, 3, 2), numbers(23, 4, 2)), einsum("ijk,ijk->", BATCH, numbers(33, 2, 3, 4)),
    einsum("aij,akj->aik", numbers(24, 1, 3, 4), BATCH), einsum("ij,j", X, numbers(25, 1)), einsum(",ij", NUMBER, X),
    einsum("ij,jk->ik", NOTHING, EMPTY), einsum("abcd,efgh,abij,efkl->cdghijkl", *(numbers(26 + i, 2, 1, 2, 1) for i in range(4))),
    einsum("ijij->j", CUBE[:, :2, :2, :2].detach().requires_grad_()), einsum("ij,j->i", WILD, numbers(30, 3)),
]
