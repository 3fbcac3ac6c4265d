//! The addresses that may talk to us at all, read by every reader and replaced by the loop.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::watch;

use crate::config::Cidr;

/// The ranges of all trunks and the addresses of their peers.
#[derive(Clone, Debug)]
pub(crate) struct AllowList(Arc<watch::Sender<Arc<[Cidr]>>>);

impl Default for AllowList {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Arc::from([]))))
    }
}

impl AllowList {
    pub(crate) fn set(&self, ranges: Vec<Cidr>) {
        self.0.send_replace(ranges.into());
    }

    pub(crate) fn contains(&self, ip: IpAddr) -> bool {
        self.0.borrow().iter().any(|range| range.contains(ip))
    }
}
