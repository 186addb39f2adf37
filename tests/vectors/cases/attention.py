"""Attention. PyTorch 1.13 has no scaled_dot_product_attention for its users, so its formula stands for it."""
import torch
from torch import nn

from . import fixed, numbers, row, taken

Q, K, V = numbers(96, 2, 3, 4), numbers(97, 2, 5, 4), numbers(98, 2, 5, 3)
ADDED, SEEN = numbers(99, 3, 5), numbers(100, 3, 5).detach() > -0.6
TOKENS, KEYS = numbers(101, 2, 3, 4), numbers(102, 2, 5, 4)
BLOCKED, PADDED = ~SEEN, torch.tensor([[False, False, True, False, True], [False, True, False, False, False]])
FULLY = torch.tensor([[True, True, True, True, True], [False] * 5, [True, False, True, False, False]])


def attention(q, k, v, mask=None, scale=None):
    scores = q @ k.transpose(-2, -1) * (scale or q.shape[-1] ** -0.5)
    if mask is not None:
        scores = scores + mask if mask.dtype != torch.bool else scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1) @ v


def multihead(q, k, flat, **options):
    shapes = [(12, 4), (12,), (4, 4), (4,)]
    net = nn.MultiheadAttention(4, 2, batch_first=True).double()
    names = [name for name, _ in net.named_parameters()]
    y, w = torch.nn.utils.stateless.functional_call(net, dict(zip(names, taken(flat, shapes))), (q, k, k), options)
    return torch.cat([y.flatten(), w.flatten()])


ATTEND, HEADS = "ag_scaled_dot_product_attention(in[0], in[1], in[2]", row(107, [(12, 4), (12,), (4, 4), (4,)])
TRIANGLE = torch.ones(3, 5, dtype=torch.bool).tril()


def multihead_case(name, q, k, masks, call):
    masks = dict(masks)
    return f"multihead {name}", [q, k, HEADS, *masks.values()], lambda q, k, w, *m: multihead(q, k, w, **dict(zip(masks, m))), f"multihead_outputs(in[0], in[1], in[2]{call})"


CASES = [
    ("attention", [Q, K, V], attention, ATTEND + ")"),
    ("attention scale", [Q, K, V], lambda q, k, v: attention(q, k, v, scale=0.3), ATTEND + ", .scale = 0.3)"),
    ("attention added", [Q, K, V, ADDED], attention, ATTEND + ", in[3])"),
    ("attention seen", [Q, K, V, SEEN], attention, ATTEND + ", in[3])"),
    ("attention causal", [Q, K, V], lambda q, k, v: attention(q, k, v, TRIANGLE), ATTEND + ", .causal = true)"),
    ("attention heads", [numbers(108, 1, 2, 3, 4), numbers(109, 2, 1, 3, 4), numbers(110, 3, 2)], attention, ATTEND + ")"),
    ("attention blind", [fixed(Q), fixed(K), fixed(V), ~FULLY], attention, ATTEND + ", in[3])"),
    multihead_case("", TOKENS, KEYS, {}, ", NULL, NULL"),
    multihead_case("alone", numbers(111, 3, 4), numbers(112, 5, 4), {}, ", NULL, NULL"),
    multihead_case("mask", TOKENS, KEYS, {"attn_mask": BLOCKED}, ", in[3], NULL"),
    multihead_case("added", TOKENS, KEYS, {"attn_mask": fixed(ADDED)}, ", in[3], NULL"),
    multihead_case("each head", TOKENS, KEYS, {"attn_mask": fixed(numbers(113, 4, 3, 5))}, ", in[3], NULL"),
    multihead_case("padding", TOKENS, KEYS, {"key_padding_mask": PADDED}, ", NULL, in[3]"),
    multihead_case("both", TOKENS, KEYS, {"attn_mask": BLOCKED, "key_padding_mask": PADDED}, ", in[3], in[4]"),
]
