"""Judges what was heard beside what was said, by PESQ, for `double_talk.rs`.

Reads lines `RATE_HZ SAID.raw HEARD.raw` (16-bit samples of this machine's byte order) and answers each with MOS-LQO:
ITU-T P.862.1 at 8000 Hz, P.862.2 at 16000 Hz.
"""

import sys

import numpy as np
from pesq import pesq

for line in sys.stdin:
    rate, said, heard = line.split()
    pair = (np.fromfile(file, dtype=np.int16) for file in (said, heard))
    print(pesq(int(rate), *pair, "wb" if rate == "16000" else "nb"), flush=True)
