#!/usr/bin/env python3
"""Times other simulators on the neurons of hh4lif-bench's hh_steps_per_s: 1000 Hodgkin-Huxley neurons, form A, I = 10
uA/cm^2, dt = 0.01 ms, one core, double precision; and PyTorch on the windows of true_hh_bptt_steps_per_s. Prints JSON lines of the
same form.

    brian2_hh_steps_per_s             Brian2, its compiled (Cython) loop, forward Euler
    brian2_exp_hh_steps_per_s         the same, exponential Euler
    brian2_standalone_hh_steps_per_s  Brian2, C++ standalone program, forward Euler
    neuron_hh_steps_per_s             NEURON, its hh mechanism (backward Euler, rates from a table)
    torch_true_hh_bptt_steps_per_s    PyTorch, its own backpropagation through time through the same equations, float32

Time to generate and compile code and to set up a run is left out: each figure comes from the difference between a long
and a short run. Debian packages: python3-brian cython3 g++ python3-neuron python3-torch; run it with the python that has them (Debian's /usr/bin/python3).
"""
import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import warnings

warnings.simplefilter("ignore")  # of the simulators' own dependencies
os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")

N, DT_MS, INPUT = 1000, 0.01, 10.0
SHORT, LONG = 100, 2100  # steps; their difference is timed
BPTT_N, BPTT_SHORT, BPTT_LONG = 4096, 100, 1000  # enough neurons that PyTorch's cost per operation does not count
NOT_RUN = 77


def put(name, short, long, steps, version):
    """short, long: seconds of the runs, steps: that the long ones do more. A figure comes from the difference of the medians, "best"
    from that of the least."""
    print(json.dumps({"benchmark": name, "value": steps / (statistics.median(long) - statistics.median(short)),
                      "unit": "neuron-steps/s", "threads": 1, "best": steps / (min(long) - min(short)),
                      "repetitions": len(long), "version": version}), flush=True)


def times_of(run, repetitions, lengths=(SHORT, LONG)):
    """run(steps) -> seconds, alternately for a short and a long run, after one run to warm up."""
    run(lengths[0])
    pairs = [tuple(run(steps) for steps in lengths) for _ in range(repetitions)]
    return [short for short, _ in pairs], [long for _, long in pairs]


BRIAN_EQUATIONS = """
dV/dt = (I - 120*m**3*h*(V-50) - 36*n**4*(V+77) - 0.3*(V+54.387))/ms : 1
dm/dt = (0.1*(V+40)/(1-exp(-(V+40)/10))*(1-m) - 4*exp(-(V+65)/18)*m)/ms : 1
dh/dt = (0.07*exp(-(V+65)/20)*(1-h) - 1/(1+exp(-(V+35)/10))*h)/ms : 1
dn/dt = (0.01*(V+55)/(1-exp(-(V+55)/10))*(1-n) - 0.125*exp(-(V+65)/80)*n)/ms : 1
I : 1 (constant)
"""


def spread(group):
    """Initial states over a part of the cycle, so that neurons are not copies of one another."""
    group.V = "-70.001 + 20.0*i/N"  # not -55: these equations divide 0 by 0 there
    group.m, group.h, group.n = 0.0529, 0.5961, 0.3177
    group.I = INPUT


def brian2(method, repetitions):
    from brian2 import Network, NeuronGroup, defaultclock, ms, prefs
    prefs.codegen.target = "cython"
    defaultclock.dt = DT_MS * ms
    group = NeuronGroup(N, BRIAN_EQUATIONS, method=method)
    spread(group)
    net = Network(group)

    def run(steps):
        begin = time.perf_counter()
        net.run(steps * DT_MS * ms)
        return time.perf_counter() - begin

    times = times_of(run, repetitions)
    check(group.V[:].min(), group.V[:].max())
    return times


def brian2_standalone(repetitions):
    import brian2
    from brian2 import Network, NeuronGroup, defaultclock, device, ms, set_device
    folder = tempfile.mkdtemp(prefix="hh4lif-brian2-")
    seconds = {}
    try:
        for steps in (SHORT, LONG):
            set_device("cpp_standalone", directory=os.path.join(folder, str(steps)), build_on_run=False)
            device.reinit()
            device.activate(directory=os.path.join(folder, str(steps)), build_on_run=False)
            defaultclock.dt = DT_MS * ms
            group = NeuronGroup(N, BRIAN_EQUATIONS, method="euler")
            spread(group)
            net = Network(group)
            net.run(steps * DT_MS * ms)
            device.build(directory=os.path.join(folder, str(steps)), compile=True, run=False, debug=False)
            seconds[steps] = []
            for _ in range(repetitions + 1):
                device.run(os.path.join(folder, str(steps)), with_output=False, run_args=[])
                seconds[steps].append(device._last_run_time)
            check(group.V[:].min(), group.V[:].max())
        return seconds[SHORT][1:], seconds[LONG][1:]
    finally:
        brian2.set_device("runtime")
        shutil.rmtree(folder, ignore_errors=True)


def neuron(repetitions):
    from neuron import h
    h.load_file("stdrun.hoc")
    h.celsius = 6.3
    h.dt = DT_MS
    sections, clamps = [], []
    for i in range(N):
        section = h.Section(name="cell%d" % i)
        section.nseg = 1
        section.L = section.diam = 100 / 3.141592653589793 ** 0.5  # 1e4 um^2
        section.insert("hh")
        clamp = h.IClamp(section(0.5))
        clamp.delay, clamp.dur, clamp.amp = 0, 1e9, INPUT * 0.1  # nA: 10 uA/cm^2 on 1e-4 cm^2 is 1 nA
        sections.append(section)
        clamps.append(clamp)
    h.finitialize(-65)
    for i, section in enumerate(sections):
        section(0.5).v = -70.001 + 20.0 * i / N
    pc = h.ParallelContext()
    pc.set_maxstep(10)

    def run(steps):
        begin = time.perf_counter()
        pc.psolve(h.t + steps * DT_MS)
        return time.perf_counter() - begin

    times = times_of(run, repetitions)
    values = [section(0.5).v for section in sections]
    check(min(values), max(values))
    return times


def torch_window(torch, I, steps):
    """The readout of true_hh.h after so many steps of 0.02 ms, for the currents I."""
    def rates(V):
        x, y, u = (V + 40) / 10, (V + 55) / 10, V + 65
        am = torch.where(x.abs() < 1e-4, 1 + x / 2, x / (1 - torch.exp(-x)))
        an = 0.1 * torch.where(y.abs() < 1e-4, 1 + y / 2, y / (1 - torch.exp(-y)))
        return (am, 4 * torch.exp(-u / 18), 0.07 * torch.exp(-u / 20), 1 / (1 + torch.exp(-(V + 35) / 10)), an,
                0.125 * torch.exp(-u / 80))

    dt, V, total = 0.02, torch.full_like(I, -65.0), torch.zeros_like(I)
    am, bm, ah, bh, an, bn = rates(V)
    m, h, n = am / (am + bm), ah / (ah + bh), an / (an + bn)
    for _ in range(steps):
        am, bm, ah, bh, an, bn = rates(V)
        dV = I - 120 * m**3 * h * (V - 50) - 36 * n**4 * (V + 77) - 0.3 * (V + 54.387)
        m, h, n = m + dt * (am * (1 - m) - bm * m), h + dt * (ah * (1 - h) - bh * h), n + dt * (an * (1 - n) - bn * n)
        V = V + dt * dV
        total = total + torch.sigmoid((V + 20) / 2)
    return total / steps


def torch_bptt(repetitions):
    import torch
    torch.set_num_threads(1)
    I = torch.linspace(-8, 32, BPTT_N, requires_grad=True)

    def run(steps):
        I.grad = None
        begin = time.perf_counter()
        torch_window(torch, I, steps).sum().backward()
        return time.perf_counter() - begin

    times = times_of(run, repetitions, (BPTT_SHORT, BPTT_LONG))
    seven = torch.tensor([7.0], requires_grad=True)
    rate = torch_window(torch, seven, 1000)
    rate.backward()
    if not (abs(rate.item() - 0.10661) < 1e-3 and abs(seven.grad.item() - 0.0762) < 1e-3):  # tests/cli/learning.sh has them too
        sys.exit("peers.py: PyTorch gave rate %g, derivative %g at 7 uA/cm^2" % (rate.item(), seven.grad.item()))
    return times


def check(least, most):
    """The neurons must be alive, or the figure means nothing."""
    if not (-90 < least < most < 60 and most - least > 1):
        sys.exit("peers.py: potentials ended between %g and %g mV: nothing was simulated" % (least, most))


def main():
    packages = {"brian2": "python3-brian cython3 g++", "neuron": "python3-neuron", "torch": "python3-torch"}
    peers = {
        "brian2_hh_steps_per_s": ("brian2", lambda r: brian2("euler", r)),
        "brian2_exp_hh_steps_per_s": ("brian2", lambda r: brian2("exponential_euler", r)),
        "brian2_standalone_hh_steps_per_s": ("brian2", brian2_standalone),
        "neuron_hh_steps_per_s": ("neuron", neuron),
        "torch_true_hh_bptt_steps_per_s": ("torch", torch_bptt),
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=sorted(peers), help="run this one (repeatable; default: all)")
    parser.add_argument("--repetitions", type=int, default=5, help="runs of each (default 5)")
    options = parser.parse_args()
    done = 0
    for name, (module, function) in peers.items():
        if options.only and name not in options.only:
            continue
        try:
            version = __import__(module).__version__
        except ImportError:
            print("peers.py: %s: not run: %s has no module %s (Debian: apt-get install %s)" % (name, sys.executable, module, packages[module]), file=sys.stderr)
            continue
        steps = BPTT_N * (BPTT_LONG - BPTT_SHORT) if function is torch_bptt else N * (LONG - SHORT)
        put(name, *function(options.repetitions), steps, version)
        done += 1
    sys.exit(0 if done else NOT_RUN)


if __name__ == "__main__":
    main()
