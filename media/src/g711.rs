//! G.711 companding: A-law and µ-law, bit-exact with ITU-T G.711 as coded in the G.191 software tools.

/// Samples in 20 ms at G.711's 8 kHz; also its bytes.
pub const FRAME_SAMPLES: usize = 160;
/// A-law of digital silence.
pub const ALAW_SILENCE: u8 = 0xD5;
/// µ-law of digital silence.
pub const ULAW_SILENCE: u8 = 0xFF;

static ALAW_TO_LINEAR: [i16; 256] = alaw_table();
static ULAW_TO_LINEAR: [i16; 256] = ulaw_table();

/// Which of the two laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// A-law: China, Europe, most of the world.
    A,
    /// µ-law: North America, Japan.
    Mu,
}

impl Law {
    /// Encodes one sample.
    #[must_use]
    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Self::A => encode_alaw(sample),
            Self::Mu => encode_ulaw(sample),
        }
    }

    /// Decodes one byte.
    #[must_use]
    pub fn decode(self, code: u8) -> i16 {
        match self {
            Self::A => decode_alaw(code),
            Self::Mu => decode_ulaw(code),
        }
    }

    /// Encodes as many samples as both slices hold and returns how many.
    pub fn encode_slice(self, samples: &[i16], out: &mut [u8]) -> usize {
        match self {
            Self::A => encode_alaw_slice(samples, out),
            Self::Mu => encode_ulaw_slice(samples, out),
        }
    }

    /// Decodes as many bytes as both slices hold and returns how many.
    pub fn decode_slice(self, codes: &[u8], out: &mut [i16]) -> usize {
        match self {
            Self::A => decode_alaw_slice(codes, out),
            Self::Mu => decode_ulaw_slice(codes, out),
        }
    }
}

/// Encodes one sample in A-law.
#[must_use]
#[inline]
pub const fn encode_alaw(sample: i16) -> u8 {
    // The magnitude is one's complement, as G.191 has it: −1 and 0 share the smallest step.
    let magnitude = ((sample ^ (sample >> 15)) >> 4) as u16;
    let code = if magnitude > 15 {
        let exponent = 12 - magnitude.leading_zeros() as u16;
        (exponent << 4) | ((magnitude >> (exponent - 1)) & 0x0F)
    } else {
        magnitude
    };
    let sign = if sample >= 0 { 0x80 } else { 0 };
    (code as u8 | sign) ^ 0x55
}

/// Decodes one byte of A-law.
#[must_use]
#[inline]
pub fn decode_alaw(code: u8) -> i16 {
    ALAW_TO_LINEAR[usize::from(code)]
}

/// Encodes one sample in µ-law.
#[must_use]
#[inline]
pub const fn encode_ulaw(sample: i16) -> u8 {
    let biased = ((sample ^ (sample >> 15)) >> 2) as u16 + 33;
    let magnitude = if biased > 0x1FFF { 0x1FFF } else { biased };
    let segment = 11 - magnitude.leading_zeros() as u16;
    let high = 8 - segment;
    let low = 0x0F - ((magnitude >> segment) & 0x0F);
    let sign = if sample >= 0 { 0x80 } else { 0 };
    ((high << 4) | low) as u8 | sign
}

/// Decodes one byte of µ-law.
#[must_use]
#[inline]
pub fn decode_ulaw(code: u8) -> i16 {
    ULAW_TO_LINEAR[usize::from(code)]
}

/// Encodes as many samples as both slices hold in A-law and returns how many.
pub fn encode_alaw_slice(samples: &[i16], out: &mut [u8]) -> usize {
    out.iter_mut().zip(samples).map(|(code, &sample)| *code = encode_alaw(sample)).count()
}

/// Decodes as many bytes of A-law as both slices hold and returns how many.
pub fn decode_alaw_slice(codes: &[u8], out: &mut [i16]) -> usize {
    out.iter_mut().zip(codes).map(|(sample, &code)| *sample = decode_alaw(code)).count()
}

/// Encodes as many samples as both slices hold in µ-law and returns how many.
pub fn encode_ulaw_slice(samples: &[i16], out: &mut [u8]) -> usize {
    out.iter_mut().zip(samples).map(|(code, &sample)| *code = encode_ulaw(sample)).count()
}

/// Decodes as many bytes of µ-law as both slices hold and returns how many.
pub fn decode_ulaw_slice(codes: &[u8], out: &mut [i16]) -> usize {
    out.iter_mut().zip(codes).map(|(sample, &code)| *sample = decode_ulaw(code)).count()
}

const fn alaw_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let bits = code as i16 ^ 0x55;
        let exponent = (bits & 0x70) >> 4;
        let mantissa = bits & 0x0F;
        let magnitude = if exponent == 0 { (mantissa << 4) + 8 } else { ((mantissa << 4) + 0x108) << (exponent - 1) };
        table[code] = if bits & 0x80 != 0 { magnitude } else { -magnitude };
        code += 1;
    }
    table
}

const fn ulaw_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        let bits = !(code as u8);
        let exponent = (bits >> 4) & 7;
        let mantissa = (bits & 0x0F) as i32;
        let magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84;
        table[code] = if bits & 0x80 == 0 { magnitude as i16 } else { -magnitude as i16 };
        code += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `alaw_compress` of ITU-T G.191, loop for loop.
    fn reference_alaw(linear: i16) -> u8 {
        let mut ix = if linear < 0 { !linear >> 4 } else { linear >> 4 };
        if ix > 15 {
            let mut exponent = 1;
            while ix > 16 + 15 {
                ix >>= 1;
                exponent += 1;
            }
            ix -= 16;
            ix += exponent << 4;
        }
        if linear >= 0 {
            ix |= 0x80;
        }
        (ix ^ 0x55) as u8
    }

    /// `ulaw_compress` of ITU-T G.191, loop for loop.
    fn reference_ulaw(linear: i16) -> u8 {
        let absolute = if linear < 0 { (!linear >> 2) + 33 } else { (linear >> 2) + 33 }.min(0x1FFF);
        let mut i = absolute >> 6;
        let mut segment = 1;
        while i != 0 {
            segment += 1;
            i >>= 1;
        }
        let code = ((8 - segment) << 4) | (0x0F - ((absolute >> segment) & 0x0F));
        (if linear >= 0 { code | 0x80 } else { code }) as u8
    }

    /// `alaw_expand` and `ulaw_expand` of ITU-T G.191.
    fn reference_expand(law: Law, code: u8) -> i16 {
        match law {
            Law::A => {
                let ix = i16::from(code ^ 0x55) & 0x7F;
                let exponent = ix >> 4;
                let mut mantissa = ix & 0x0F;
                if exponent > 0 {
                    mantissa += 16;
                }
                mantissa = (mantissa << 4) + 8;
                if exponent > 1 {
                    mantissa <<= exponent - 1;
                }
                if code > 127 { mantissa } else { -mantissa }
            }
            Law::Mu => {
                let sign = if code < 0x80 { -1 } else { 1 };
                let bits = i32::from(!code);
                let exponent = (bits >> 4) & 7;
                let step = 4 << (exponent + 1);
                let magnitude = (0x80 << exponent) + step * (bits & 0x0F) + step / 2 - 4 * 33;
                (sign * magnitude) as i16
            }
        }
    }

    #[test]
    fn every_sample_encodes_as_the_reference_does() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(encode_alaw(sample), reference_alaw(sample), "A-law of {sample}");
            assert_eq!(encode_ulaw(sample), reference_ulaw(sample), "µ-law of {sample}");
        }
    }

    #[test]
    fn every_code_decodes_as_the_reference_does_and_encodes_back() {
        for code in 0..=255 {
            assert_eq!(decode_alaw(code), reference_expand(Law::A, code), "A-law {code:#x}");
            assert_eq!(decode_ulaw(code), reference_expand(Law::Mu, code), "µ-law {code:#x}");
            assert_eq!(encode_alaw(decode_alaw(code)), code);
            // µ-law has a negative zero, which encodes as the positive one.
            let expected = if code == 0x7F { 0xFF } else { code };
            assert_eq!(encode_ulaw(decode_ulaw(code)), expected);
        }
    }

    #[test]
    fn published_values_hold() {
        assert_eq!((encode_alaw(0), encode_ulaw(0)), (ALAW_SILENCE, ULAW_SILENCE));
        assert_eq!((decode_alaw(0xAA), decode_alaw(0x2A)), (32_256, -32_256));
        assert_eq!((decode_ulaw(0x80), decode_ulaw(0x00)), (32_124, -32_124));
        assert_eq!((decode_alaw(0xD5), decode_alaw(0x55)), (8, -8));
    }

    #[test]
    fn quantisation_stays_within_a_thirty_second_of_the_sample() {
        for sample in i16::MIN..=i16::MAX {
            let size = i32::from(sample).abs();
            for law in [Law::A, Law::Mu] {
                let error = (i32::from(law.decode(law.encode(sample))) - i32::from(sample)).abs();
                assert!(error <= size / 31 + 16 || size > 32_000, "{law:?} {sample}: {error}");
            }
        }
    }

    #[test]
    fn slices_stop_at_the_shorter() {
        let mut codes = [0; 3];
        assert_eq!(Law::A.encode_slice(&[1000, -1000, 0, 5], &mut codes), 3);
        let mut samples = [0; 8];
        assert_eq!(Law::A.decode_slice(&codes, &mut samples), 3);
        assert_eq!(samples[3..], [0; 5]);
        assert_eq!(Law::Mu.encode_slice(&[], &mut codes), 0);
    }
}
