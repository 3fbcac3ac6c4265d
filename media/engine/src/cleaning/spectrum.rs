//! Real spectra as the transform orders them: pairs of real and imaginary parts, of which the first holds the mean and the
//! highest frequency.

pub(super) fn pairs(spectrum: &[f32]) -> impl Iterator<Item = &[f32; 2]> {
    spectrum.as_chunks().0.iter()
}

pub(super) fn pairs_mut(spectrum: &mut [f32]) -> impl Iterator<Item = &mut [f32; 2]> {
    spectrum.as_chunks_mut().0.iter_mut()
}

pub(super) fn power([re, im]: &[f32; 2]) -> f32 {
    re * re + im * im
}
