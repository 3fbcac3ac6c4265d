#![allow(clippy::unwrap_used)]
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

use super::*;
use crate::layout::{Manner, Place};
use crate::reports::{read, write};
use crate::usage::{Control, Light};

fn recorded(text: &str) -> Vec<u8> {
    let bytes = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    bytes.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn layout(text: &str) -> Layout {
    parse(&recorded(text)).unwrap()
}

const JABRA: &str = include_str!("../../tests/descriptors/jabra_link_380c.hex");
const POLY: &str = include_str!("../../tests/descriptors/poly_blackwire_3220.hex");
const DELL: &str = include_str!("../../tests/descriptors/dell_sp325.hex");
const LOGITECH: &str = include_str!("../../tests/descriptors/logitech_mx_brio.hex");

fn input(layout: &Layout, control: Control) -> Option<(u8, u32, Manner)> {
    layout.input(control).map(|field| (field.place.report_id, field.place.bit, field.manner))
}

fn output(layout: &Layout, light: Light) -> Option<(u8, u32)> {
    layout.output(light).map(|field| (field.place.report_id, field.place.bit))
}

#[test]
fn jabra_has_all_in_one_report() {
    let jabra = layout(JABRA);
    assert_eq!(input(&jabra, Control::HookSwitch), Some((2, 0, Manner::Level)), "though it is marked constant");
    assert_eq!(input(&jabra, Control::LineBusyTone), Some((2, 1, Manner::Level)));
    assert_eq!(input(&jabra, Control::PhoneMute), Some((2, 3, Manner::Press)));
    assert_eq!(input(&jabra, Control::Flash), Some((2, 4, Manner::Press)));
    assert_eq!(input(&jabra, Control::Redial), Some((2, 5, Manner::Press)));
    assert_eq!(input(&jabra, Control::Reject), Some((2, 11, Manner::Press)));
    let lights = [(Light::OffHook, 0), (Light::Mute, 2), (Light::Ring, 3), (Light::Hold, 4), (Light::Ringer, 7)];
    for (light, bit) in lights {
        assert_eq!(output(&jabra, light), Some((2, bit)), "{light:?}");
    }
    assert_eq!(jabra.output_bytes, [(2, 2)], "the vendor's reports are left alone");
}

#[test]
fn poly_has_a_report_for_each_light() {
    let poly = layout(POLY);
    assert_eq!(input(&poly, Control::PhoneMute), Some((8, 0, Manner::Press)));
    assert_eq!(input(&poly, Control::HookSwitch), Some((8, 1, Manner::Level)));
    assert_eq!(input(&poly, Control::Flash), Some((8, 2, Manner::Level)));
    for (light, id) in [(Light::Mute, 0x09), (Light::OffHook, 0x17), (Light::Ring, 0x18), (Light::Hold, 0x20)] {
        assert_eq!(output(&poly, light), Some((id, 0)), "{light:?}");
    }
    assert_eq!(poly.output_bytes, [(0x09, 1), (0x17, 1), (0x18, 1), (0x20, 1)]);
}

#[test]
fn dell_s_telephony_comes_after_four_other_collections() {
    let dell = layout(DELL);
    assert_eq!(input(&dell, Control::HookSwitch), Some((5, 0, Manner::Level)));
    assert_eq!(input(&dell, Control::PhoneMute), Some((5, 1, Manner::Press)));
    assert_eq!(input(&dell, Control::Flash), Some((5, 3, Manner::Press)));
    assert_eq!(input(&dell, Control::Reject), Some((5, 7, Manner::Press)));
    for (light, bit) in [(Light::OffHook, 0), (Light::Mute, 1), (Light::Ring, 2), (Light::Hold, 3)] {
        assert_eq!(output(&dell, light), Some((5, bit)), "{light:?}");
    }
    assert_eq!(dell.output_bytes, [(5, 1)]);
}

#[test]
fn logitech_s_camera_can_mute_and_ranks_below_a_headset() {
    let camera = layout(LOGITECH);
    assert_eq!(input(&camera, Control::PhoneMute), Some((8, 0, Manner::Press)));
    assert_eq!(input(&camera, Control::HookSwitch), Some((8, 1, Manner::Level)));
    assert_eq!(output(&camera, Light::Mute), Some((8, 0)));
    assert_eq!(output(&camera, Light::OffHook), None);
    assert!(camera.is_useful() && camera.rank() < layout(JABRA).rank());
}

#[test]
fn reports_are_read_and_written_where_the_layout_says() {
    let jabra = layout(JABRA);
    let on = |report: &[u8]| {
        let said = read(&jabra, report);
        said.into_iter().filter(|said| said.on).map(|said| said.control).collect::<Vec<_>>()
    };
    assert_eq!(on(&[2, 0b0000_0001, 0]), [Control::HookSwitch]);
    assert_eq!(on(&[2, 0b0000_1001, 0]), [Control::HookSwitch, Control::PhoneMute]);
    assert_eq!(on(&[2, 0, 0b0000_1000]), [Control::Reject]);
    assert_eq!(on(&[4, 0xFF, 0xFF]), [], "the vendor's report");
    assert_eq!(on(&[]), []);
    assert_eq!(read(&jabra, &[2, 0]).len(), 5, "the second byte is missing, and with it the button");
    assert_eq!(write(&jabra, |light| light == Light::OffHook || light == Light::Ring), [[2, 0b1001, 0]]);
    let poly = write(&layout(POLY), |light| light == Light::Ring);
    assert_eq!(poly, [[0x09, 0], [0x17, 0], [0x18, 1], [0x20, 0]]);
}

#[test]
fn a_phone_without_report_ids_names_its_buttons_by_number() {
    // Usage page telephony, usage phone; one slot of a byte with 1 hook switch, 2 flash, 3 mute.
    let phone = [
        0x05, 0x0B, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x01, 0x25, 0x03, 0x75, 0x08, 0x95, 0x01, 0x09, 0x20, 0x09, 0x21,
        0x09, 0x2F, 0x81, 0x00, 0xC0,
    ];
    let phone = parse(&phone).unwrap();
    assert!(!phone.has_report_ids && phone.has(Control::PhoneMute) && phone.input(Control::PhoneMute).is_none());
    let pressed = read(&phone, &[3]).into_iter().filter(|said| said.on).map(|said| said.control);
    assert_eq!(pressed.collect::<Vec<_>>(), [Control::PhoneMute]);
    assert_eq!(phone.arrays[0].first, Place { report_id: 0, bit: 0, bits: 8 });
}

#[test]
fn a_keyboard_has_nothing_to_say() {
    // Generic desktop, keyboard, modifiers and lights, as in appendix E.6 of HID 1.11.
    let keyboard = [
        0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01,
        0x95, 0x08, 0x81, 0x02, 0x95, 0x05, 0x05, 0x08, 0x19, 0x01, 0x29, 0x20, 0x91, 0x02, 0xC0,
    ];
    assert_eq!(parse(&keyboard).unwrap(), Layout::default());
}

#[test]
fn what_is_beyond_all_measure_is_refused() {
    assert_eq!(parse(&[0; LONGEST_BYTES + 1]), Err(DescriptorError::TooLong));
    assert_eq!(parse(&[0x27, 1, 2]), Err(DescriptorError::Truncated));
    assert_eq!(parse(&[0xFE, 200, 0, 1]), Err(DescriptorError::Truncated));
    assert_eq!(parse(&[0xC0]), Err(DescriptorError::Unbalanced));
    assert_eq!(parse(&[0xB4]), Err(DescriptorError::Unbalanced));
    assert_eq!(parse(&[0xA1, 1].repeat(33)), Err(DescriptorError::TooDeep));
    assert_eq!(parse(&[0xA4].repeat(33)), Err(DescriptorError::TooDeep));
    assert_eq!(parse(&[0x09, 1].repeat(257)), Err(DescriptorError::TooManyUsages));
    // Four billion fields of four billion bits.
    let huge = [0x77, 255, 255, 255, 255, 0x97, 255, 255, 255, 255, 0x81, 0x02];
    assert_eq!(parse(&huge), Err(DescriptorError::ReportTooLong));
}

fn any_item() -> impl Strategy<Value = Vec<u8>> {
    // Mostly items that mean something, so that the depths are reached.
    let prefix = prop_oneof![
        prop::sample::select(vec![
            0x05_u8, 0x06, 0x09, 0x0B, 0x15, 0x19, 0x25, 0x29, 0x75, 0x77, 0x81, 0x85, 0x91, 0x95, 0x97, 0xA1, 0xA4,
            0xB1, 0xB4, 0xC0, 0xFE
        ]),
        any::<u8>()
    ];
    let byte = prop_oneof![prop::sample::select(vec![0_u8, 1, 2, 8, 0x0B, 0x20, 0x2F, 0x17, 255]), any::<u8>()];
    (prefix, prop::collection::vec(byte, 0..5)).prop_map(|(prefix, data)| {
        let length = if prefix & 3 == 3 { 4 } else { usize::from(prefix & 3) };
        let mut item = vec![prefix];
        item.extend(data.into_iter().chain(std::iter::repeat(1)).take(length));
        item
    })
}

proptest! {
    #[test]
    fn no_descriptor_and_no_report_does_harm(
        items in prop::collection::vec(any_item(), 0..200),
        report in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        if let Ok(layout) = parse(&items.concat()) {
            for field in &layout.inputs {
                assert!(field.place.bit + field.place.bits <= LONGEST_REPORT_BITS);
            }
            let _ = read(&layout, &report);
            for report in write(&layout, |_| true) {
                assert!(report.len() <= 1 + LONGEST_REPORT_BITS as usize / 8);
            }
        }
    }

    #[test]
    fn noise_does_no_harm(noise in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&noise);
    }

    #[test]
    fn a_recorded_descriptor_with_a_byte_changed_does_no_harm(at in 0_usize..500, byte in any::<u8>()) {
        for recording in [JABRA, POLY, DELL, LOGITECH] {
            let mut descriptor = recorded(recording);
            let at = at % descriptor.len();
            descriptor[at] = byte;
            if let Ok(layout) = parse(&descriptor) {
                let _ = read(&layout, &[byte; 8]);
                let _ = write(&layout, |_| true);
            }
        }
    }
}
