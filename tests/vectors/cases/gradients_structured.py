"""Gradients of the second order of structured operators: what the operators that compute gradients give, and their own gradients."""
import torch
import torch.nn.functional as F

from . import again, integers, numbers
from .normalisation import norm_relu

X, Y, ROW = numbers(61, 3, 4, low=-2.5, high=2.5), numbers(62, 3, 4), numbers(64, 4)
P, Q = numbers(67, 3, 4, low=0.1, high=0.9), numbers(68, 3, 4, low=0.1, high=0.9)
BATCH, LONG, MASK = numbers(69, 2, 3, 4), numbers(70, 7), Y.detach() > 0
IMAGE, KERNEL, BACK = numbers(71, 1, 2, 4, 5), numbers(72, 2, 2, 2, 3), numbers(73, 2, 2, 2, 2)
CHANNELS, SHIFT = numbers(74, 2), numbers(75, 2)
PLACES, FEW = integers(2, 0, 2, 1), integers([2, 0], [1, 0])


def arrangement():
    yield again("slice", [BATCH], lambda x: x[:, :, 1:4:2], "ag_slice(in[0], 2, 1, 4, 2)")
    yield again("unfold", [LONG], lambda x: x.unfold(0, 3, 2), "ag_unfold(in[0], 0, 3, 2)")
    yield again("diagonal", [BATCH], lambda x: x.diagonal(1, 1, 2), "ag_diagonal(in[0], 1, 1, 2)")
    yield again("pad reflect", [BATCH], lambda x: F.pad(x, (2, 1), "reflect"), "ag_pad(in[0], AG_PADDING(2, 1), AG_REFLECT)")
    yield again("gather", [X, FEW], lambda x, i: x.gather(1, i), "ag_gather(in[0], 1, in[1])")
    yield again("index_select", [X, PLACES], lambda x, i: x.index_select(1, i), "ag_index_select(in[0], 1, in[1])")
    yield again("masked_select", [X, MASK], torch.masked_select, "ag_masked_select(in[0], in[1])")
    yield again("scatter", [X, FEW, Y], lambda x, i, s: x.scatter(1, i, s[:2, :2]), "ag_scatter(in[0], 1, in[1], in[2])")


def between_normalisations(x, w, b, norm):
    z = ((x - norm[0]) * norm[1] + norm[2]).relu()
    rows = F.conv2d(z.permute(0, 3, 1, 2), w, b).permute(0, 2, 3, 1).flatten(0, 2)
    return torch.cat([rows.flatten(), rows.mean(0), rows.var(0, unbiased=False)])


def pooled(x, w, b, norm):
    z = norm_relu(F.conv2d(x.permute(0, 3, 1, 2), w, b).permute(0, 2, 3, 1), norm)
    return F.max_pool2d(z.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)


POOLED = ("ag_norm_relu(ag_conv2d(in[0], in[1], in[2], .channels_last = true, .pool = 2, "
          ".pool_sign = ag_reshape(ag_slice(in[3], 0, 1, 2, 1), AG_SHAPE(2))), in[3])")


def layers():
    yield again("linear", [X, numbers(82, 2, 4), SHIFT], F.linear, "ag_linear(in[0], in[1], in[2])")
    yield again("linear_relu", [X, numbers(82, 2, 4), SHIFT], lambda x, w, b: F.linear(x, w, b).relu(), "ag_linear_relu(in[0], in[1], in[2])")
    yield again(*again("linear_relu", [X, numbers(82, 2, 4), SHIFT], lambda x, w, b: F.linear(x, w, b).relu(), "ag_linear_relu(in[0], in[1], in[2])"))
    yield again("conv2d", [IMAGE, KERNEL], lambda x, w: F.conv2d(x, w, stride=2, padding=1), "ag_conv2d(in[0], in[1], .stride = 2, .padding = 1)")
    yield again(*again("conv2d", [numbers(78, 1, 2, 3, 4), KERNEL], lambda x, w: F.conv2d(x, w, stride=2, padding=1), "ag_conv2d(in[0], in[1], .stride = 2, .padding = 1)"))
    yield again("conv2d by Winograd", [IMAGE, numbers(76, 2, 2, 3, 3)], lambda x, w: F.conv2d(x, w, padding=1), "ag_conv2d(in[0], in[1], .padding = 1)")
    yield again("conv2d between normalisations", [numbers(79, 2, 4, 5, 2), KERNEL, SHIFT, numbers(80, 3, 2)], between_normalisations, "between_normalisations(in)")
    yield again("conv2d pooled before its normalisation", [numbers(81, 2, 6, 6, 2), KERNEL, SHIFT, numbers(82, 3, 2)], pooled, POOLED)
    yield again("conv_transpose2d", [IMAGE, BACK], F.conv_transpose2d, "ag_conv_transpose2d(in[0], in[1])")
    yield again("avg_pool2d", [IMAGE], lambda x: F.avg_pool2d(x, 3, 2, 1), "ag_avg_pool2d(in[0], 3, 2, 1)")
    yield again("max_pool2d", [IMAGE], lambda x: F.max_pool2d(x, 3, 2, 1), "ag_max_pool2d(in[0], 3, 2, 1)")
    yield again(*again("max_pool2d", [IMAGE], lambda x: F.max_pool2d(x, 3, 2, 1), "ag_max_pool2d(in[0], 3, 2, 1)"))
    last = lambda pool: lambda x: pool(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    yield again("avg_pool2d, channels last", [IMAGE], last(F.avg_pool2d), "ag_avg_pool2d(in[0], 2, .channels_last = true)")
    yield again(*again("max_pool2d, channels last", [IMAGE], last(F.max_pool2d), "ag_max_pool2d(in[0], 2, .channels_last = true)"))
    yield again("interpolate", [IMAGE], lambda x: F.interpolate(x, (3, 7), mode="bilinear"), "ag_interpolate(in[0], 3, 7, .mode = AG_LINEAR)")
    yield again("batch_norm", [IMAGE, CHANNELS, SHIFT], lambda x, w, b: F.batch_norm(x, None, None, w, b, True), "ag_batch_norm(in[0], in[1], in[2], .training = true)")
    yield again("norm_relu", [X, numbers(79, 3, 4)], norm_relu, "ag_norm_relu(in[0], in[1])")
    yield again("layer_norm", [X, ROW], lambda x, w: F.layer_norm(x, (4,), w), "ag_layer_norm(in[0], AG_SHAPE(4), in[1])")
    yield again("softmax", [X], lambda x: x.softmax(1), "ag_softmax(in[0], 1)")
    yield again("log_softmax", [X], lambda x: x.log_softmax(1), "ag_log_softmax(in[0], 1)")


def losses():
    yield again("mse_loss", [X, Y], F.mse_loss, "ag_mse_loss(in[0], in[1])")
    yield again("gaussian_nll_loss", [X, Y, ROW], lambda x, v, t: F.gaussian_nll_loss(x, t.expand(3, 4), v.exp()), "ag_gaussian_nll_loss(in[0], in[1], ag_expand(in[2], AG_SHAPE(3, 4)))")
    yield again("binary_cross_entropy", [P, Q], F.binary_cross_entropy, "ag_binary_cross_entropy(in[0], in[1])")
    yield again("smooth_l1_loss", [X, Y], lambda x, y: F.smooth_l1_loss(x, y, beta=0.7), "ag_smooth_l1_loss(in[0], in[1], .beta = 0.7)")


CASES = [*arrangement(), *layers(), *losses()]
