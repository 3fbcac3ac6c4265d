//! Stories of one outgoing line: what a receiver sees when sources change behind it.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

const TICK_US: u64 = 20_000;

fn line() -> Rewriter {
    Rewriter::new(0xAB, 65_534, u32::MAX - 200, 8_000, 1_000_000)
}

fn packet(sequence: u16, timestamp: u32) -> RtpHeader {
    RtpHeader { payload_type: 8, marker: false, sequence, timestamp, ssrc: 1 }
}

/// The time of a tick, counted from the line's beginning.
fn at(tick: u64) -> u64 {
    1_000_000 + tick * TICK_US
}

/// What the line's timestamp is at that time.
fn wall(tick: u64) -> u32 {
    (u32::MAX - 200).wrapping_add(tick as u32 * 160)
}

#[test]
fn a_source_keeps_its_own_spacing() {
    let mut line = line();
    let first = line.forward(at(10), 1, &packet(7, 90_000), 8, 160).unwrap();
    assert_eq!((first.ssrc, first.sequence, first.timestamp, first.marker), (0xAB, 65_534, wall(10), true));
    // 70 ms late, with one lost before it and one overtaken.
    let third = line.forward(at(12) + 70_000, 1, &packet(9, 90_320), 8, 160).unwrap();
    assert_eq!((third.sequence, third.timestamp, third.marker), (0, wall(12), false));
    let second = line.forward(at(12) + 71_000, 1, &packet(8, 90_160), 8, 160).unwrap();
    assert_eq!((second.sequence, second.timestamp), (65_535, wall(11)));
    assert_eq!(line.forward(at(12) + 72_000, 1, &packet(8, 90_160), 8, 160), None, "a duplicate");
}

#[test]
fn another_source_goes_on_at_the_wall_clock() {
    let mut line = line();
    line.forward(at(0), 1, &packet(7, 90_000), 8, 160);
    let other = line.forward(at(50), 2, &packet(30_000, 5), 8, 160).unwrap();
    assert_eq!((other.sequence, other.timestamp, other.marker), (65_535, wall(50), true));
    let next = line.forward(at(51), 2, &packet(30_001, 165), 8, 160).unwrap();
    assert_eq!((next.sequence, next.timestamp, next.marker), (0, wall(51), false));
    // What the new source sent before it was switched to is not heard.
    assert_eq!(line.forward(at(51), 2, &packet(29_999, 0_u32.wrapping_sub(155)), 8, 160), None);
}

#[test]
fn sources_that_follow_at_once_do_not_overlap() {
    let mut line = line();
    line.forward(at(0), 1, &packet(7, 90_000), 8, 160);
    let early = line.forward(at(0) + 5_000, 2, &packet(100, 0), 8, 160).unwrap();
    assert_eq!(early.timestamp, wall(1));
    let again = line.forward(at(0) + 6_000, 1, &packet(8, 90_160), 8, 160).unwrap();
    assert_eq!(again.timestamp, wall(2));
}

#[test]
fn frames_made_here_follow_without_a_seam_until_there_is_a_pause() {
    let mut line = line();
    assert!(line.originate(at(0), 8, 160).marker);
    // Ticks that wobble do not wobble the line.
    for (tick, wobble_us) in [(1, 3_000), (2, 0), (3, 19_000), (4, 1_000)] {
        let header = line.originate(at(tick) + wobble_us, 8, 160);
        assert_eq!((header.timestamp, header.marker), (wall(tick), false));
    }
    let after_pause = line.originate(at(100), 8, 160);
    assert_eq!((after_pause.timestamp, after_pause.marker), (wall(100), true));
}

#[test]
fn a_prompt_after_a_person_and_back_is_one_line() {
    let mut line = line();
    line.forward(at(0), 1, &packet(7, 90_000), 8, 160);
    let prompt = line.originate(at(1), 8, 160);
    assert_eq!((prompt.sequence, prompt.timestamp, prompt.marker), (65_535, wall(1), true));
    let person = line.forward(at(2), 1, &packet(9, 90_320), 8, 160).unwrap();
    assert_eq!((person.sequence, person.timestamp, person.marker), (0, wall(2), true));
}

#[test]
fn a_pause_of_the_source_with_a_frozen_clock_is_a_pause_on_the_line() {
    let mut line = line();
    line.forward(at(0), 1, &packet(7, 90_000), 8, 160);
    let resumed = line.forward(at(60), 1, &packet(8, 90_160), 8, 160).unwrap();
    assert_eq!((resumed.sequence, resumed.timestamp, resumed.marker), (65_535, wall(60), true));
}

#[test]
fn digits_stand_between_packets_of_sound() {
    let mut line = line();
    line.forward(at(0), 1, &packet(7, 90_000), 8, 160);
    let pressed = line.timestamp_at(at(1));
    let event = line.insert(101, true, pressed);
    assert_eq!((event.payload_type, event.sequence, event.timestamp, event.marker), (101, 65_535, wall(1), true));
    let sound = line.forward(at(1), 1, &packet(8, 90_160), 8, 160).unwrap();
    assert_eq!((sound.sequence, sound.timestamp, sound.marker), (0, wall(1), false));
    assert_eq!(line.forward(at(1), 1, &packet(7, 90_000), 8, 160), None, "from before the digit");
}

#[test]
fn a_packet_left_out_does_not_look_lost() {
    let mut line = line();
    line.forward(at(0), 1, &packet(7, 90_000), 8, 160);
    line.omit(1, &packet(8, 90_000));
    line.omit(1, &packet(9, 90_000));
    let sound = line.forward(at(3), 1, &packet(10, 90_480), 8, 160).unwrap();
    assert_eq!((sound.sequence, sound.timestamp), (65_535, wall(3)));
}

#[test]
fn one_packet_out_of_line_is_dropped_and_a_restart_is_followed() {
    let mut line = line();
    line.forward(at(0), 1, &packet(7, 90_000), 8, 160);
    assert_eq!(line.forward(at(1), 1, &packet(40_000, 3), 8, 160), None);
    let next = line.forward(at(1), 1, &packet(8, 90_160), 8, 160).unwrap();
    assert_eq!((next.sequence, next.timestamp), (65_535, wall(1)));
    assert_eq!(line.forward(at(2), 1, &packet(50_000, 3), 8, 160), None);
    let restarted = line.forward(at(3), 1, &packet(50_001, 163), 8, 160).unwrap();
    assert_eq!((restarted.sequence, restarted.timestamp, restarted.marker), (0, wall(3), true));
}

#[test]
fn a_released_source_is_a_new_one() {
    let mut line = line();
    line.forward(at(0), 1, &packet(7, 90_000), 8, 160);
    line.release();
    let resumed = line.forward(at(9), 1, &packet(8, 90_160), 8, 160).unwrap();
    assert_eq!((resumed.sequence, resumed.timestamp, resumed.marker), (65_535, wall(9), true));
}

#[test]
fn the_clock_holds_for_days() {
    let mut line = Rewriter::new(1, 0, 0, 48_000, 0);
    let day_us = 86_400_000_000;
    assert_eq!(line.timestamp_at(3 * day_us), (3 * 86_400 * 48_000_u64) as u32);
    let header = line.originate(3 * day_us + 20_000, 111, 960);
    assert_eq!(header.timestamp, ((3 * 86_400 * 48_000_u64) as u32).wrapping_add(960));
}
