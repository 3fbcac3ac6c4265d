//! The recordings that come with the gateway can be read, are at a common level, and begin and end in silence.

#![allow(clippy::unwrap_used, clippy::panic)]

use cordboard_media::level::{peak_dbfs, rms_dbfs};
use cordboard_media::wav;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gateway/prompts")
}

fn recordings(language: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder().join(language)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "wav"));
    paths.sort();
    paths
}

#[test]
fn both_languages_say_the_same_things() {
    let names =
        |language| -> Vec<_> { recordings(language).iter().map(|path| path.file_name().unwrap().to_owned()).collect() };
    assert_eq!(names("zh-CN"), names("en"));
    for name in ["welcome", "menu", "invalid_key", "please_wait", "queue_timeout", "all_busy", "goodbye"] {
        assert!(folder().join("en").join(format!("{name}.wav")).exists(), "{name}");
    }
}

#[test]
fn speech_is_sixteen_kilohertz_at_a_common_level_between_silences() {
    for path in ["zh-CN", "en", "customer", "agent"].into_iter().flat_map(recordings) {
        let sound = wav::read(fs::File::open(&path).unwrap()).unwrap();
        assert_eq!((sound.rate_hz, sound.channels), (16_000, 1), "{}", path.display());
        let level = rms_dbfs(&sound.samples);
        assert!((-22.0..=-18.5).contains(&level), "{}: {level} dBFS", path.display());
        assert!(peak_dbfs(&sound.samples) < -0.5, "{}", path.display());
        let (first, last) = (&sound.samples[..1_500], &sound.samples[sound.samples.len() - 1_500..]);
        assert!(first.iter().chain(last).all(|&sample| sample == 0), "{}", path.display());
        assert!((1_000..10_000).contains(&sound.duration_ms()), "{}", path.display());
    }
}

#[test]
fn the_music_loops_without_a_seam() {
    let music = wav::read(fs::File::open(folder().join("music.wav")).unwrap()).unwrap();
    assert!(music.duration_ms() > 30_000);
    let steepest =
        |samples: &[i16]| samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap();
    let around = [&music.samples[music.samples.len() - 800..], &music.samples[..800]].concat();
    assert!(steepest(&around) <= steepest(&music.samples), "a click where the loop closes");
    // No second of it falls silent or jumps out.
    for second in music.samples.chunks_exact(16_000) {
        let level = rms_dbfs(second);
        assert!((-29.0..=-17.0).contains(&level), "{level} dBFS");
    }
}

#[test]
fn all_of_it_stays_small() {
    let bytes: u64 = ["", "zh-CN", "en", "customer", "agent"]
        .into_iter()
        .flat_map(|part| fs::read_dir(folder().join(part)).unwrap())
        .map(|entry| entry.unwrap().metadata().unwrap())
        .filter(fs::Metadata::is_file)
        .map(|file| file.len())
        .sum();
    assert!(bytes < 4 << 20, "{bytes} bytes");
}
