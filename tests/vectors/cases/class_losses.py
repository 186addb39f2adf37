"""Losses of classes: labels, weights, labels to be ignored, smoothing, probabilities."""
import torch
import torch.nn.functional as F

from . import each_reduction, fixed, integers, numbers

X, ROW = numbers(51, 3, 4), numbers(57, 4, low=0.2, high=2)
EMPTY = torch.zeros(0, 4, dtype=torch.float64).requires_grad_()
LABELS, IGNORED, NONE_LEFT = integers(2, 0, 3), integers(2, -100, 3), integers(-100, -100, -100)
PLANE, PLACES, HOLES = numbers(59, 2, 4, 3), integers([0, 3, 1], [2, 2, 0]), integers([0, 1, 1], [2, 1, 0])
CHANCES = numbers(60, 3, 4).detach().softmax(1).requires_grad_()
OF_CLASSES = (F.nll_loss, F.cross_entropy)


def class_cases():
    for f in OF_CLASSES:
        name, call = f.__name__, f"ag_{f.__name__}(in[0], in[1]"
        weight = fixed(ROW)
        yield from each_reduction(name, [X, LABELS], f, call)
        yield from each_reduction(f"{name} planes", [PLANE, PLACES], f, call)
        yield from each_reduction(f"{name} weighted", [X, LABELS, weight], lambda x, t, w, f=f, **k: f(x, t, w, **k), f"{call}, .weight = in[2]")
        yield from each_reduction(f"{name} ignored", [X, IGNORED, weight], lambda x, t, w, f=f, **k: f(x, t, w, **k), f"{call}, .weight = in[2]")
        yield from each_reduction(f"{name} ignored planes", [PLANE, HOLES], lambda x, t, f=f, **k: f(x, t, ignore_index=1, **k),
                                  f"{call}, .ignoring = true, .ignore_index = 1")
        yield f"{name} nothing left", [fixed(X), NONE_LEFT], f, f"{call})"
        yield f"{name} nothing left sum", [X, NONE_LEFT], lambda x, t, f=f: f(x, t, reduction="sum"), f"{call}, .reduction = AG_SUM)"
        yield f"{name} nothing", [fixed(EMPTY), integers()], f, f"{call})"
        yield f"{name} one", [ROW, integers(2).reshape(())], f, f"{call})"
    for kind, weight in ("", None), (" weighted", fixed(ROW)):
        option, more = (", .weight = in[2]", [weight]) if kind else ("", [])
        smooth = lambda x, t, w=None, **k: F.cross_entropy(x, t, w, label_smoothing=0.3, **k)
        yield from each_reduction(f"smooth cross_entropy{kind}", [X, LABELS, *more], smooth, f"ag_cross_entropy(in[0], in[1], .label_smoothing = 0.3{option}")
        yield from each_reduction(f"smooth cross_entropy{kind} ignored", [X, IGNORED, *more], smooth,
                                  f"ag_cross_entropy(in[0], in[1], .label_smoothing = 0.3{option}")
        yield from each_reduction(f"cross_entropy of chances{kind}", [X, CHANCES, *more], lambda x, t, w=None, **k: F.cross_entropy(x, t, w, **k),
                                  f"ag_cross_entropy(in[0], in[1]{option}")
        yield from each_reduction(f"smooth cross_entropy of chances{kind}", [X, CHANCES, *more], smooth,
                                  f"ag_cross_entropy(in[0], in[1], .label_smoothing = 0.3{option}")
    yield from each_reduction("smooth cross_entropy planes", [PLANE, PLACES], lambda x, t, **k: F.cross_entropy(x, t, label_smoothing=0.1, **k),
                              "ag_cross_entropy(in[0], in[1], .label_smoothing = 0.1")
    yield "cross_entropy of chances of one", [ROW, fixed(CHANCES[0])], F.cross_entropy, "ag_cross_entropy(in[0], in[1])"


CASES = [*class_cases()]
