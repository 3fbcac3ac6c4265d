//! One call of the telephone.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::{Wire, response};
use crate::RtpMouth;
use crate::lines::Lines;
use crate::sip_text::{SipText, sdp};

/// How long a gateway may take to answer a message.
const ANSWER: Duration = Duration::from_secs(8);

/// A call, made or arrived. What the gateway asks of it while it stands (BYE, re-INVITE, CANCEL) is answered by a task.
pub struct PhoneCall {
    /// Its mouth and ear.
    pub mouth: RtpMouth,
    /// What the gateway said in this call.
    pub lines: Lines<SipText>,
    /// `Call-ID`.
    pub id: String,
    wire: Wire,
    us: SocketAddr,
    far: SocketAddr,
    /// Our side's and their side's header value, tags included once they are known.
    local: String,
    remote: String,
    target: String,
    invite: SipText,
    next_cseq: u32,
    sdp_version: u32,
    keeper: tokio::task::JoinHandle<()>,
}

impl PhoneCall {
    #[allow(clippy::too_many_arguments, reason = "called once, by the telephone")]
    pub(super) async fn dial(
        wire: Wire,
        lines: Lines<SipText>,
        us: SocketAddr,
        far: SocketAddr,
        number: &str,
        caller: &str,
        id: &str,
        mouth: RtpMouth,
    ) -> Result<PhoneCall> {
        let target = format!("sip:{number}@{far}");
        let local = format!("<sip:{caller}@{us}>;tag={id}");
        let remote = format!("<{target}>");
        let invite = request("INVITE", &target, 1, (&local, &remote), id, us)
            .with("Contact", format!("<sip:{caller}@{us}>"))
            .with_sdp(&sdp(mouth.address, "sendrecv", 1));
        wire.socket.send_to(&invite.bytes(), far).await?;
        let keeper = keep(wire.clone(), lines.clone(), far, us, None, mouth.address);
        let id = id.to_owned();
        Ok(PhoneCall {
            mouth,
            lines,
            id,
            wire,
            us,
            far,
            local,
            remote,
            target,
            invite,
            next_cseq: 2,
            sdp_version: 1,
            keeper,
        })
    }

    pub(super) fn arrived(
        wire: Wire,
        lines: Lines<SipText>,
        us: SocketAddr,
        invite: SipText,
        mouth: RtpMouth,
    ) -> PhoneCall {
        let via = invite.header("Via").split(';').next().unwrap_or_default();
        let far = via.rsplit(' ').next().and_then(|far| far.parse().ok()).unwrap_or(us);
        let tag = format!("{:08x}", rand::random::<u32>());
        let id = invite.header("Call-ID").to_owned();
        let keeper = keep(wire.clone(), lines.clone(), far, us, Some((invite.clone(), tag.clone())), mouth.address);
        if let Some(media) = invite.media() {
            mouth.send_to(media);
        }
        PhoneCall {
            mouth,
            lines,
            id,
            wire,
            us,
            far,
            local: format!("{};tag={tag}", invite.header("To")),
            remote: invite.header("From").to_owned(),
            target: invite.address("Contact").to_owned(),
            invite,
            next_cseq: 100,
            sdp_version: 1,
            keeper,
        }
    }

    /// The INVITE that began it.
    pub fn invite(&self) -> &SipText {
        &self.invite
    }

    /// Waits for a response to our INVITE with this status.
    pub async fn wait_status(&self, status: u16) -> Result<SipText> {
        self.wait_status_within(status, ANSWER).await
    }

    /// The same with another limit.
    pub async fn wait_status_within(&self, status: u16, limit: Duration) -> Result<SipText> {
        let what = format!("a {status} for the INVITE");
        let is = |line: &SipText| (line.cseq().1 == "INVITE" && line.status() == Some(status)).then(|| line.clone());
        Ok(self.lines.wait(&what, 0, limit, is).await?.1)
    }

    /// Waits for the answer, acknowledges it, and speaks to where it says.
    pub async fn wait_answer(&mut self) -> Result<()> {
        let answer = self.wait_status(200).await?;
        self.remote = answer.header("To").to_owned();
        self.target = answer.address("Contact").to_owned();
        self.mouth.send_to(answer.media().context("an answer without SDP")?);
        self.acknowledge(1).await
    }

    /// Waits for a final refusal and acknowledges it.
    pub async fn wait_refusal(&mut self) -> Result<SipText> {
        let is = |line: &SipText| (line.cseq().1 == "INVITE" && line.status()? >= 300).then(|| line.clone());
        let (_, refusal) = self.lines.wait("a refusal", 0, ANSWER, is).await?;
        let mut ack = request("ACK", &self.target, 1, (&self.local, refusal.header("To")), &self.id, self.us);
        ack.headers.retain(|(name, _)| name != "Via");
        ack.headers.insert(0, ("Via".to_owned(), self.invite.header("Via").to_owned()));
        self.send(&ack).await?;
        Ok(refusal)
    }

    async fn acknowledge(&self, cseq: u32) -> Result<()> {
        self.send(&request("ACK", &self.target, cseq, (&self.local, &self.remote), &self.id, self.us)).await
    }

    /// Says 180.
    pub async fn ring(&self) -> Result<()> {
        self.respond(180, "Ringing", None).await
    }

    /// Says 183 with sound.
    pub async fn early_media(&self) -> Result<()> {
        self.respond(183, "Session Progress", Some("sendrecv")).await
    }

    /// Answers, and waits until that has been acknowledged.
    pub async fn answer(&self) -> Result<()> {
        self.respond(200, "OK", Some("sendrecv")).await?;
        self.lines.wait("the ACK", 0, ANSWER, |line| (line.method() == Some("ACK")).then_some(())).await?;
        Ok(())
    }

    /// Refuses.
    pub async fn refuse(&self, status: u16, reason: &str) -> Result<()> {
        self.respond(status, reason, None).await
    }

    async fn respond(&self, status: u16, reason: &str, direction: Option<&str>) -> Result<()> {
        let tag = self.local.rsplit_once("tag=").map(|(_, tag)| tag);
        let mut answer = response(&self.invite, status, reason, tag).with("Contact", format!("<sip:rig@{}>", self.us));
        if let Some(direction) = direction {
            answer = answer.with_sdp(&sdp(self.mouth.address, direction, self.sdp_version));
        }
        self.send(&answer).await
    }

    /// Holds the other side, or takes it back: a re-INVITE of ours.
    pub async fn renegotiate(&mut self, direction: &str) -> Result<SipText> {
        let cseq = self.next_cseq;
        self.next_cseq += 1;
        self.sdp_version += 1;
        let invite = request("INVITE", &self.target, cseq, (&self.local, &self.remote), &self.id, self.us)
            .with("Contact", format!("<sip:rig@{}>", self.us))
            .with_sdp(&sdp(self.mouth.address, direction, self.sdp_version));
        let from = self.lines.len();
        self.send(&invite).await?;
        let is = |line: &SipText| {
            (line.cseq() == (cseq, "INVITE") && line.status().is_some_and(|status| status >= 200)).then(|| line.clone())
        };
        let (_, answer) = self.lines.wait("an answer to the re-INVITE", from, ANSWER, is).await?;
        self.acknowledge(cseq).await?;
        ensure!(answer.status() == Some(200), "the re-INVITE was answered {}", answer.start);
        Ok(answer)
    }

    /// Gives up before the answer; waits for 487.
    pub async fn cancel(&mut self) -> Result<()> {
        let mut cancel = request("CANCEL", &self.target, 1, (&self.local, &self.remote), &self.id, self.us);
        cancel.headers.retain(|(name, _)| name != "Via");
        cancel.headers.insert(0, ("Via".to_owned(), self.invite.header("Via").to_owned()));
        self.send(&cancel).await?;
        let refusal = self.wait_refusal().await?;
        ensure!(refusal.status() == Some(487), "after CANCEL came {}", refusal.start);
        Ok(())
    }

    /// Says BYE and waits until that is answered.
    pub async fn hang_up(&mut self) -> Result<()> {
        let cseq = self.next_cseq;
        self.next_cseq += 1;
        let bye = request("BYE", &self.target, cseq, (&self.local, &self.remote), &self.id, self.us);
        self.send(&bye).await?;
        let is = |line: &SipText| (line.cseq() == (cseq, "BYE")).then(|| line.status()).flatten();
        match self.lines.wait("an answer to BYE", 0, ANSWER, is).await?.1 {
            200 => Ok(()),
            other => bail!("BYE was answered {other}"),
        }
    }

    /// Waits until the gateway says BYE.
    pub async fn wait_bye(&self, limit: Duration) -> Result<SipText> {
        let is = |line: &SipText| (line.method() == Some("BYE")).then(|| line.clone());
        Ok(self.lines.wait("BYE", 0, limit, is).await?.1)
    }

    /// Waits until the gateway says CANCEL.
    pub async fn wait_cancel(&self, limit: Duration) -> Result<()> {
        self.lines.wait("CANCEL", 0, limit, |line| (line.method() == Some("CANCEL")).then_some(())).await?;
        Ok(())
    }

    /// Whether the gateway has said BYE.
    pub fn is_over(&self) -> bool {
        self.lines.last(|line| (line.method() == Some("BYE")).then_some(())).is_some()
    }

    async fn send(&self, message: &SipText) -> Result<()> {
        self.wire.socket.send_to(&message.bytes(), self.far).await?;
        Ok(())
    }
}

impl Drop for PhoneCall {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

fn request(method: &str, target: &str, cseq: u32, (local, remote): (&str, &str), id: &str, us: SocketAddr) -> SipText {
    SipText::new(format!("{method} {target} SIP/2.0"))
        .with("Via", format!("SIP/2.0/UDP {us};branch=z9hG4bK{:016x};rport", rand::random::<u64>()))
        .with("Max-Forwards", "70")
        .with("From", local)
        .with("To", remote)
        .with("Call-ID", id)
        .with("CSeq", format!("{cseq} {method}"))
}

/// Answers what the gateway asks within the call, each time it asks.
fn keep(
    wire: Wire,
    lines: Lines<SipText>,
    far: SocketAddr,
    us: SocketAddr,
    arrived: Option<(SipText, String)>,
    media: SocketAddr,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut seen = 0;
        let for_ever = Duration::from_secs(24 * 3600);
        while let Ok((position, message)) = lines.wait("anything", seen, for_ever, |line| Some(line.clone())).await {
            seen = position;
            let mut answers = Vec::new();
            match message.method() {
                Some("BYE") => answers.push(response(&message, 200, "OK", None)),
                Some("INVITE") if message.tag("To").is_some() => answers.push(
                    response(&message, 200, "OK", None)
                        .with("Contact", format!("<sip:rig@{us}>"))
                        .with_sdp(&sdp(media, "sendrecv", 9)),
                ),
                Some("CANCEL") => {
                    answers.push(response(&message, 200, "OK", None));
                    if let Some((invite, tag)) = &arrived {
                        answers.push(response(invite, 487, "Request Terminated", Some(tag)));
                    }
                }
                _ => {}
            }
            for answer in answers {
                wire.socket.send_to(&answer.bytes(), far).await.ok();
            }
        }
    })
}
