//! The machine's sound devices on the command line: the list, and the choice.

use std::process::ExitCode;

use cordboard_agent::HeadsetNow;
use cordboard_engine::{
    Choice, Cleaning, DeviceChoices, DeviceSettings, Devices, DevicesNow, Direction, SoundDevice, Use,
};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::exit::Exit;
use super::lines::print;

/// Prints the devices there are.
pub fn list() -> ExitCode {
    match Devices::list() {
        Ok(devices) => {
            print("devices", json!({ "devices": devices.iter().map(described).collect::<Vec<_>>() }));
            Exit::AsAsked.into()
        }
        Err(error) => Exit::SoundFile.because(&error.to_string()),
    }
}

/// Reads what a person chose.
pub fn settings(arguments: &Arguments) -> DeviceSettings {
    let choice = |name: &Option<String>| name.clone().map_or(Choice::System, Choice::Device);
    DeviceSettings {
        choices: DeviceChoices {
            microphone: choice(&arguments.microphone),
            speaker: choice(&arguments.speaker),
            ringer: choice(&arguments.ringer),
        },
        cleaning: if arguments.raw { Cleaning::NONE } else { Cleaning::default() },
        hold: None,
    }
}

/// What a line says about the devices.
pub fn line(now: &DevicesNow) -> Value {
    json!({
        "devices": now.devices.iter().map(described).collect::<Vec<_>>(),
        "microphone": used(&now.microphone),
        "speaker": used(&now.speaker),
        "ringer": used(&now.ringer),
    })
}

/// What a line says about the headset.
pub fn headset(now: &HeadsetNow) -> Value {
    match now {
        HeadsetNow::Absent => json!({ "state": "absent" }),
        HeadsetNow::Ready(headset) => {
            json!({ "state": "ready", "name": headset.name, "vendor_id": headset.vendor_id,
                    "product_id": headset.product_id })
        }
        HeadsetNow::Barred { headset, message } => {
            json!({ "state": "barred", "name": headset.name, "vendor_id": headset.vendor_id,
                    "product_id": headset.product_id, "message": message })
        }
    }
}

fn used(by: &Use) -> Value {
    match by {
        Use::Closed => json!({ "state": "closed" }),
        Use::Open(device) => json!({ "state": "open", "id": device.id, "name": device.name }),
        Use::Missing { message, .. } => json!({ "state": "missing", "message": message }),
    }
}

fn described(device: &SoundDevice) -> Value {
    let direction = match device.direction {
        Direction::Input => "input",
        Direction::Output => "output",
    };
    json!({ "id": device.id, "name": device.name, "direction": direction, "default": device.is_default })
}
