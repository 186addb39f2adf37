"""Solutions, inverses and determinants of matrices, and products of fixed rank."""
import torch

from . import fixed, given, numbers

INF, NAN = float("inf"), float("nan")
EYE = torch.eye(3, dtype=torch.float64)
L = torch.linalg


def dominant(seed, *shape):
    x = numbers(seed, *shape, low=-0.5, high=0.5).detach()
    return (x + 3 * torch.eye(shape[-1], dtype=torch.float64)).requires_grad_()


A, BATCH = dominant(41, 3, 3), dominant(42, 2, 1, 3, 3)
B, MANY, ROWS, V, W = numbers(45, 3, 2), numbers(46, 2, 3, 2), numbers(47, 2, 3), numbers(48, 3), numbers(49, 4)
CUBE, OTHER = numbers(50, 2, 3, 4), numbers(51, 2, 4, 2)
NONE, NO_MATRICES, NO_SIDES = given().reshape(0, 0), torch.zeros(0, 3, 3, dtype=torch.float64).requires_grad_(), torch.zeros(3, 0, dtype=torch.float64)
EMPTY = torch.zeros(2, 0, 0, dtype=torch.float64).requires_grad_()
SINGULAR, EXCHANGE = given([1, 2, 3], [2, 4, 6], [1, 0, 1]), given([0, 1, 0], [1, 0, 0], [0, 0, 1])
POINT = given([-2.5])


CASES = [
    ("solve", [A, B], L.solve, "ag_solve(in[0], in[1])"),
    ("solve broadcast", [BATCH, MANY], L.solve, "ag_solve(in[0], in[1])"),
    ("solve right", [BATCH, ROWS], lambda a, b: L.solve(a, b, left=False), "ag_solve(in[0], in[1], .right = true)"),
    ("solve vector", [A, V], L.solve, "ag_solve(in[0], in[1])"),
    ("solve vectors", [BATCH, numbers(52, 2, 1, 3)], L.solve, "ag_solve(in[0], in[1])"),
    ("solve exchanged", [EXCHANGE, B], L.solve, "ag_solve(in[0], in[1])"),
    ("solve no sides", [fixed(A), NO_SIDES], L.solve, "ag_solve(in[0], in[1])"),
    ("inverse", [A], torch.inverse, "ag_inverse(in[0])"),
    ("inverse batch", [BATCH], L.inv, "ag_inverse(in[0])"),
    ("inverse point", [POINT], torch.inverse, "ag_inverse(in[0])"),
    ("inverse empty", [EMPTY], torch.inverse, "ag_inverse(in[0])"),
    ("inverse of no matrices", [NO_MATRICES], torch.inverse, "ag_inverse(in[0])"),
    ("det", [A], torch.det, "ag_det(in[0])"),
    ("det batch", [BATCH], torch.det, "ag_det(in[0])"),
    ("det negative", [EXCHANGE], torch.det, "ag_det(in[0])"),
    # Its gradient is not compared: PyTorch 1.13 gives zeros for these where the cofactors are not.
    ("det singular", [fixed(given([1, 2], [2, 4]))], torch.det, "ag_det(in[0])"),
    ("det empty", [EMPTY], torch.det, "ag_det(in[0])"),
    ("det of no matrices", [NO_MATRICES], torch.det, "ag_det(in[0])"),
    ("det of infinity", [fixed(given([INF]))], torch.det, "ag_det(in[0])"),
    ("det of NaN", [fixed(given([1, NAN], [2, 3]))], torch.det, "ag_det(in[0])"),
    ("slogdet", [BATCH], lambda x: x.slogdet()[1], "ag_slogdet(in[0])"),
    ("slogdet negative", [EXCHANGE], lambda x: x.slogdet()[1], "ag_slogdet(in[0])"),
    ("slogdet sign", [fixed(EXCHANGE)], lambda x: x.slogdet()[0], "ag_tensor *sign; ag_slogdet(in[0], .sign = &sign); return sign"),
    ("slogdet singular", [fixed(SINGULAR)], lambda x: x.slogdet()[1], "ag_slogdet(in[0])"),
    ("slogdet sign singular", [fixed(SINGULAR)], lambda x: x.slogdet()[0], "ag_tensor *sign; ag_slogdet(in[0], .sign = &sign); return sign"),
    ("slogdet empty", [EMPTY], lambda x: x.slogdet()[1], "ag_slogdet(in[0])"),
    ("logdet", [A], torch.logdet, "ag_logdet(in[0])"),
    ("logdet batch", [BATCH], torch.logdet, "ag_logdet(in[0])"),
    ("logdet negative", [fixed(EXCHANGE)], torch.logdet, "ag_logdet(in[0])"),
    ("logdet singular", [fixed(SINGULAR)], torch.logdet, "ag_logdet(in[0])"),
    ("trace", [numbers(53, 3, 4)], torch.trace, "ag_trace(in[0])"),
    ("trace empty", [torch.zeros(0, 2, dtype=torch.float64)], torch.trace, "ag_trace(in[0])"),
    ("mm", [A, B], torch.mm, "ag_mm(in[0], in[1])"),
    ("bmm", [CUBE, OTHER], torch.bmm, "ag_bmm(in[0], in[1])"),
    ("mv", [A, V], torch.mv, "ag_mv(in[0], in[1])"),
    ("dot", [V, numbers(54, 3)], torch.dot, "ag_dot(in[0], in[1])"),
    ("dot empty", [numbers(55, 0), numbers(56, 0)], torch.dot, "ag_dot(in[0], in[1])"),
    ("outer", [V, W], torch.outer, "ag_outer(in[0], in[1])"),
    ("outer empty", [V, numbers(57, 0)], torch.outer, "ag_outer(in[0], in[1])"),
]
