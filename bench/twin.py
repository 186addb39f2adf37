#!/usr/bin/env python3
"""The same work as the kinds of bench/, with PyTorch. Started by the benchmark; bench/side.h says what it answers to."""
import os
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as missing:
    sys.exit(print(f"error Python says: {missing} (Debian: apt-get install python3-torch)", flush=True))


def numbers(*shape):
    return torch.rand(shape) * 0.9 + 0.1


def training(model, x, y, loss):
    """A step of training on one batch."""
    adam = torch.optim.Adam(model.parameters(), lr=0.001)

    def step(images=x, targets=y):
        adam.zero_grad()
        loss(model(images), targets).backward()
        adam.step()

    return step


def cnn_and_data(s, count):
    layers, side = [], s["side"]
    for i in range(s["layers"]):
        layers += [nn.Conv2d(s["channels"] if i else 1, s["channels"], 3, padding=s["padding"]),
                   nn.BatchNorm2d(s["channels"]), nn.ReLU()]
        side += 2 * s["padding"] - 2
    model = nn.Sequential(*layers, nn.MaxPool2d(2), nn.Dropout(0.1), nn.Flatten(),
                          nn.Linear(s["channels"] * (side // 2)**2, 10))
    return model, numbers(count, 1, s["side"], s["side"]), torch.arange(count) * 7 % 10


def cnn(s):
    return training(*cnn_and_data(s, s["batch"]), F.cross_entropy)


def epoch(s):
    model, images, labels = cnn_and_data(s, s["n"])
    step = training(model, None, None, F.cross_entropy)

    def run():
        for i in range(0, s["n"], s["batch"]):
            step(images[i:i + s["batch"]], labels[i:i + s["batch"]])

    return run


def conv(s):
    of_input, of_weight = s["op"] == "grad_input", s["op"] == "grad_weight"
    x = numbers(s["batch"], s["channels"], s["side"], s["side"]).requires_grad_(of_input)
    weight = numbers(s["channels"], s["channels"], 3, 3).requires_grad_(of_weight)
    y = F.conv2d(x, weight, padding=s["padding"])
    g = numbers(*y.shape)
    if of_input or of_weight:
        return lambda: torch.autograd.grad(y, x if of_input else weight, g, retain_graph=True)
    return lambda: F.conv2d(x, weight, padding=s["padding"])


def trunk(s):
    layers = []
    for i in range(s["layers"]):
        layers += [nn.Linear(s["width"] if i else 4, s["width"]), nn.ReLU()]
    return nn.Sequential(*layers)


class Gaussian(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.trunk, self.mu, self.log_variance = trunk(s), nn.Linear(s["width"], 1), nn.Linear(s["width"], 1)

    def forward(self, x):
        h = self.trunk(x)
        return self.mu(h), self.log_variance(h)


def mlp(s):
    model = nn.Sequential(trunk(s), nn.Linear(s["width"], 1))
    return training(model, numbers(s["batch"], 4), numbers(s["batch"], 1), F.mse_loss)


def gaussian(s):
    def loss(p, y):
        return F.gaussian_nll_loss(p[0], y, p[1].exp())

    return training(Gaussian(s), numbers(s["batch"], 4), numbers(s["batch"], 1), loss)


def chain(s):
    x = torch.tensor(0.5, requires_grad=True)

    def run():
        y = x
        for _ in range(0, s["n"], 2):
            y = y * x + x
        torch.autograd.grad(y, x)

    return run


def one(s):
    x = torch.tensor(0.5, requires_grad=True)

    def run():
        for _ in range(s["n"]):
            x + x

    return run


OPERATORS = {
    "add": lambda x, y: x + y, "mul": lambda x, y: x * y, "exp": torch.exp, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
    "gelu": F.gelu, "relu": torch.relu, "sum": torch.sum, "mean": torch.mean, "max": torch.amax, "var": torch.var,
    "softmax": lambda x: torch.softmax(x, 1),
    "max_pool2d": lambda x: F.max_pool2d(x, 2), "avg_pool2d": lambda x: F.avg_pool2d(x, 2),
}


def operator_of(s):
    """The operator, its operands, and which of them are trained."""
    channels = s["channels"]
    x = numbers(s["batch"], channels, s["side"], s["side"])
    if s["op"] == "softmax":
        x = x.reshape(-1, s["side"]**2)
    if s["op"] in ("add", "mul"):
        return OPERATORS[s["op"]], [x, numbers(*x.shape)]
    if s["op"] == "batch_norm":
        mean, var = torch.zeros(channels), torch.ones(channels)
        return lambda x, w, b: F.batch_norm(x, mean, var, w, b, training=True), [x, numbers(channels), numbers(channels)]
    return OPERATORS[s["op"]], [x]


def forward(s):
    function, operands = operator_of(s)
    return lambda: function(*operands)


def gradient(s):
    function, operands = operator_of(s)
    g = numbers(*function(*operands).shape)
    for x in operands:
        x.requires_grad_()
    return lambda: torch.autograd.grad(function(*operands), operands, g)


def adam(s):
    parameters = [nn.Parameter(torch.zeros(s["n"] // 10)) for _ in range(10)]
    for p in parameters:
        p.grad = numbers(*p.shape)
    return torch.optim.Adam(parameters, lr=0.001).step


KINDS = {f.__name__: f for f in (cnn, epoch, conv, mlp, gaussian, chain, one, forward, gradient, adam)}


def make(words):
    s = dict(word.split("=") for word in words[1:])
    s = {name: value if name == "op" else int(value) for name, value in s.items()}
    torch.set_num_threads(s["threads"])
    return KINDS[words[0]](s)


def timed(run, times):
    start = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - start


def peak():
    """The most bytes that this process had in memory."""
    with open("/proc/self/status") as status:
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def hello():
    one_dnn = "with oneDNN" if torch.backends.mkldnn.is_available() else "without oneDNN"
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA")
    lines = torch.__config__.show().split("\n")
    kernels = next((line.split(": ")[1] for line in lines if "CPU capability" in line), "unknown")
    return f"PyTorch {torch.__version__} {one_dnn}{f' up to {limit}' if limit else ''}, {kernels} kernels"


def main():
    torch.manual_seed(0)
    run = None
    for line in sys.stdin:
        words = line.split()
        try:
            answer = ""
            if words[0] == "make":
                run = None
                run = make(words[1:])
            elif words[0] == "run":
                answer = timed(run, int(words[1]))
            elif words[0] == "peak":
                answer = peak()
            elif words[0] == "hello":
                answer = hello()
            else:
                raise ValueError(f"there is no request {words[0]}")
            print("ok", answer, flush=True)
        except Exception as wrong:
            print("error twin.py:", " ".join(str(wrong).split()), flush=True)


if __name__ == "__main__":
    main()
