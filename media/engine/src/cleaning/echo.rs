//! Takes what the loudspeaker plays out of what the microphone hears: AEC3 of `sonora`, made fit for two who talk at
//! once.
//!
//! AEC3 is two things in a row. Its filter learns the room and subtracts the echo it foretells; its suppressor then
//! lowers whatever may be left of it, and with it an agent who talks at the same time: of whom little was kept.
//! Here a filter of our own, [`RoomFilter`], learns the room as well, and better while both talk. [`Talk`] finds out
//! whether the agent talks, and while he does, what that filter leaves is sent as it is.
//! `docs/benchmarks/echo.md` says what that is worth.

use sonora::high_pass_filter::HighPassFilter;
use sonora_aec3::block::Block;
use sonora_aec3::block_processor::BlockProcessor;
use sonora_aec3::config::{EchoCanceller3Config, TransparentModeType};

use super::filter::RoomFilter;
use super::talk::{Talk, power};
use super::{HZ, PACKET};

/// AEC3 works in blocks of 4 ms, of which five are a packet.
pub(super) const BLOCK: usize = 64;
/// A microphone at its limit distorts, and what is distorted cannot be foretold.
const SATURATED: u16 = 32_700;
/// Our filter, when it leaves so much more power than AEC3's, has not learnt the room.
const ASTRAY: f32 = 4.0;

/// A canceller that knows nothing of the room yet.
pub(super) struct EchoCanceller {
    high_pass: HighPassFilter,
    /// A packet, of one channel.
    said: Vec<Vec<f32>>,
    room: RoomFilter,
    processor: BlockProcessor,
    played_block: Block,
    said_block: Block,
    filtered_block: Block,
    /// What the filter left of the block before: the suppressor is a block behind.
    left_before: [f32; BLOCK],
    talk: Talk,
}

impl EchoCanceller {
    pub(super) fn new() -> EchoCanceller {
        EchoCanceller {
            high_pass: HighPassFilter::new(HZ as i32, 1),
            said: vec![vec![0.0; PACKET]],
            room: RoomFilter::new(),
            processor: BlockProcessor::new(&tuning(), HZ as usize, 1, 1),
            played_block: Block::new(1, 1),
            said_block: Block::new(1, 1),
            filtered_block: Block::new(1, 1),
            left_before: [0.0; BLOCK],
            talk: Talk::default(),
        }
    }

    /// Cleans a packet that was said while another was played.
    pub(super) fn clean(&mut self, played: &[i16; PACKET], said: &mut [i16]) {
        let saturated = said.iter().any(|sample| sample.unsigned_abs() >= SATURATED);
        copy(said, &mut self.said[0]);
        self.high_pass.process_channels(&mut self.said);
        let played = played.map(f32::from);
        let (mut ours, mut theirs, mut suppressed) = ([0.0; PACKET], [0.0; PACKET], [0.0; PACKET]);
        ours.copy_from_slice(&self.said[0]);
        self.room.clean(&played, &mut ours);
        self.suppress(&played, saturated, &mut theirs, &mut suppressed);
        let surprise_db = self.room.surprise_db(&theirs);
        // Both have the agent, and what they have besides is echo. Ours mostly has less of it; it is left where it went astray.
        let left = if power(&ours) < ASTRAY * power(&theirs) { ours } else { theirs };
        self.talk.observe(surprise_db, &self.said[0], &ours, &left);
        self.mix(&left, &suppressed, said);
        if self.talk.room_changed() {
            tracing::debug!("the room changed and is learnt anew");
            self.processor = BlockProcessor::new(&tuning(), HZ as usize, 1, 1);
            self.room.forget();
        }
        let delay_ms = usize::try_from(self.processor.get_metrics().delay_ms).unwrap_or(0);
        self.room.look_behind(delay_ms * HZ as usize / 1_000);
    }

    /// What AEC3 makes of the packet: what its filter leaves, and, a block behind that, what its suppressor leaves.
    fn suppress(
        &mut self,
        played: &[f32; PACKET],
        saturated: bool,
        filtered: &mut [f32; PACKET],
        suppressed: &mut [f32; PACKET],
    ) {
        for at in (0..PACKET).step_by(BLOCK) {
            let block = at..at + BLOCK;
            self.played_block.view_mut(0, 0).copy_from_slice(&played[block.clone()]);
            self.processor.buffer_render(&self.played_block);
            self.said_block.view_mut(0, 0).copy_from_slice(&self.said[0][block.clone()]);
            let filtered_block = Some(&mut self.filtered_block);
            self.processor.process_capture(false, saturated, filtered_block, &mut self.said_block);
            filtered[block.clone()].copy_from_slice(self.filtered_block.view(0, 0));
            suppressed[block].copy_from_slice(self.said_block.view(0, 0));
        }
    }

    /// What the filter left while the agent talks, what the suppressor left while he does not.
    fn mix(&mut self, left: &[f32; PACKET], suppressed: &[f32; PACKET], out: &mut [i16]) {
        let late = self.left_before.iter().chain(left);
        let mut samples = out.iter_mut().zip(suppressed).zip(late);
        for _ in 0..PACKET / BLOCK {
            let [from, to] = self.talk.shares();
            let step = (to - from) / BLOCK as f32;
            for (n, ((out, suppressed), left)) in samples.by_ref().take(BLOCK).enumerate() {
                let share = from + step * n as f32;
                *out = (suppressed + share * (left - suppressed)).clamp(-32_768.0, 32_767.0) as i16;
            }
        }
        self.left_before.copy_from_slice(&left[PACKET - BLOCK..]);
    }
}

fn copy(samples: &[i16], out: &mut [f32]) {
    for (slot, sample) in out.iter_mut().zip(samples) {
        *slot = f32::from(*sample);
    }
}

fn tuning() -> EchoCanceller3Config {
    let mut config = EchoCanceller3Config::default();
    // Finds out sooner that the agent wears a headset and nothing comes back.
    config.echo_removal_control.transparent_mode = TransparentModeType::Hmm;
    config.filter.export_linear_aec_output = true;
    // A second filter learns faster, and forgets the room as fast when the agent talks: it may teach, not speak.
    config.filter.enable_coarse_filter_output_usage = false;
    // An agent who talks looks to the filter like a room that changed, and it would unlearn this one. Where it did
    // change, Talk finds out.
    config.filter.refined.leakage_converged = 0.000_005;
    config.filter.refined.leakage_diverged = 0.005;
    config
}
