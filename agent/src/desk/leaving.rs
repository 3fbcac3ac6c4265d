//! How a desk leaves when its person signs out.

use std::time::Duration;

use cordboard_wire::{CallPhase, ClientMessage, Command, GatewayMessage};

use super::Desk;
use crate::line::LineEvent;

/// How long signing out may take before the desk just leaves.
const SIGN_OUT_LIMIT: Duration = Duration::from_secs(2);

impl Desk {
    /// Leaves nothing behind that would wait for this agent: calls are ended, the agent is signed out.
    pub(super) async fn leave(&mut self) {
        if self.messages.is_some() && tokio::time::timeout(SIGN_OUT_LIMIT, self.tidy_up()).await.is_err() {
            tracing::debug!("the gateway did not say that the agent is signed out");
        }
        self.messages = None;
    }

    /// Leaves, and ends the session.
    pub(super) async fn sign_out(&mut self) {
        self.leave().await;
        if let Some(session) = self.session.take() {
            let ending = self.gateway.sign_out(&session);
            if tokio::time::timeout(SIGN_OUT_LIMIT, ending).await.is_err() {
                tracing::debug!("the gateway did not end the session in time");
            }
        }
    }

    async fn tidy_up(&mut self) {
        let calls = self.outlets.view.borrow().as_ref().map(|now| now.view.calls.clone()).unwrap_or_default();
        for call in calls {
            let call_id = call.call_id;
            let command = match call.phase {
                CallPhase::Ringing => Command::Decline { call_id },
                _ => Command::HangUp { call_id },
            };
            let id = self.take_id();
            self.say(ClientMessage::Command { id, command });
        }
        let mut asked = None;
        loop {
            let idle = self.outlets.view.borrow().as_ref().is_none_or(|now| now.view.calls.is_empty());
            if idle && asked.is_none() {
                let id = self.take_id();
                self.say(ClientMessage::Command { id, command: Command::SignOut });
                asked = Some(id);
            }
            match self.line.recv().await {
                Some(LineEvent::Message(GatewayMessage::Accepted { id, .. } | GatewayMessage::Refused { id, .. }))
                    if Some(id) == asked =>
                {
                    return;
                }
                Some(LineEvent::Message(message)) => self.on_message(message).await,
                Some(LineEvent::Alive) => {}
                Some(LineEvent::Up { .. } | LineEvent::Down { .. } | LineEvent::Over(_)) | None => return,
            }
        }
    }
}
