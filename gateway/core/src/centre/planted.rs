//! Where faults can be planted: `planted!(centre, ForgetsRingTimeout)` is `false`, and nothing is left of it in the
//! program, unless the feature `planted-faults` is on.

#[cfg(feature = "planted-faults")]
macro_rules! planted {
    ($centre:expr, $fault:ident) => {
        $centre.fault == Some(crate::faults::Fault::$fault)
    };
}

#[cfg(not(feature = "planted-faults"))]
macro_rules! planted {
    ($centre:expr, $fault:ident) => {
        false
    };
}
