"""The operators and losses that the models of this tree are made of."""
import torch
import torch.nn.functional as F

from . import fixed, given, integers, numbers

LABELS = integers(2, 0, 3, 2)
INDEX = integers([2, 0, 2], [1, 1, 0])
X, Y, V = numbers(1, 4, 4), numbers(2, 4, 4), numbers(3, 4, 4)
IMAGE, KERNEL, GROUPED, BIAS = numbers(4, 1, 2, 5, 4), numbers(5, 2, 2, 3, 2), numbers(6, 4, 1, 2, 2), numbers(7, 4)
PER_CHANNEL, SHIFT, BATCH = numbers(8, 2), numbers(9, 2), numbers(10, 3, 2, 2)
WIDE, POINT = numbers(11, 2, 3), numbers(14)
INF = float("inf")
ENDLESS = fixed(given([INF, 1.0, -INF], [-INF, 0.5, -INF], [2.0, -INF, -INF]))

CASES = [
    ("sum", [BATCH], lambda x: x.sum((0, 2)), "ag_sum(in[0], .axes = AG_AXES(0, 2))"),
    ("mean", [BATCH], lambda x: x.mean(1, keepdim=True), "ag_mean(in[0], .axes = AG_AXES(1), .keepdim = true)"),
    ("var", [BATCH], lambda x: x.var((0, 2)), "ag_var(in[0], .axes = AG_AXES(0, 2))"),
    ("biased var", [BATCH], lambda x: x.var(1, unbiased=False), "ag_var(in[0], .axes = AG_AXES(1), .biased = true)"),
    ("max", [BATCH], lambda x: x.amax((0, 1)), "ag_max(in[0], .axes = AG_AXES(0, 1))"),
    ("logsumexp", [X], lambda x: torch.logsumexp(x, 0), "ag_logsumexp(in[0], .axes = AG_AXES(0))"),
    ("softmax", [X], lambda x: torch.softmax(x, 1), "ag_softmax(in[0], 1)"),
    ("log_softmax", [BATCH], lambda x: torch.log_softmax(x, 1), "ag_log_softmax(in[0], 1)"),
    ("softmax of infinity", [ENDLESS], lambda x: torch.softmax(x, 1), "ag_softmax(in[0], 1)"),
    ("softmax of infinity, down", [ENDLESS], lambda x: torch.softmax(x, 0), "ag_softmax(in[0], 0)"),
    ("log_softmax of infinity", [ENDLESS], lambda x: torch.log_softmax(x, 1), "ag_log_softmax(in[0], 1)"),
    ("log_softmax of infinity, down", [ENDLESS], lambda x: torch.log_softmax(x, 0), "ag_log_softmax(in[0], 0)"),
    ("softmax of a number", [POINT], lambda x: torch.softmax(x, 0), "ag_softmax(in[0], 0)"),
    ("log_softmax of a number", [POINT], lambda x: torch.log_softmax(x, -1), "ag_log_softmax(in[0], -1)"),
    ("sum of a number", [POINT], lambda x: x.sum(0), "ag_sum(in[0], .axes = AG_AXES(0))"),
    ("mean of a number", [POINT], lambda x: x.mean(-1, keepdim=True), "ag_mean(in[0], .axes = AG_AXES(-1), .keepdim = true)"),
    ("max of a number", [POINT], lambda x: x.amax(0), "ag_max(in[0], .axes = AG_AXES(0))"),
    ("matmul", [BATCH, WIDE], lambda x, y: x @ y, "ag_matmul(in[0], in[1])"),
    ("linear", [X, numbers(12, 3, 4), numbers(13, 3)], F.linear, "ag_linear(in[0], in[1], in[2])"),
    ("linear_relu", [X, numbers(12, 3, 4), numbers(13, 3)], lambda x, w, b: F.linear(x, w, b).relu(), "ag_linear_relu(in[0], in[1], in[2])"),
    ("conv2d", [IMAGE, KERNEL, SHIFT], lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(0, 1)),
     "ag_conv2d(in[0], in[1], in[2], .stride = 2, .stride_w = 1, .padding_w = 1)"),
    ("grouped conv2d", [IMAGE, GROUPED, BIAS], lambda x, w, b: F.conv2d(x, w, b, dilation=2, groups=2),
     "ag_conv2d(in[0], in[1], in[2], .dilation = 2, .groups = 2)"),
    ("max_pool2d", [IMAGE], lambda x: F.max_pool2d(x, 3, 2, 1), "ag_max_pool2d(in[0], .kernel = 3, .stride = 2, .padding = 1)"),
    ("avg_pool2d", [IMAGE], lambda x: F.avg_pool2d(x, 3, 2, 1), "ag_avg_pool2d(in[0], .kernel = 3, .stride = 2, .padding = 1)"),
    ("batch_norm", [BATCH, PER_CHANNEL, SHIFT], lambda x, w, b: F.batch_norm(x, None, None, w, b, True, eps=1e-3),
     "ag_batch_norm(in[0], in[1], in[2], .training = true, .eps = 1e-3)"),
    ("gather", [WIDE, INDEX], lambda x, i: x.gather(1, i), "ag_gather(in[0], 1, in[1])"),
    ("gelu", [X], F.gelu, "ag_gelu(in[0])"),
    ("softplus", [X], F.softplus, "ag_softplus(in[0])"),
    ("leaky_relu", [X], lambda x: F.leaky_relu(x, 0.2), "ag_leaky_relu(in[0], 0.2)"),
    ("pow", [X, Y], lambda x, y: torch.pow(x.exp(), y), "ag_pow(ag_exp(in[0]), in[1])"),
    ("mse_loss", [X, Y], F.mse_loss, "ag_mse_loss(in[0], in[1])"),
    ("l1_loss", [X, Y], lambda x, y: F.l1_loss(x, y, reduction="none"), "ag_l1_loss(in[0], in[1], .reduction = AG_NONE)"),
    ("smooth_l1_loss", [X, Y], lambda x, y: F.smooth_l1_loss(x, y, reduction="sum", beta=0.7),
     "ag_smooth_l1_loss(in[0], in[1], .reduction = AG_SUM, .beta = 0.7)"),
    ("nll_loss", [X, LABELS], lambda x, t: F.nll_loss(x, t, reduction="none"), "ag_nll_loss(in[0], in[1], .reduction = AG_NONE)"),
    ("cross_entropy", [X, LABELS], F.cross_entropy, "ag_cross_entropy(in[0], in[1])"),
    ("gaussian_nll_loss", [X, V, Y], lambda x, v, y: F.gaussian_nll_loss(x, y, v.exp(), full=True),
     "ag_gaussian_nll_loss(in[0], in[1], in[2], .full = true)"),
]
