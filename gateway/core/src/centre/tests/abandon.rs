//! abandon
