//! The rigs of the whole-system stories: everything that stands around the product and talks to it through its front
//! doors. Nothing here is linked into the product, and no rig shares code with what it checks, except the words of
//! `cordboard-wire`. `docs/testing.md` lists the rigs.

pub mod agent_process;
pub mod api;
pub mod bad_network;
pub mod baresip;
pub mod browser;
pub mod customer_pages;
pub mod desk_proxy;
pub mod gateway;
pub mod lines;
pub mod melody;
pub mod phone;
pub mod places;
#[cfg(target_os = "linux")]
pub mod room;
pub mod rtp;
pub mod rtp_mouth;
pub mod sip_text;
pub mod sipp;
#[cfg(target_os = "linux")]
pub mod sound_server;
pub mod story;
#[cfg(target_os = "linux")]
pub mod system_browser;
#[cfg(target_os = "linux")]
pub mod window;

pub use agent_process::AgentProcess;
pub use api::Session;
pub use bad_network::{BadNetwork, Misfortune};
pub use baresip::Baresip;
pub use browser::Browser;
pub use cordboard_ear::{
    Mouth, Sound, Verdict, assert_heard, assert_heard_in_rounds, assert_not_heard, listen, listen_to_rounds,
};
pub use customer_pages::CustomerPages;
pub use desk_proxy::DeskProxy;
pub use gateway::Gateway;
pub use melody::Melody;
pub use phone::{Phone, PhoneCall};
#[cfg(target_os = "linux")]
pub use room::Room;
pub use rtp_mouth::RtpMouth;
pub use sipp::Sipp;
#[cfg(target_os = "linux")]
pub use sound_server::{Recorder, SoundServer};
pub use story::{Rig, Story, Weight, story};
#[cfg(target_os = "linux")]
pub use system_browser::SystemBrowser;
#[cfg(target_os = "linux")]
pub use window::{Window, WindowSound};
