"""Triangular matrices: Cholesky factors, and what is solved with them."""
import torch

from . import fixed
from .linalg import A, B, BATCH, EMPTY, L, MANY, NO_MATRICES, NO_SIDES, NONE, ROWS, dominant


def symmetric(seed, *shape):
    x = dominant(seed, *shape).detach()
    return ((x + x.mT) / 2).requires_grad_()


S, SYMMETRIC = symmetric(43, 3, 3), symmetric(44, 2, 4, 4)


def triangular_cases():
    for upper in False, True:
        for unit in False, True:
            options = f".upper = {str(upper).lower()}, .unitriangular = {str(unit).lower()}"
            name = f"solve_triangular {'upper' if upper else 'lower'}{' of ones' if unit else ''}"
            yield name, [A, B], lambda a, b, u=upper, o=unit: L.solve_triangular(a, b, upper=u, unitriangular=o), f"ag_solve_triangular(in[0], in[1], {options})"
            yield f"{name}, right", [BATCH, ROWS], lambda a, b, u=upper, o=unit: L.solve_triangular(a, b, upper=u, unitriangular=o, left=False), \
                f"ag_solve_triangular(in[0], in[1], {options}, .right = true)"
            yield f"{name}, broadcast", [BATCH, MANY], lambda a, b, u=upper, o=unit: L.solve_triangular(a, b, upper=u, unitriangular=o), \
                f"ag_solve_triangular(in[0], in[1], {options})"
            yield f"{name}, transposed", [A, B], lambda a, b, u=upper, o=unit: L.solve_triangular(a.mT, b, upper=not u, unitriangular=o), \
                f"ag_solve_triangular(in[0], in[1], {options}, .transposed = true)"


CASES = [
    ("cholesky", [S], L.cholesky, "ag_cholesky(in[0])"),
    ("cholesky batch", [SYMMETRIC], L.cholesky, "ag_cholesky(in[0])"),
    ("cholesky upper", [SYMMETRIC], lambda x: L.cholesky(x, upper=True), "ag_cholesky(in[0], .upper = true)"),
    ("cholesky empty", [EMPTY], L.cholesky, "ag_cholesky(in[0])"),
    ("cholesky of no matrices", [NO_MATRICES], L.cholesky, "ag_cholesky(in[0])"),
    # PyTorch gives the triangle that it does not read a gradient, too.
    ("cholesky_solve", [B, A], lambda b, l: torch.cholesky_solve(b, l.tril()), "ag_cholesky_solve(in[0], in[1])"),
    ("cholesky_solve upper", [MANY, A], lambda b, u: torch.cholesky_solve(b, u.triu().expand(2, 3, 3), upper=True), "ag_cholesky_solve(in[0], in[1], .upper = true)"),
    *triangular_cases(),
    ("solve_triangular empty", [NONE, torch.zeros(0, 3, dtype=torch.float64)], lambda a, b: L.solve_triangular(a, b, upper=False), "ag_solve_triangular(in[0], in[1])"),
    ("solve_triangular no sides", [fixed(A), NO_SIDES], lambda a, b: L.solve_triangular(a, b, upper=False), "ag_solve_triangular(in[0], in[1])"),
]
