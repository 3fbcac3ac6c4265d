//! Forwarding, recording, mixing and playing on plain legs allocate nothing once they run.
//!
//! Counts every allocation of the process while calls flow; the telephones here are written so that they make none.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::{House, LOOPBACK, hear};
use cordboard_media::rtp::RtpHeader;
use cordboard_relay::{Codec, EndpointId, Hear, Remote};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is passed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

struct Silent {
    socket: UdpSocket,
    leg: SocketAddr,
    heard: u64,
}

/// Speaks for all legs for `ticks` of 20 ms.
fn speak(legs: &mut [Silent], from: u16, ticks: u16) {
    let (mut packet, mut trash) = ([0; 172], [0; 2_048]);
    let start = Instant::now();
    for tick in 0..ticks {
        for (index, leg) in legs.iter_mut().enumerate() {
            let sequence = from + tick;
            let header = RtpHeader {
                payload_type: 8,
                sequence,
                timestamp: u32::from(sequence) * 160,
                ssrc: index as u32,
                marker: false,
            };
            header.write_packet(&[0x55; 160], &mut packet).unwrap();
            leg.socket.send_to(&packet, leg.leg).unwrap();
            while leg.socket.recv_from(&mut trash).is_ok() {
                leg.heard += 1;
            }
        }
        let due = start + Duration::from_millis(20) * u32::from(tick + 1);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}

#[test]
fn nothing_is_allocated_while_calls_flow() {
    let house = House::new(1);
    let mut legs: Vec<Silent> = (1..=10_u64)
        .map(|id| {
            let leg = house.relay.open_trunk(EndpointId(id), false).unwrap();
            let socket = UdpSocket::bind((LOOPBACK, 0)).unwrap();
            socket.set_nonblocking(true).unwrap();
            let addr = socket.local_addr().unwrap();
            let remote = Remote { addr, codec: Codec::Pcma, pt: 8, dtmf_pt: None, ptime_ms: 20, may_send: true };
            house.relay.set_remote(EndpointId(id), remote).unwrap();
            Silent { socket, leg, heard: 0 }
        })
        .collect();
    // A recorded bridge, a mix of three, music, ringback.
    house.plan_recorded(1, hear(&[2]), Some("job-1"));
    house.plan(2, hear(&[1]));
    house.plan(3, hear(&[4, 5]));
    house.plan(4, hear(&[3, 5]));
    house.plan(5, hear(&[3, 4]));
    house.plan(6, Hear::Music);
    house.plan(7, Hear::Ringback);
    house.plan(8, hear(&[9]));
    house.plan(9, hear(&[8]));
    house.plan(10, hear(&[9]));
    speak(&mut legs, 0, 75);
    let before = (ALLOCATIONS.load(Ordering::Relaxed), legs.iter().map(|leg| leg.heard).sum::<u64>());
    speak(&mut legs, 75, 50);
    let allocated = ALLOCATIONS.load(Ordering::Relaxed) - before.0;
    let heard = legs.iter().map(|leg| leg.heard).sum::<u64>() - before.1;
    assert!(heard > 400, "{heard} packets");
    assert_eq!(allocated, 0, "while {heard} packets went out");
}
