"""The music on hold: sixteen bars for electric piano, soft strings, bass and bells, composed for Cordboard.

37 seconds that loop without a seam: what rings on past the end is folded back to the beginning. Written for a
telephone: nothing that matters lies below 130 Hz or above 3.2 kHz.
"""

import numpy as np

BEATS_PER_MINUTE = 104
BARS = 16
BEATS_PER_BAR = 4

# Four phrases of four bars; notes as MIDI numbers, chord and bass root.
CHORDS = [
    ([64, 67, 71, 74], 48),  # C major seventh with ninth
    ([64, 67, 72, 76], 57),  # A minor seventh
    ([65, 69, 72, 76], 53),  # F major seventh
    ([65, 67, 71, 74], 55),  # G seventh
    ([64, 67, 71, 74], 52),  # E minor seventh
    ([64, 67, 72, 76], 57),  # A minor seventh
    ([65, 69, 72, 77], 50),  # D minor seventh
    ([65, 67, 72, 74], 55),  # G suspended
    ([64, 67, 71, 74], 48),  # C major seventh with ninth
    ([64, 68, 71, 74], 52),  # E seventh
    ([64, 69, 72, 76], 57),  # A minor
    ([65, 69, 72, 76], 53),  # F major seventh
    ([65, 69, 74, 77], 50),  # D minor
    ([65, 67, 71, 74], 55),  # G seventh
    ([64, 67, 72, 76], 48),  # C major
    ([65, 67, 72, 74], 55),  # G suspended, which leads back to the first bar
]

# Beat within the phrase's four bars, note, beats held; None repeats the first phrase.
MELODY = [
    [(0, 79, 1.5), (1.5, 76, 0.5), (2, 74, 2), (4.5, 72, 0.5), (5, 74, 1), (6, 76, 2), (8, 81, 1.5), (9.5, 79, 0.5),
     (10, 76, 2), (12.5, 74, 0.5), (13, 76, 1), (14, 71, 2)],
    [(0, 79, 1), (1, 83, 1), (2, 81, 2), (4, 79, 1), (5, 76, 1), (6, 72, 2), (8.5, 74, 0.5), (9, 77, 1), (10, 81, 1),
     (11, 79, 1), (12, 74, 3)],
    [(0, 79, 1.5), (1.5, 76, 0.5), (2, 74, 2), (4, 76, 1), (5, 80, 1), (6, 83, 2), (8, 84, 1.5), (9.5, 83, 0.5),
     (10, 81, 2), (12, 79, 1), (13, 77, 1), (14, 76, 2)],
    [(0, 77, 1.5), (1.5, 76, 0.5), (2, 74, 2), (4, 71, 1), (5, 74, 1), (6, 77, 2), (8, 76, 3), (12.5, 72, 0.5),
     (13, 74, 2.5)],
]

# Which of the chord's four notes each half beat of a bar picks; None rests.
PICKING = [0, 2, 1, 3, None, 2, 1, 2]


def frequency(note: float) -> float:
    return 440.0 * 2 ** ((note - 69) / 12)


class Score:
    """A loop of sound into which notes are written; what passes the end goes on at the beginning."""

    def __init__(self, rate_hz: int):
        self.rate_hz = rate_hz
        self.beat = 60 / BEATS_PER_MINUTE
        self.samples = np.zeros(round(BARS * BEATS_PER_BAR * self.beat * rate_hz))

    def add(self, at_beat: float, sound: np.ndarray) -> None:
        start = round(at_beat * self.beat * self.rate_hz)
        np.add.at(self.samples, (start + np.arange(len(sound))) % len(self.samples), sound)

    def time(self, seconds: float) -> np.ndarray:
        return np.arange(round(seconds * self.rate_hz)) / self.rate_hz


def electric_piano(time: np.ndarray, note: float, loudness: float) -> np.ndarray:
    """A struck tine: frequency modulation that dies away faster than the tone."""
    angle = 2 * np.pi * frequency(note) * time
    modulation = 1.1 * loudness * np.exp(-time * 6) * np.sin(angle)
    tine = 0.12 * np.exp(-time * 14) * np.sin(angle * 5)
    return loudness * np.exp(-time * 1.7) * (np.sin(angle + modulation) + tine) * attack(time, 0.004)


def strings(time: np.ndarray, note: float, loudness: float, held: float) -> np.ndarray:
    """Three players slightly out of tune, swelling and fading over half a second."""
    sound = np.zeros_like(time)
    for detune, phase in ((-0.06, 0.0), (0.0, 2.1), (0.05, 4.2)):
        angle = 2 * np.pi * frequency(note + detune) * time + phase
        sound += np.sin(angle) + 0.35 * np.sin(2 * angle) + 0.12 * np.sin(3 * angle)
    swell = np.clip(np.minimum(time / 0.5, (held + 0.5 - time) / 0.5), 0, 1)
    return loudness / 3 * sound * np.sin(swell * np.pi / 2) ** 2


def bass(time: np.ndarray, note: float, loudness: float) -> np.ndarray:
    """A plucked string whose overtones carry it through a telephone."""
    sound = np.zeros_like(time)
    for overtone, share in ((1, 1.0), (2, 0.7), (3, 0.4), (4, 0.2)):
        sound += share * np.exp(-time * (1.4 + overtone)) * np.sin(2 * np.pi * frequency(note) * overtone * time)
    return loudness * sound * attack(time, 0.006)


def bell(time: np.ndarray, note: float, loudness: float) -> np.ndarray:
    """A soft vibraphone: tone and double octave, with a slow tremolo."""
    angle = 2 * np.pi * frequency(note) * time
    tremolo = 1 - 0.15 * (1 - np.cos(2 * np.pi * 4.5 * time)) / 2
    sound = np.exp(-time * 1.5) * np.sin(angle) + 0.25 * np.exp(-time * 5) * np.sin(4 * angle)
    return loudness * sound * tremolo * attack(time, 0.005)


def attack(time: np.ndarray, seconds: float) -> np.ndarray:
    return np.clip(time / seconds, 0, 1)


def compose(rate_hz: int) -> np.ndarray:
    """The whole loop, in floating point around full scale; the caller sets the level."""
    score = Score(rate_hz)
    for bar, (chord, root) in enumerate(CHORDS):
        first = bar * BEATS_PER_BAR
        bar_seconds = BEATS_PER_BAR * score.beat
        for note in chord[:3]:
            score.add(first, strings(score.time(bar_seconds + 0.5), note, 0.10, bar_seconds))
        for half_beat, pick in enumerate(PICKING):
            if pick is not None:
                loudness = 0.26 if half_beat % 4 == 0 else 0.19
                score.add(first + half_beat / 2, electric_piano(score.time(2.5), chord[pick], loudness))
        score.add(first, bass(score.time(2.0), root, 0.30))
        score.add(first + 2.5, bass(score.time(1.2), root + 7 if root < 53 else root, 0.20))
    for phrase, notes in enumerate(MELODY):
        for beat, note, held in notes:
            at = phrase * 4 * BEATS_PER_BAR + beat
            score.add(at, bell(score.time(held * score.beat + 1.5), note, 0.30))
    return soften(score.samples, rate_hz)


def soften(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Takes out what a telephone cannot carry, gently; the loop stays a loop because the filter is circular."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    low = 1 / (1 + (120 / np.maximum(hertz, 1)) ** 4)
    high = 1 / (1 + (hertz / 3400) ** 8)
    return np.fft.irfft(spectrum * low * high, len(samples))
