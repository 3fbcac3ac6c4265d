"""Judges the pairs that the concealment example wrote, by PESQ, and prints tables.

MOS-LQO by ITU-T P.862.1 at 8 kHz and P.862.2 at 16 kHz. Usage: score.py FOLDER [by-jitter]
"""

import csv
import sys
import wave
from collections import defaultdict
from pathlib import Path

import numpy as np
from pesq import pesq


def samples(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


def score(folder, row):
    rate = int(row["rate_hz"])
    said, heard = samples(folder / row["reference"]), samples(folder / row["heard"])
    return pesq(rate, said, heard, "wb" if rate == 16000 else "nb")


def main():
    folder = Path(sys.argv[1])
    by_jitter = "by-jitter" in sys.argv[2:]
    found = defaultdict(list)
    with open(folder / "manifest.csv") as file:
        for row in csv.DictReader(file):
            network = (row["pattern"], int(row["loss"]), int(row["jitter"]) if by_jitter else 0)
            entry = (score(folder, row), float(row["delay_ms"]), float(row["kbit_s"]))
            found[row["codec"], row["method"], network].append(entry)
    for codec in sorted({codec for codec, _, _ in found}, reverse=True):
        networks = sorted({network for name, _, network in found if name == codec}, key=lambda n: (n[2], n[0], n[1]))
        names = [f"{pattern} {loss} %" + (f", {jitter} ms" if by_jitter else "") for pattern, loss, jitter in networks]
        print(f"\n**{codec}**\n\n| | kbit/s | " + " | ".join(names) + " |")
        print("| --- | ---: |" + " ---: |" * len(networks))
        for method in dict.fromkeys(method for name, method, _ in found if name == codec):
            cells, rates = [], []
            for network in networks:
                entries = found.get((codec, method, network))
                if not entries:
                    cells.append("")
                    continue
                mos, delay, rate = (sum(column) / len(entries) for column in zip(*entries))
                cells.append(f"{mos:.2f} / {delay:.0f}")
                rates.append(rate)
            print(f"| {method} | {sum(rates) / len(rates):.0f} | " + " | ".join(cells) + " |")


main()
