#!/usr/bin/python3
"""Makes every recording in this folder from texts.toml, and the music on hold from music.py.

Needs Python 3.11, numpy, espeak-ng and flite (Debian: python3-numpy espeak-ng flite). Writes 16 kHz mono 16-bit WAV,
speech at -20 dBFS RMS between 100 ms of silence. Run it in this folder; it takes a few seconds.
"""

import pathlib
import subprocess
import tempfile
import tomllib
import wave

import numpy as np

import music

RATE_HZ = 16_000
SPEECH_DBFS = -20.0
PEAK = 0.89
SILENCE_S = 0.1
HERE = pathlib.Path(__file__).parent


def speak(voice: str, text: str) -> np.ndarray:
    """Has a synthesiser speak, and returns the samples at RATE_HZ."""
    program, name, *manner = voice.split(":")
    with tempfile.NamedTemporaryFile(suffix=".wav") as out:
        if program == "espeak":
            speed, pitch = manner
            command = ["espeak-ng", "-v", name, "-s", speed, "-p", pitch, "-w", out.name, text]
        elif program == "flite":
            command = ["flite", "-voice", name, "--setf", f"duration_stretch={manner[0]}", "-t", text, "-o", out.name]
        else:
            raise SystemExit(f"texts.toml: no synthesiser is called {program!r}")
        subprocess.run(command, check=True, timeout=60)
        return read(out.name)


def read(path: str) -> np.ndarray:
    with wave.open(path) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32768
        return resample(samples, file.getframerate())


def resample(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Changes the rate by way of the spectrum; the clip is padded, so that its ends do not meet."""
    if rate_hz == RATE_HZ:
        return samples
    padded = np.concatenate([samples, np.zeros(rate_hz - len(samples) % rate_hz)])
    wanted = len(padded) * RATE_HZ // rate_hz
    spectrum = np.fft.rfft(padded)
    bins = wanted // 2 + 1
    spectrum = np.pad(spectrum, (0, max(0, bins - len(spectrum))))[:bins]
    changed = np.fft.irfft(spectrum, wanted) * (wanted / len(padded))
    return changed[: len(samples) * RATE_HZ // rate_hz]


def trim(samples: np.ndarray) -> np.ndarray:
    """Cuts what is quieter than -50 dB below the peak off both ends, and frames the rest in silence."""
    loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max() * 10 ** (-50 / 20))
    silence = np.zeros(int(SILENCE_S * RATE_HZ))
    speech = samples[loud[0] : loud[-1] + 1].copy()
    edge = np.linspace(0, 1, 80)
    speech[:80] *= edge
    speech[-80:] *= edge[::-1]
    return np.concatenate([silence, speech, silence])


def normalise(samples: np.ndarray, dbfs: float) -> np.ndarray:
    """Brings the RMS of what is not silence to `dbfs`; peaks above full scale are bent, not cut."""
    for _ in range(4):
        spoken = samples[np.abs(samples) > 1e-4]
        samples = samples * (10 ** (dbfs / 20) / np.sqrt(np.mean(spoken**2)))
        over = np.abs(samples) > PEAK / 2
        bent = PEAK / 2 + PEAK / 2 * np.tanh((np.abs(samples) - PEAK / 2) / (PEAK / 2))
        samples = np.where(over, np.sign(samples) * bent, samples)
    return samples


def write(path: pathlib.Path, samples: np.ndarray) -> None:
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    rms = 20 * np.log10(np.sqrt(np.mean(samples**2)))
    print(f"{path.relative_to(HERE)}: {len(samples) / RATE_HZ:.2f} s, {rms:.1f} dBFS")


def main() -> None:
    texts = tomllib.loads((HERE / "texts.toml").read_text("utf-8"))
    voices = texts["voices"]
    for name, languages in texts["prompts"].items():
        for language, text in languages.items():
            write(HERE / language / f"{name}.wav", normalise(trim(speak(voices[language], text)), SPEECH_DBFS))
    for person in ("customer", "agent"):
        for name, line in texts[person].items():
            samples = normalise(trim(speak(voices[line["voice"]], line["text"])), SPEECH_DBFS)
            write(HERE / person / f"{name}.wav", samples)
    write(HERE / "music.wav", normalise(music.compose(RATE_HZ), -22.0))


if __name__ == "__main__":
    main()
