#!/usr/bin/env python3
"""An analysis of results with pandas: pandas-example.py [FOLDER], where FOLDER is results/reference or what results/pack made.

Prints the test accuracy of each fully connected network, and how long the policies of the inverted pendulum take to learn.
Ends with 77 where pandas is missing.
"""
import json
import pathlib
import sys
import tarfile

try:
    import pandas as pd
except ImportError:
    print("pandas is missing", file=sys.stderr)
    sys.exit(77)

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference")

# Results: a row per network and seed.
accuracy = pd.concat(
    pd.DataFrame({"network": case,
                  "seed": metrics["seeds"],
                  "task 1, %": metrics["final_accuracy_task1_percent"],
                  "task 2, %": metrics["final_accuracy_task2_percent"]})
    for case in ("fc-hh", "fc-slif2hh", "fc-4lif", "fc-lif", "fc-ann")
    for metrics in [json.load(open(folder / "full/multitask" / f"{case}.json"))["metrics"]])
print(accuracy.groupby("network", sort=False)[["task 1, %", "task 2, %"]].agg(["mean", "std"]).round(2))

# Series: the first step from which on the mean reward stays above 8, per policy and seed.
def learned(curve):
    below = curve.loc[curve["reward_moving_mean"] < 8, "step"]
    return curve["step"].max() if below.empty else below.max()


with tarfile.open(folder / "full/control/series.tar.gz") as series:
    steps = pd.DataFrame({
        case: pd.read_csv(series.extractfile(f"{case}-curve.csv")).groupby("seed").apply(learned)
        for case in ("ip-hh", "ip-slif2hh", "ip-4lif", "ip-lif", "ip-ann")})
print()
print("Last step with a mean reward below 8")
print(steps)
