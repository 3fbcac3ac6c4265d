//! A ring as the system's own notification, with answer and decline where the system has buttons.
//!
//! A message bus may be slow, so a thread of its own speaks to it. The queue to it is bounded; a full one loses old
//! rings only, because the newest says how things are.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use cordboard_wire::{CallPhase, CallView, Command, DeskView, Locale};
use tauri::{AppHandle, Manager};

use crate::desk::Desk;

const QUEUED: usize = 8;

/// What is to be shown: a ring, or nothing.
type Wanted = Option<Ring>;

/// A ring in words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ring {
    call_id: String,
    title: String,
    body: String,
    answer: &'static str,
    decline: &'static str,
}

impl Ring {
    fn of(call: &CallView, locale: Locale) -> Ring {
        let where_from = [call.city.as_deref(), call.queue.as_deref()];
        let body = where_from.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let (title, answer, decline) = match locale {
            Locale::ZhCn => (format!("{} 来电", call.caller), "接听", "拒接"),
            Locale::En => (format!("{} is calling", call.caller), "Answer", "Decline"),
        };
        Ring { call_id: call.call_id.clone(), title, body, answer, decline }
    }
}

/// The thread's inbox and what it was told last.
pub struct Notices {
    inbox: SyncSender<Wanted>,
    told: std::sync::Mutex<Option<String>>,
}

impl Notices {
    /// Starts the thread.
    pub fn start(app: &AppHandle) -> std::io::Result<Notices> {
        let (inbox, wanted) = sync_channel(QUEUED);
        let app = app.clone();
        std::thread::Builder::new().name("notices".to_owned()).spawn(move || show_all(&app, &wanted))?;
        Ok(Notices { inbox, told: std::sync::Mutex::default() })
    }

    /// Shows the ring of this view, or takes the last one away.
    pub fn follow(&self, view: &DeskView, locale: Locale) {
        let ringing = view.calls.iter().find(|call| call.phase == CallPhase::Ringing);
        let mut told = self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let call_id = ringing.map(|call| call.call_id.clone());
        if *told == call_id {
            return;
        }
        if self.inbox.try_send(ringing.map(|call| Ring::of(call, locale))).is_ok() {
            *told = call_id;
        }
    }
}

fn show_all(app: &AppHandle, wanted: &Receiver<Wanted>) {
    let mut shown: Option<shown::Shown> = None;
    while let Ok(ring) = wanted.recv() {
        if let Some(shown) = shown.take() {
            shown.take_away();
        }
        if let Some(ring) = ring {
            match shown::show(app, &ring) {
                Ok(notification) => shown = Some(notification),
                Err(error) => {
                    tracing::info!(%error, "the system shows no notifications; the window rings all the same");
                }
            }
        }
    }
}

/// The person pressed a button of the notification, or the notification itself.
fn pressed(app: &AppHandle, call_id: String, action: &str) {
    let command = match action {
        "answer" => Command::Answer { call_id },
        "decline" => Command::Decline { call_id },
        "default" => return crate::frame::come_forward(app),
        _ => return,
    };
    let Some(agent) = app.state::<Desk>().agent() else { return };
    tauri::async_runtime::spawn(async move {
        if let Err(error) = agent.command(command).await {
            tracing::info!(%error, "a notification's button came too late");
        }
    });
}

#[cfg(target_os = "linux")]
mod shown {
    //! Notifications by the message bus, which have buttons and can be taken away.

    use notify_rust::error::Error;
    use notify_rust::{Hint, Notification, NotificationHandle, Timeout, Urgency};
    use tauri::AppHandle;

    use super::{Ring, pressed};

    /// One that is on the screen.
    pub struct Shown(NotificationHandle);

    impl Shown {
        /// Takes it away.
        pub fn take_away(self) {
            self.0.close();
        }
    }

    /// Shows a ring.
    pub fn show(app: &AppHandle, ring: &Ring) -> Result<Shown, Error> {
        let handle = Notification::new()
            .appname("Cordboard")
            .summary(&ring.title)
            .body(&ring.body)
            .icon("cordboard-desktop")
            .hint(Hint::Category("call.incoming".to_owned()))
            .urgency(Urgency::Critical)
            .timeout(Timeout::Never)
            .action("default", "")
            .action("answer", ring.answer)
            .action("decline", ring.decline)
            .show()?;
        let (id, app, call_id) = (handle.id(), app.clone(), ring.call_id.clone());
        // Ends when the notification is closed, by whomever.
        let listening = std::thread::Builder::new().name("notice".to_owned()).spawn(move || {
            let heard = notify_rust::handle_action(id, |action: &notify_rust::ActionResponse| {
                if let notify_rust::ActionResponse::Custom(action) = action {
                    pressed(&app, call_id.clone(), action);
                }
            });
            if let Err(error) = heard {
                tracing::info!(%error, "the notification's buttons are not heard");
            }
        });
        if let Err(error) = listening {
            tracing::warn!(%error, "no thread for the notification's buttons");
        }
        Ok(Shown(handle))
    }
}

#[cfg(not(target_os = "linux"))]
mod shown {
    //! Notifications with buttons, which go away by themselves: nothing here can take them away. A button that is pressed
    //! when the ring is over does nothing.

    use notify_rust::error::Error;
    use notify_rust::{Notification, NotificationResponse, Timeout};
    use tauri::AppHandle;

    use super::{Ring, pressed};

    /// One that is on the screen.
    pub struct Shown;

    impl Shown {
        /// Leaves it to the system.
        pub fn take_away(self) {}
    }

    /// Shows a ring.
    pub fn show(app: &AppHandle, ring: &Ring) -> Result<Shown, Error> {
        let mut notification = Notification::new();
        notification.appname("Cordboard").summary(&ring.title).body(&ring.body).timeout(Timeout::Never);
        notification.action("answer", ring.answer).action("decline", ring.decline);
        as_ourselves(app, &mut notification);
        let handle = notification.show()?;
        let (app, call_id) = (app.clone(), ring.call_id.clone());
        let listening = std::thread::Builder::new().name("notice".to_owned()).spawn(move || {
            let heard = handle.wait_for_response(|response: &NotificationResponse| match response {
                NotificationResponse::Action(action) => pressed(&app, call_id.clone(), action),
                NotificationResponse::Default => pressed(&app, call_id.clone(), "default"),
                NotificationResponse::Reply(_) | NotificationResponse::Closed(_) => {}
            });
            if let Err(error) = heard {
                tracing::info!(%error, "the notification's buttons are not heard");
            }
        });
        if let Err(error) = listening {
            tracing::warn!(%error, "no thread for the notification's buttons");
        }
        Ok(Shown)
    }

    /// Windows shows notifications only of programs whose installer told it their identifier; a build that nobody
    /// installed borrows another's.
    #[cfg(windows)]
    fn as_ourselves(app: &AppHandle, notification: &mut Notification) {
        if !cfg!(debug_assertions) {
            notification.app_id(&app.config().identifier);
        }
    }

    /// macOS asks once in whose name.
    #[cfg(target_os = "macos")]
    fn as_ourselves(app: &AppHandle, _notification: &mut Notification) {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            if let Err(error) = notify_rust::set_application(&app.config().identifier) {
                tracing::info!(%error, "notifications are shown in another program's name");
            }
        });
    }

    #[cfg(not(any(windows, target_os = "macos")))]
    fn as_ourselves(_app: &AppHandle, _notification: &mut Notification) {}
}
