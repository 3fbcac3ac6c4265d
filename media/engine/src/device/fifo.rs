//! Samples in order, in a buffer that does not grow.

/// First in, first out; when it is full, the oldest samples give way.
#[derive(Debug)]
pub(super) struct Fifo {
    samples: Vec<i16>,
    from: usize,
    length: usize,
}

impl Fifo {
    pub(super) fn new(capacity: usize) -> Fifo {
        Fifo { samples: vec![0; capacity.max(1)], from: 0, length: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn push(&mut self, samples: &[i16]) {
        let capacity = self.samples.len();
        for &sample in samples {
            if self.length == capacity {
                self.skip(1);
            }
            let slot = (self.from + self.length) % capacity;
            self.samples[slot] = sample;
            self.length += 1;
        }
    }

    /// Fills the start of `out`; returns how much.
    pub(super) fn pop(&mut self, out: &mut [i16]) -> usize {
        let taken = out.len().min(self.length);
        for (n, slot) in out.iter_mut().take(taken).enumerate() {
            *slot = self.samples[(self.from + n) % self.samples.len()];
        }
        self.skip(taken);
        taken
    }

    pub(super) fn skip(&mut self, samples: usize) {
        let skipped = samples.min(self.length);
        self.from = (self.from + skipped) % self.samples.len();
        self.length -= skipped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_give_way() {
        let mut fifo = Fifo::new(4);
        fifo.push(&[1, 2, 3, 4, 5]);
        let mut out = [0; 3];
        assert_eq!((fifo.pop(&mut out), out), (3, [2, 3, 4]));
        fifo.push(&[6]);
        assert_eq!((fifo.len(), fifo.pop(&mut out), out), (2, 2, [5, 6, 4]));
    }
}
