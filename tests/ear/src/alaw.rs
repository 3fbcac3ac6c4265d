//! G.711 A-law (ITU-T G.711), written apart from the product's own.

/// One linear sample as an A-law byte.
pub fn encode(sample: i16) -> u8 {
    let sign: u8 = if sample >= 0 { 0x80 } else { 0 };
    // The standard works on 13 bits; the negative side is the ones' complement of the positive one.
    let magnitude = if sample >= 0 { sample >> 3 } else { !sample >> 3 };
    let byte = if magnitude < 32 {
        (magnitude >> 1) as u8
    } else {
        let segment = (15 - magnitude.leading_zeros() as i16) - 4;
        ((segment << 4) | ((magnitude >> segment) & 0x0f)) as u8
    };
    (byte | sign) ^ 0x55
}

/// One A-law byte as a linear sample.
pub fn decode(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (segment, step) = ((byte >> 4) & 7, i16::from(byte & 0x0f));
    let magnitude = match segment {
        0 => (step << 4) + 8,
        _ => ((step << 4) + 0x108) << (segment - 1),
    };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_way_there_and_back() {
        for byte in 0..=255 {
            assert_eq!(encode(decode(byte)), byte, "byte {byte:#x}");
        }
    }

    #[test]
    fn known_values_of_the_standard() {
        assert_eq!((encode(0), encode(-1), encode(32767), encode(-32768)), (0xd5, 0x55, 0xaa, 0x2a));
        assert_eq!((decode(0xd5), decode(0x55), decode(0xaa), decode(0x2a)), (8, -8, 32256, -32256));
    }
}
