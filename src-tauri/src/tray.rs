//! The tray: the state as a coloured dot and a word, and the few things a person wants without the window.

use cordboard_wire::{Activity, Command, DeskView, Locale, Presence};
use tauri::image::Image;
use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};

use crate::desk::Desk;
use crate::frame;

/// Width and height of the artwork, and how far the dot reaches from its lower right corner.
const SIDE: u32 = 32;
const DOT: i32 = 7;

/// The tray icon with what changes in it.
pub struct Tray {
    icon: TrayIcon<Wry>,
    state: MenuItem<Wry>,
}

/// What the tray tells: the desk's states, each with its colour and word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scene {
    Away,
    Ready,
    Break,
    Ringing,
    Talking,
    Held,
    WrapUp,
}

impl Scene {
    fn of(view: &DeskView) -> Scene {
        match view.agent.activity {
            Activity::Ringing | Activity::Dialing => Scene::Ringing,
            Activity::Talking if view.calls.iter().any(|call| call.phase == cordboard_wire::CallPhase::Held) => {
                Scene::Held
            }
            Activity::Talking => Scene::Talking,
            Activity::WrapUp => Scene::WrapUp,
            Activity::Idle => match view.agent.presence {
                Presence::Offline => Scene::Away,
                Presence::Break { .. } => Scene::Break,
                Presence::Ready => Scene::Ready,
            },
        }
    }

    fn colour(self) -> [u8; 3] {
        match self {
            Scene::Away | Scene::Break => [0x85, 0x8d, 0x9a],
            Scene::Ready => [0x22, 0xc5, 0x5e],
            Scene::Ringing => [0xf5, 0x9e, 0x0b],
            Scene::Talking => [0xef, 0x44, 0x44],
            Scene::Held => [0x8b, 0x5c, 0xf6],
            Scene::WrapUp => [0x3b, 0x82, 0xf6],
        }
    }

    fn word(self, locale: Locale) -> &'static str {
        match (self, locale) {
            (Scene::Away, Locale::ZhCn) => "未上线",
            (Scene::Away, Locale::En) => "Offline",
            (Scene::Ready, Locale::ZhCn) => "空闲",
            (Scene::Ready, Locale::En) => "Ready",
            (Scene::Break, Locale::ZhCn) => "小休",
            (Scene::Break, Locale::En) => "Break",
            (Scene::Ringing, Locale::ZhCn) => "振铃",
            (Scene::Ringing, Locale::En) => "Ringing",
            (Scene::Talking, Locale::ZhCn) => "通话中",
            (Scene::Talking, Locale::En) => "Talking",
            (Scene::Held, Locale::ZhCn) => "保持中",
            (Scene::Held, Locale::En) => "On hold",
            (Scene::WrapUp, Locale::ZhCn) => "话后处理",
            (Scene::WrapUp, Locale::En) => "After-call work",
        }
    }
}

impl Tray {
    /// Puts the icon into the tray.
    ///
    /// # Errors
    /// When the system has none.
    pub fn start(app: &AppHandle) -> tauri::Result<Tray> {
        let state = MenuItemBuilder::with_id("state", Scene::Away.word(Locale::En)).enabled(false).build(app)?;
        let menu = MenuBuilder::new(app)
            .item(&state)
            .separator()
            .text("open", "Cordboard 打开 / Open")
            .text("ready", "空闲 / Ready")
            .separator()
            .text("quit", "退出 / Quit")
            .build()?;
        let icon = TrayIconBuilder::with_id("state")
            .icon(dotted(Scene::Away))
            .tooltip("Cordboard")
            .menu(&menu)
            .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
            .build(app)?;
        Ok(Tray { icon, state })
    }

    /// Shows the state of a view; none: nobody is signed in.
    pub fn follow(&self, view: Option<&DeskView>, locale: Locale) {
        let scene = view.map_or(Scene::Away, Scene::of);
        let word = scene.word(locale);
        let done = self.icon.set_icon(Some(dotted(scene))).and_then(|()| {
            self.icon.set_tooltip(Some(format!("Cordboard · {word}")))?;
            self.state.set_text(word)
        });
        if let Err(error) = done {
            tracing::debug!(%error, "the tray does not change");
        }
    }
}

fn chosen(app: &AppHandle, item: &str) {
    match item {
        "open" => frame::come_forward(app),
        "quit" => frame::quit(app),
        "ready" => {
            let Some(agent) = app.state::<Desk>().agent() else { return };
            tauri::async_runtime::spawn(async move {
                if let Err(error) = agent.command(Command::Ready).await {
                    tracing::info!(%error, "not ready");
                }
            });
        }
        _ => {}
    }
}

/// The artwork with a dot of the state's colour, ringed so that it is seen on any ground.
fn dotted(scene: Scene) -> Image<'static> {
    let artwork = tauri::include_image!("../icons/32x32.png");
    let mut pixels = artwork.rgba().to_vec();
    let centre = SIDE as i32 - DOT - 1;
    let [red, green, blue] = scene.colour();
    for y in 0..SIDE as i32 {
        for x in 0..SIDE as i32 {
            let far = (x - centre).pow(2) + (y - centre).pow(2);
            let paint = if far <= (DOT - 2).pow(2) {
                [red, green, blue, 255]
            } else if far <= DOT.pow(2) {
                [255, 255, 255, 255]
            } else {
                continue;
            };
            let at = ((y * SIDE as i32 + x) * 4) as usize;
            if let Some(pixel) = pixels.get_mut(at..at + 4) {
                pixel.copy_from_slice(&paint);
            }
        }
    }
    Image::new_owned(pixels, SIDE, SIDE)
}
