//! Takes what the loudspeaker plays out of what the microphone hears: AEC3 of `sonora`, made fit for two who talk at
//! once.
//!
//! AEC3 is two things in a row. Its filter learns the room and subtracts the echo it foretells; its suppressor then
//! lowers whatever may be left of it, and with it an agent who talks at the same time: of whom little was kept.
//! Here [`Talk`] finds out whether the agent talks, and while he does, the filter's result is sent as it is.
//! `docs/benchmarks/echo.md` says what that is worth.

use sonora::high_pass_filter::HighPassFilter;
use sonora_aec3::block::Block;
use sonora_aec3::block_framer::BlockFramer;
use sonora_aec3::block_processor::BlockProcessor;
use sonora_aec3::config::{EchoCanceller3Config, TransparentModeType};
use sonora_aec3::frame_blocker::FrameBlocker;

use super::talk::Talk;
use super::{FRAME, HZ};

/// AEC3 works in blocks of 4 ms.
pub(super) const BLOCK: usize = 64;
/// It takes half a frame at a time; every second frame fills one block more than it has halves.
const HALF: usize = FRAME / 2;
/// A microphone at its limit distorts, and what is distorted cannot be foretold.
const SATURATED: f32 = 32_700.0;

/// A canceller that knows nothing of the room yet.
pub(super) struct EchoCanceller {
    high_pass: HighPassFilter,
    /// A frame, of one channel.
    frame: Vec<Vec<f32>>,
    played: FrameBlocker,
    said: FrameBlocker,
    played_block: Block,
    canceller: BlockCanceller,
    cleaned: BlockFramer,
    /// Half a frame, of one band and one channel.
    half: Vec<Vec<Vec<f32>>>,
}

impl EchoCanceller {
    pub(super) fn new() -> EchoCanceller {
        EchoCanceller {
            high_pass: HighPassFilter::new(HZ as i32, 1),
            frame: vec![vec![0.0; FRAME]],
            played: FrameBlocker::new(1, 1),
            said: FrameBlocker::new(1, 1),
            played_block: Block::new(1, 1),
            canceller: BlockCanceller::new(),
            cleaned: BlockFramer::new(1, 1),
            half: vec![vec![vec![0.0; HALF]]],
        }
    }

    /// Takes a frame that is played.
    pub(super) fn hear(&mut self, played: &[i16]) {
        copy(played, &mut self.frame);
        for half in self.frame[0].chunks_exact(HALF) {
            self.played.insert_sub_frame_and_extract_block(&[vec![half]], &mut self.played_block);
            self.canceller.processor.buffer_render(&self.played_block);
        }
        if self.played.is_block_available() {
            self.played.extract_block(&mut self.played_block);
            self.canceller.processor.buffer_render(&self.played_block);
        }
    }

    /// Cleans a frame that was said.
    pub(super) fn clean(&mut self, said: &mut [i16]) {
        copy(said, &mut self.frame);
        let saturated = self.frame[0].iter().any(|sample| sample.abs() >= SATURATED);
        self.high_pass.process_channels(&mut self.frame);
        for (half, out) in self.frame[0].chunks_exact(HALF).zip(said.chunks_exact_mut(HALF)) {
            self.said.insert_sub_frame_and_extract_block(&[vec![half]], &mut self.canceller.said);
            let block = self.canceller.clean(saturated);
            self.cleaned.insert_block_and_extract_sub_frame(block, &mut self.half);
            for (out, cleaned) in out.iter_mut().zip(&self.half[0][0]) {
                *out = cleaned.clamp(-32_768.0, 32_767.0) as i16;
            }
        }
        if self.said.is_block_available() {
            self.said.extract_block(&mut self.canceller.said);
            let block = self.canceller.clean(saturated);
            self.cleaned.insert_block(block);
        }
    }
}

/// The same by blocks.
struct BlockCanceller {
    processor: BlockProcessor,
    /// What was said; cleaned in place.
    said: Block,
    /// What is left of it by the filter alone.
    filtered: Block,
    /// The same of the block before: the suppressor is a block behind.
    filtered_before: [f32; BLOCK],
    talk: Talk,
}

impl BlockCanceller {
    fn new() -> BlockCanceller {
        BlockCanceller {
            processor: BlockProcessor::new(&tuning(), HZ as usize, 1, 1),
            said: Block::new(1, 1),
            filtered: Block::new(1, 1),
            filtered_before: [0.0; BLOCK],
            talk: Talk::default(),
        }
    }

    fn clean(&mut self, saturated: bool) -> &Block {
        let mut echo = [0.0; BLOCK];
        echo.copy_from_slice(self.said.view(0, 0));
        self.processor.process_capture(false, saturated, Some(&mut self.filtered), &mut self.said);
        let filtered = self.filtered.view(0, 0);
        // What the filter took out is the echo as it was foretold.
        echo.iter_mut().zip(filtered).for_each(|(said, left)| *said -= left);
        let shares = self.talk.observe(filtered, &echo);
        let step = (shares[1] - shares[0]) / BLOCK as f32;
        for (n, (out, left)) in self.said.view_mut(0, 0).iter_mut().zip(&self.filtered_before).enumerate() {
            let share = shares[0] + step * n as f32;
            *out += share * (left - *out);
        }
        self.filtered_before.copy_from_slice(filtered);
        if self.talk.room_changed() {
            tracing::debug!("the room changed and is learnt anew");
            self.processor = BlockProcessor::new(&tuning(), HZ as usize, 1, 1);
        }
        &self.said
    }
}

fn copy(samples: &[i16], frame: &mut [Vec<f32>]) {
    for (slot, sample) in frame[0].iter_mut().zip(samples) {
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
