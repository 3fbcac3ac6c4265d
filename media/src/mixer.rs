//! Mixes what several people say into what each of them hears.

/// Sums frames of up to a fixed number of sources; every listener hears the sum without itself.
///
/// For each tick: [`Mixer::begin`], [`Mixer::add`] for every source that has sound, then [`Mixer::mix`] for those
/// who only listen and [`Mixer::mix_minus`] for those who also speak. Sums that exceed full scale saturate.
#[derive(Debug, Clone)]
pub struct Mixer {
    frame: usize,
    /// The frame of each source, kept to be taken out of its own mix.
    frames: Vec<i16>,
    present: Vec<bool>,
    sum: Vec<i32>,
}

impl Mixer {
    /// Makes a mixer for `sources` frames of `frame_samples` each.
    #[must_use]
    pub fn new(sources: usize, frame_samples: usize) -> Self {
        Self {
            frame: frame_samples,
            frames: vec![0; sources.saturating_mul(frame_samples)],
            present: vec![false; sources],
            sum: vec![0; frame_samples],
        }
    }

    /// How many sources it has room for.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.present.len()
    }

    /// Samples of a frame.
    #[must_use]
    pub const fn frame_samples(&self) -> usize {
        self.frame
    }

    /// Begins a new tick: nobody has spoken.
    pub fn begin(&mut self) {
        self.present.fill(false);
        self.sum.fill(0);
    }

    /// Adds what `source` says; a shorter frame counts as silence at its end, a longer one is cut.
    ///
    /// Returns false, and adds nothing, if there is no such source or it has spoken in this tick already.
    pub fn add(&mut self, source: usize, samples: &[i16]) -> bool {
        match self.present.get_mut(source) {
            Some(present) if !*present => *present = true,
            _ => return false,
        }
        let own = &mut self.frames[source * self.frame..(source + 1) * self.frame];
        let spoken = samples.len().min(self.frame);
        own[..spoken].copy_from_slice(&samples[..spoken]);
        own[spoken..].fill(0);
        for (sum, &sample) in self.sum.iter_mut().zip(own.iter()) {
            *sum += i32::from(sample);
        }
        true
    }

    /// How many sources have spoken in this tick.
    #[must_use]
    pub fn speaking(&self) -> usize {
        self.present.iter().filter(|&&present| present).count()
    }

    /// Writes the sum of all to `out`.
    pub fn mix(&self, out: &mut [i16]) {
        let mixed = out.len().min(self.frame);
        for (slot, &sum) in out.iter_mut().zip(&self.sum) {
            *slot = saturate(sum);
        }
        out[mixed..].fill(0);
    }

    /// Writes the sum of all but `source` to `out`; of all, if it has not spoken.
    pub fn mix_minus(&self, source: usize, out: &mut [i16]) {
        if !self.present.get(source).is_some_and(|&present| present) {
            return self.mix(out);
        }
        let own = &self.frames[source * self.frame..(source + 1) * self.frame];
        let mixed = out.len().min(self.frame);
        for ((slot, &sum), &sample) in out.iter_mut().zip(&self.sum).zip(own) {
            *slot = saturate(sum - i32::from(sample));
        }
        out[mixed..].fill(0);
    }
}

/// Adds `samples` to `onto`, sample by sample, saturating.
pub fn add_saturating(onto: &mut [i16], samples: &[i16]) {
    for (slot, &sample) in onto.iter_mut().zip(samples) {
        *slot = slot.saturating_add(sample);
    }
}

const fn saturate(sum: i32) -> i16 {
    if sum > i16::MAX as i32 {
        i16::MAX
    } else if sum < i16::MIN as i32 {
        i16::MIN
    } else {
        sum as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_hears_the_others() {
        let mut mixer = Mixer::new(3, 4);
        mixer.begin();
        assert!(mixer.add(0, &[1; 4]));
        assert!(mixer.add(1, &[20; 4]));
        assert!(mixer.add(2, &[300; 2]));
        let mut out = [0; 4];
        mixer.mix(&mut out);
        assert_eq!(out, [321, 321, 21, 21]);
        mixer.mix_minus(2, &mut out);
        assert_eq!(out, [21; 4]);
        mixer.mix_minus(9, &mut out);
        assert_eq!(out, [321, 321, 21, 21]);
    }

    #[test]
    fn a_tick_forgets_the_last_one() {
        let mut mixer = Mixer::new(2, 2);
        mixer.begin();
        mixer.add(0, &[5; 2]);
        mixer.begin();
        let mut out = [9; 3];
        mixer.mix_minus(0, &mut out);
        assert_eq!(out, [0; 3]);
        assert_eq!(mixer.speaking(), 0);
    }

    #[test]
    fn sums_saturate_but_taking_out_is_exact() {
        let mut mixer = Mixer::new(3, 1);
        mixer.begin();
        mixer.add(0, &[i16::MAX]);
        mixer.add(1, &[i16::MAX]);
        mixer.add(2, &[-100]);
        let mut out = [0];
        mixer.mix(&mut out);
        assert_eq!(out, [i16::MAX]);
        mixer.mix_minus(1, &mut out);
        assert_eq!(out, [i16::MAX - 100]);
        let mut onto = [i16::MIN, 3];
        add_saturating(&mut onto, &[-1, 4, 5]);
        assert_eq!(onto, [i16::MIN, 7]);
    }

    #[test]
    fn nobody_speaks_twice_and_strangers_do_not_speak() {
        let mut mixer = Mixer::new(1, 1);
        mixer.begin();
        assert!(mixer.add(0, &[7]));
        assert!(!mixer.add(0, &[7]));
        assert!(!mixer.add(1, &[7]));
        let mut out = [0];
        mixer.mix(&mut out);
        assert_eq!(out, [7]);
    }
}
