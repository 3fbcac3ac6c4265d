//! The INVITE that begins an outbound call (§8.1.1, §13.2.1): who calls whom, and what is offered.

use crate::config::CallerFrom;
use crate::dialog::Dialog;
use crate::engine::Core;
use crate::message::uri::Uri;
use crate::message::{ALLOW, Method, Request, escape};
use crate::offer_answer::Ours;
use crate::user_agent::Dial;
use crate::wire::Destination;

/// Why a call cannot be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CannotDial {
    #[error("the number to call cannot be dialled")]
    Callee,
    #[error("the calling number cannot be sent")]
    Caller,
    #[error("no codec to offer")]
    NoCodec,
    #[error("the trunk has no peer to call")]
    NoPeer,
}

/// An INVITE and what it was made from.
pub(super) struct Invitation {
    /// What the dialogs of its responses are made from.
    pub(super) template: Dialog,
    pub(super) invite: Request,
    pub(super) ours: Ours,
    pub(super) destination: Destination,
}

pub(super) fn invitation(core: &mut Core, trunk: usize, dial: &Dial) -> Result<Invitation, CannotDial> {
    if dial.media.codecs.is_empty() {
        return Err(CannotDial::NoCodec);
    }
    let config = core.trunks.get(trunk).map(|trunk| trunk.config.clone()).ok_or(CannotDial::NoPeer)?;
    let (peer, destination) = config.peer.zip(core.peer_destination(trunk)).ok_or(CannotDial::NoPeer)?;
    let path = core.path_to(trunk);
    let callee = escape::escape_user(&dial.callee).ok_or(CannotDial::Callee)?;
    let target = Uri::parse(&format!("sip:{callee}@{peer}")).map_err(|_| CannotDial::Callee)?;
    let domain = config.caller_domain.unwrap_or_else(|| core.local_text(path.transport, path.listener));
    let mut template = Dialog {
        trunk,
        call_id: core.random.call_id(),
        local: calling_party(dial, &domain)?,
        local_tag: core.random.tag(),
        remote: format!("<{}>", target.as_str()),
        remote_tag: String::new(),
        local_cseq: 0,
        remote_cseq: None,
        route_set: Vec::new(),
        target,
        path,
        challenges: Vec::new(),
    };
    let mut ours = Ours::new(core.random.session_id());
    let mut invite = template.request(Method::Invite);
    invite.headers.push("Allow", ALLOW);
    invite.headers.push("Accept", "application/sdp");
    if config.caller_from == CallerFrom::PAssertedIdentity && !dial.caller.is_empty() {
        invite.headers.push("P-Asserted-Identity", template.local.clone());
    }
    if !dial.late_offer {
        invite.set_body("application/sdp", ours.offer(&dial.media));
    }
    Ok(Invitation { template, invite, ours, destination })
}

fn calling_party(dial: &Dial, domain: &str) -> Result<String, CannotDial> {
    // RFC 3323 §4.1.1.3.
    if dial.caller.is_empty() {
        return Ok("\"Anonymous\" <sip:anonymous@anonymous.invalid>".to_owned());
    }
    let caller = escape::escape_user(&dial.caller).ok_or(CannotDial::Caller)?;
    let uri = format!("<sip:{caller}@{domain}>");
    Ok(match dial.caller_display.as_str() {
        "" => uri,
        display => format!("{} {uri}", escape::quote(display)),
    })
}
