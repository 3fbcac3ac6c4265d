//! The ear's margins, on real speech through what a call does to it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use cordboard_ear::{
    HEARD, Mouth, Sound, Verdict, alaw, assert_heard, assert_not_heard, have_speech, listen, listen_to_rounds,
};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const PACKET: usize = 160;

/// What a packet network and a jitter buffer do: each packet may be lost (and is repeated, fading) and each may come
/// late, which stretches or shrinks a pause.
fn network(sound: &Sound, loss: f64, sway_packets: i32, seed: u64) -> Sound {
    let mut chance = SmallRng::seed_from_u64(seed);
    let mut out: Vec<i16> = Vec::new();
    let mut last = vec![0i16; PACKET];
    let mut depth = 0i32;
    for packet in sound.samples.chunks(PACKET) {
        let packet: Vec<i16> = packet.iter().map(|sample| alaw::decode(alaw::encode(*sample))).collect();
        if sway_packets > 0 && chance.random_bool(0.02) {
            let wanted = chance.random_range(-sway_packets..=sway_packets);
            if wanted > depth {
                out.extend(std::iter::repeat_n(0, PACKET * (wanted - depth) as usize));
            } else {
                out.truncate(out.len().saturating_sub(PACKET * (depth - wanted) as usize));
            }
            depth = wanted;
        }
        if chance.random_bool(loss) {
            last.iter_mut().for_each(|sample| *sample = (f32::from(*sample) * 0.7) as i16);
            out.extend_from_slice(&last);
        } else {
            out.extend_from_slice(&packet);
            last = packet;
        }
    }
    Sound::new(out)
}

fn through_opus(sound: &Sound, rate_hz: u32, loss: f64, seed: u64) -> Sound {
    let mut chance = SmallRng::seed_from_u64(seed);
    let sound = sound.at(rate_hz);
    let frame = rate_hz as usize / 50;
    let mut encoder = opus::Encoder::new(rate_hz, opus::Channels::Mono, opus::Application::Voip).unwrap();
    encoder.set_bitrate(opus::Bitrate::Bits(20_000)).unwrap();
    let mut decoder = opus::Decoder::new(rate_hz, opus::Channels::Mono).unwrap();
    let mut out = Vec::new();
    for packet in sound.samples.chunks_exact(frame) {
        let mut bytes = [0u8; 1500];
        let length = encoder.encode(packet, &mut bytes).unwrap();
        let mut decoded = vec![0i16; frame];
        let arrived: &[u8] = if chance.random_bool(loss) { &[] } else { &bytes[..length] };
        decoder.decode(arrived, &mut decoded, false).unwrap();
        out.extend_from_slice(&decoded);
    }
    Sound { rate_hz, samples: out }
}

fn framed(before_ms: usize, sound: &Sound, after_ms: usize) -> Sound {
    let mut samples = vec![0; before_ms * sound.rate_hz as usize / 1000];
    samples.extend_from_slice(&sound.samples);
    samples.extend(vec![0; after_ms * sound.rate_hz as usize / 1000]);
    Sound { rate_hz: sound.rate_hz, samples }
}

fn quieter(sound: &Sound, decibel: f32) -> Sound {
    let factor = 10f32.powf(-decibel / 20.0);
    let samples = sound.samples.iter().map(|sample| (f32::from(*sample) * factor) as i16).collect();
    Sound { rate_hz: sound.rate_hz, samples }
}

fn mouths(count: usize) -> Option<Vec<Sound>> {
    if !have_speech() {
        assert!(std::env::var_os("CI").is_none(), "CI must have asterisk-core-sounds-en-wav");
        return None;
    }
    Some((0..count).map(|mouth| Mouth(mouth).says().unwrap()).collect())
}

fn show(what: &str, verdict: &Verdict) {
    let strongest = verdict.pieces.iter().map(|piece| piece.anywhere).fold(0f32, f32::max);
    println!(
        "{what}: score {:.2} coverage {:.2} lag {} strongest {strongest:.2} [{}]",
        verdict.score,
        verdict.coverage(),
        verdict.lag_ms,
        verdict.picture()
    );
}

#[test]
fn speech_is_heard_through_codecs_loss_and_jitter_at_any_offset_and_gain() {
    let Some(said) = mouths(6) else { return };
    let mut rng = SmallRng::seed_from_u64(7);
    for (mouth, said) in said.iter().enumerate() {
        let seed = mouth as u64;
        let offset = rng.random_range(0..10_000usize);
        let cases = [
            ("A-law", network(said, 0.0, 0, seed)),
            ("A-law, 3 % loss, 40 ms jitter", network(said, 0.03, 2, seed)),
            ("A-law, 20 dB quieter", quieter(&network(said, 0.0, 0, seed), 20.0)),
            ("Opus 8 kHz", through_opus(said, 8000, 0.0, seed)),
            ("Opus 48 kHz, 3 % loss", through_opus(said, 48_000, 0.03, seed)),
            (
                "A-law, Opus, A-law",
                network(&through_opus(&network(said, 0.03, 2, seed), 16_000, 0.03, seed).at(8000), 0.0, 0, seed),
            ),
        ];
        for (name, heard) in cases {
            let verdict = assert_heard(&framed(offset, &heard, 700), said, &format!("mouth {mouth}, {name}"));
            show(&format!("mouth {mouth}, {name}"), &verdict);
            assert!(verdict.score > HEARD + 0.15, "mouth {mouth}, {name}: margin is thin, {:.2}", verdict.score);
            assert!(
                (verdict.lag_ms - offset as i64).abs() < 220,
                "mouth {mouth}, {name}: {} for {offset}",
                verdict.lag_ms
            );
        }
    }
}

#[test]
fn another_mouths_speech_is_not_heard() {
    let Some(said) = mouths(Mouth::COUNT) else { return };
    for (ear, heard) in said.iter().enumerate() {
        let heard = framed(1300, &network(heard, 0.03, 2, ear as u64), 2000);
        // Every pair would take long; over the ears, every distance between two mouths is tried.
        for step in [1, 2, 3, 5, 8, 13, 21] {
            let mouth = (ear + step) % said.len();
            assert_not_heard(&heard, &said[mouth], &format!("mouth {mouth} at ear {ear}"));
        }
    }
}

#[test]
fn silence_tones_and_noise_are_not_speech() {
    let Some(said) = mouths(1) else { return };
    let mut rng = SmallRng::seed_from_u64(3);
    let noise = Sound::new((0..80_000).map(|_| rng.random_range(-3000..3000)).collect());
    for (name, heard) in [("silence", Sound::silence(9000)), ("a tone", Sound::tone(440.0, 9000)), ("noise", noise)] {
        assert_not_heard(&heard, &said[0], name);
    }
    assert!(!listen(&Sound::silence(10), &said[0]).is_heard());
    assert!(!listen(&said[0], &Sound::silence(5000)).is_heard(), "nothing was said, so nothing can be heard");
    assert!(!listen(&said[0], &Sound::silence(5000)).is_absent(), "nor is that a control");
}

#[test]
fn a_leak_of_two_seconds_is_noticed() {
    let Some(said) = mouths(2) else { return };
    let mut heard = framed(1000, &said[0], 500);
    let leak = said[1].piece(1000, 3200);
    for (slot, sample) in heard.samples[30_000..].iter_mut().zip(&leak.samples) {
        *slot = *sample;
    }
    let verdict = listen(&heard, &said[1]);
    show("leak", &verdict);
    assert!(!verdict.is_absent());
}

#[test]
fn half_of_what_was_said_is_not_heard() {
    let Some(said) = mouths(1) else { return };
    let half = said[0].piece(0, said[0].milliseconds() / 2);
    assert!(!listen(&framed(500, &half, 4000), &said[0]).is_heard());
}

#[test]
fn words_said_over_and_over_are_heard_from_any_point_on() {
    let Some(said) = mouths(2) else { return };
    let mut rounds = said[0].clone();
    (0..2).for_each(|_| rounds.samples.extend(&said[0].samples));
    let whole = said[0].milliseconds();
    for from in (0..whole).step_by(1700) {
        let heard = network(&rounds.piece(from, from + whole + 1200), 0.03, 2, from);
        assert!(listen_to_rounds(&heard, &said[0]).is_heard(), "from {from} ms on");
        assert!(listen_to_rounds(&heard, &said[1]).is_absent());
    }
    let half = rounds.piece(whole / 4, whole * 3 / 4);
    assert!(!listen_to_rounds(&half, &said[0]).is_heard(), "half a round is not a round");
}

#[test]
fn words_in_another_order_are_not_heard() {
    let Some(said) = mouths(1) else { return };
    let whole = said[0].milliseconds();
    let mut turned = said[0].piece(whole / 2, whole);
    turned.samples.extend(said[0].piece(0, whole / 2).samples);
    assert!(!listen(&turned, &said[0]).is_heard());
}
