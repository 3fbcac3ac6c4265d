//! One who talks in a room with a fan is understood better, and the fan is heard less.

use cordboard_engine::Cleaning;
use cordboard_media::level::rms_dbfs;

use crate::judge::{Pair, judge, python};
use crate::people::{Person, at_level};
use crate::room::{HZ, clean};
use crate::{NEAR_DBFS, narrow, skip};

/// How much weaker the noise is than who talks: a room that is loud, and one that is not.
const NOISE_DB: [f64; 2] = [-12.0, -20.0];
/// The fan alone, and then the words.
const ALONE_SECONDS: usize = 3;
const WORDS_SECONDS: usize = 8;
const LOWERED_DB: f32 = 9.0;

#[test]
fn who_talks_in_noise_is_understood_better() {
    const STORY: &str = "who_talks_in_noise_is_understood_better";
    let people = [Person::Allison, Person::Carlo, Person::June];
    if !people.into_iter().all(Person::is_here) {
        return skip(STORY, "recorded speech (asterisk-core-sounds-en-g722, -it-g722, -fr-g722) is missing");
    }
    let Some(python) = python() else {
        return skip(STORY, "Python's pesq is missing: run `cargo xtask setup`");
    };
    for (place, person) in people.into_iter().enumerate() {
        let said = person.talks(place, WORDS_SECONDS, NEAR_DBFS);
        for noise_db in NOISE_DB {
            let mut heard = at_level(&fan(place, ALONE_SECONDS + WORDS_SECONDS), NEAR_DBFS + noise_db);
            for (sample, said) in heard[ALONE_SECONDS * HZ..].iter_mut().zip(&said) {
                *sample = sample.saturating_add(*said);
            }
            let sent = clean(Cleaning { noise: true, ..Cleaning::NONE }, &vec![0; heard.len()], &heard);
            let alone = HZ..ALONE_SECONDS * HZ;
            let lowered_db = rms_dbfs(&heard[alone.clone()]) - rms_dbfs(&sent[alone]);
            let pairs = [&heard, &sent].map(|sound| &sound[ALONE_SECONDS * HZ..]).map(|sound| {
                [
                    Pair { rate_hz: 8_000, said: narrow(&said), heard: narrow(sound) },
                    Pair { rate_hz: HZ as u32, said: said.clone(), heard: sound.to_vec() },
                ]
            });
            let scores = judge(&python, &pairs.into_iter().flatten().collect::<Vec<_>>());
            eprintln!(
                "{person:?}, noise {noise_db} dB: {lowered_db:.1} dB lowered, \
                 PESQ narrow / wide as heard {:.2} / {:.2}, cleaned {:.2} / {:.2}",
                scores[0], scores[1], scores[2], scores[3]
            );
            assert!(scores[2] > scores[0] && scores[3] > scores[1], "cleaning makes it worse");
            assert!(lowered_db > LOWERED_DB, "{lowered_db} dB");
        }
    }
}

/// Noise that is stronger the deeper it is, by 6 dB an octave from 300 Hz up.
fn fan(seed: usize, seconds: usize) -> Vec<i16> {
    let (mut random, mut last) = (0x9e37_79b9_u32 ^ seed as u32, 0.0);
    let next = |_| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        last += ((random >> 16) as f32 - 32_768.0 - last) * 0.11;
        last as i16
    };
    (0..seconds * HZ).map(next).collect()
}
