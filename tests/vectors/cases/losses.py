"""Losses but those of classes, with all their options, and what they do at the edges."""
import torch
import torch.nn.functional as F

from . import each_reduction, fixed, given, numbers

INF, NAN = float("inf"), float("nan")
X, Y, V = numbers(51, 3, 4), numbers(52, 3, 4), numbers(53, 3, 4)
P, Q = numbers(54, 3, 4, low=0.05, high=0.95), numbers(55, 3, 4, low=0.05, high=0.95)
WEIGHT, ROW, POINT = numbers(56, 3, 4, low=0.2, high=2), numbers(57, 4, low=0.2, high=2), numbers(58)
COUNTS = fixed(given(0.0, 1.0, 2.0, 5.0)).expand(3, 4).contiguous()
SIGNS = fixed(given([1.0, -1.0, 1.0, -1.0], [-1.0, -1.0, 1.0, 1.0], [1.0, 1.0, -1.0, 0.0]))
EMPTY = torch.zeros(0, 4, dtype=torch.float64).requires_grad_()


def binary_cases():
    name, logits = "binary_cross_entropy", F.binary_cross_entropy_with_logits
    yield from each_reduction(name, [P, Q], F.binary_cross_entropy, f"ag_{name}(in[0], in[1]")
    yield from each_reduction(f"{name} weighted", [P, Q, fixed(ROW)], F.binary_cross_entropy, f"ag_{name}(in[0], in[1], .weight = in[2]")
    yield f"{name} edges", [given(0.0, 1.0, 0.0, 1.0), fixed(given(0.0, 0.0, 1.0, 0.25)[0])], lambda x, t: F.binary_cross_entropy(x[0], t, reduction="none"), \
        f"ag_{name}(ag_select(in[0], 0, 0), in[1], .reduction = AG_NONE)"
    name += "_with_logits"
    yield from each_reduction(name, [X, Q], logits, f"ag_{name}(in[0], in[1]")
    yield from each_reduction(f"{name} weighted", [X, Q, fixed(WEIGHT), fixed(ROW)], lambda x, t, w, p, **k: logits(x, t, w, pos_weight=p, **k),
                              f"ag_{name}(in[0], in[1], .weight = in[2], .pos_weight = in[3]")
    yield f"{name} edges", [fixed(given(800.0, -800.0, 800.0, NAN)), fixed(given(0.0, 1.0, 1.0, 1.0))], lambda x, t: logits(x, t, reduction="none"), \
        f"ag_{name}(in[0], in[1], .reduction = AG_NONE)"
    yield f"{name} point", [POINT, fixed(Q[0, 0])], logits, f"ag_{name}(in[0], in[1])"


def other_cases():
    for log in False, True:
        flag, target = ("true", Y) if log else ("false", Q)
        yield from each_reduction(f"kl_div {log}", [X, target], lambda x, t, log=log, **k: F.kl_div(x, t, log_target=log, **k),
                                  f"ag_kl_div(in[0], in[1], .log_target = {flag}")
        yield f"kl_div {log} batchmean", [X, target], lambda x, t, log=log: F.kl_div(x, t, log_target=log, reduction="batchmean"), \
            f"ag_kl_div(in[0], in[1], .log_target = {flag}, .reduction = AG_BATCHMEAN)"
    yield "kl_div zero", [X, fixed(COUNTS)], lambda x, t: F.kl_div(x, t, reduction="none"), "ag_kl_div(in[0], in[1], .reduction = AG_NONE)"
    yield from each_reduction("huber_loss", [X, Y], F.huber_loss, "ag_huber_loss(in[0], in[1]")
    yield from each_reduction("huber_loss 0.3", [X, Y], lambda x, t, **k: F.huber_loss(x, t, delta=0.3, **k), "ag_huber_loss(in[0], in[1], .delta = 0.3")
    yield from each_reduction("soft_margin_loss", [X, SIGNS], F.soft_margin_loss, "ag_soft_margin_loss(in[0], in[1]")
    yield from each_reduction("hinge_embedding_loss", [X, SIGNS], F.hinge_embedding_loss, "ag_hinge_embedding_loss(in[0], in[1]")
    yield from each_reduction("hinge_embedding_loss 0.4", [X, SIGNS], lambda x, t, **k: F.hinge_embedding_loss(x, t, margin=0.4, **k),
                              "ag_hinge_embedding_loss(in[0], in[1], .margin = 0.4")
    yield from each_reduction("margin_ranking_loss", [X, Y, SIGNS], lambda x, y, t, **k: F.margin_ranking_loss(x, y, t, margin=0.2, **k),
                              "ag_margin_ranking_loss(in[0], in[1], in[2], .margin = 0.2")
    for log in True, False:
        for full in False, True:
            call = f"ag_poisson_nll_loss(in[0], in[1], .plain_input = {'false' if log else 'true'}, .full = {'true' if full else 'false'}"
            yield from each_reduction(f"poisson_nll_loss {log} {full}", [X if log else P, COUNTS],
                                      lambda x, t, log=log, full=full, **k: F.poisson_nll_loss(x, t, log_input=log, full=full, **k), call)
    yield "mse_loss nothing", [fixed(EMPTY), fixed(EMPTY)], F.mse_loss, "ag_mse_loss(in[0], in[1])"
    yield "huber_loss nothing", [fixed(EMPTY), fixed(EMPTY)], F.huber_loss, "ag_huber_loss(in[0], in[1])"
    yield "huber_loss edges", [fixed(given(INF, -INF, NAN, 1.0)), fixed(given(0.0, 0.0, 0.0, 0.0))], lambda x, t: F.huber_loss(x, t, reduction="none"), \
        "ag_huber_loss(in[0], in[1], .reduction = AG_NONE)"


def similarity_cases():
    zeros = fixed(given([0.0, 0.0, 0.0, 0.0], [1.0, 2.0, 0.0, 1.0], [1e-9, 0.0, 0.0, 0.0]))
    yield "cosine_similarity", [X, Y], F.cosine_similarity, "ag_cosine_similarity(in[0], in[1])"
    yield "cosine_similarity 0", [X, Y], lambda x, y: F.cosine_similarity(x, y, 0), "ag_cosine_similarity(in[0], in[1], .axes = AG_AXES(0))"
    yield "cosine_similarity rows", [X, ROW], lambda x, y: F.cosine_similarity(x, y, -1), "ag_cosine_similarity(in[0], in[1], .axes = AG_AXES(-1))"
    yield "cosine_similarity zeros", [zeros, fixed(X)], F.cosine_similarity, "ag_cosine_similarity(in[0], in[1])"
    yield from each_reduction("cosine_embedding_loss", [X, Y, fixed(SIGNS[0, :3])], lambda x, y, t, **k: F.cosine_embedding_loss(x, y, t, margin=-0.5, **k),
                              "ag_cosine_embedding_loss(in[0], in[1], in[2], .margin = -0.5")
    yield "cosine_embedding_loss row", [ROW, fixed(P[0]), fixed(SIGNS[0, 1])], F.cosine_embedding_loss, "ag_cosine_embedding_loss(in[0], in[1], in[2])"
    yield from each_reduction("triplet_margin_loss", [X, Y, V], F.triplet_margin_loss, "ag_triplet_margin_loss(in[0], in[1], in[2]")
    yield from each_reduction("triplet_margin_loss swap", [X, Y, V], lambda x, y, z, **k: F.triplet_margin_loss(x, y, z, margin=2.5, p=3, swap=True, **k),
                              "ag_triplet_margin_loss(in[0], in[1], in[2], .margin = 2.5, .p = 3, .swap = true")


CASES = [*binary_cases(), *other_cases(), *similarity_cases()]
