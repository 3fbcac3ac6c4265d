//! Wrong credentials, an expired session, hostile HTTP and a desk's socket full of nonsense: each is refused in its
//! protocol's words, and the agent beside it notices nothing.

use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_tests::{AgentProcess, Gateway, Session, Sound, Weight, story};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::checks::SOON;

#[test]
fn wrong_credentials_and_expired_sessions() -> Result<()> {
    story("wrong_credentials_and_expired_sessions", Weight::Light, Duration::from_secs(90), &[], async |story| {
        let gateway = Gateway::demo(&story).await?;
        let client = cordboard_tests::api::client()?;
        for (login, password) in [("alice", "wrong"), ("nobody", "cordboard"), ("", ""), ("alice' OR '1'='1", "x")] {
            let body = json!({ "instance": "demo", "login": login, "password": password, "kind": "native" });
            let answer = client.post(format!("{}/api/session", gateway.url())).json(&body).send().await?;
            assert!((400..=429).contains(&answer.status().as_u16()), "{login}: {}", answer.status());
            assert_is_error(&answer.json().await?);
        }
        let session = gateway.sign_in("bob").await?;
        let ticket = session.ticket().await?;
        assert!(session.sign_out().await?.is_success());
        let (status, body) =
            session.operation_raw("ListRecentCallDetailRecords", &json!({ "InstanceId": "demo" })).await?;
        assert_eq!(status.as_u16(), 401);
        assert_is_error(&body);
        assert!(connect(&gateway, &ticket).await.is_err(), "a ticket dies with its session");
        assert!(connect(&gateway, "made-up").await.is_err());

        let session = gateway.sign_in("bob").await?;
        let ticket = session.ticket().await?;
        connect(&gateway, &ticket).await?;
        assert!(connect(&gateway, &ticket).await.is_err(), "a ticket opens one socket");
        let manager =
            gateway.sign_in("bob").await?.operation_raw("CreateUser", &json!({ "InstanceId": "demo" })).await?;
        assert_eq!(manager.0.as_u16(), 403, "an agent makes no users: {}", manager.1);
        gateway.stop().await
    })
}

#[test]
fn hostile_http_is_answered() -> Result<()> {
    story("hostile_http_is_answered", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let mut gateway = Gateway::demo(&story).await?;
        let session = gateway.sign_in("carol").await?;
        for path in [
            "/api/recordings/..%2f..%2fcordboard.db.wav",
            "/api/recordings/job-0.wav",
            "/assets/../../Cargo.toml",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/api/operations/NoSuchThing",
        ] {
            let answer = session.get(path).await?;
            let text = answer.text().await?;
            assert!(!text.contains("[workspace]") && !text.contains("root:"), "{path} gave a file away");
        }
        let (status, body) = session.operation_raw("NoSuchThing", &json!({})).await?;
        assert!(status.is_client_error(), "{status}");
        assert_is_error(&body);
        for parameters in [json!({ "InstanceId": "other" }), json!({ "InstanceId": 7 }), json!([]), json!("x")] {
            let (status, body) = session.operation_raw("GetCallDetailRecord", &parameters).await?;
            assert!(status.is_client_error(), "{parameters} gave {status}");
            assert_is_error(&body);
        }
        let big = json!({ "InstanceId": "x".repeat(20_000_000) });
        // The gateway may close the connection before all of it was sent.
        if let Ok((status, _)) = session.operation_raw("GetCallDetailRecord", &big).await {
            assert!(status.is_client_error(), "{status}");
        }
        for bytes in [
            &b"\x00\x01\x02\x03"[..],
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST /api/session HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        ] {
            let mut socket = TcpStream::connect(gateway.http).await?;
            socket.write_all(bytes).await?;
            let mut answer = Vec::new();
            // An answer or a closed connection, not silence for ever.
            socket.shutdown().await.ok();
            tokio::time::timeout(SOON, socket.read_to_end(&mut answer)).await?.ok();
        }
        let foreign = cordboard_tests::api::client()?
            .post(format!("{}/api/session", gateway.url()))
            .header("Origin", "https://evil.example")
            .json(&json!({ "instance": "demo", "login": "alice", "password": "cordboard", "kind": "browser" }))
            .send()
            .await?;
        assert_eq!(foreign.status().as_u16(), 403, "another page's origin gets no cookie");
        assert!(gateway.is_alive());
        assert!(!gateway.log_text().contains("panicked"));
        gateway.stop().await
    })
}

#[test]
fn a_desk_that_talks_nonsense_is_shown_the_door() -> Result<()> {
    story("a_desk_that_talks_nonsense", Weight::Light, Duration::from_secs(90), &[], async |story| {
        let mut gateway = Gateway::demo(&story).await?;
        let alice = AgentProcess::ready(&story, &gateway, "alice", &Sound::silence(500)).await?;
        let hello = |protocol: u16| {
            json!({ "type": "hello", "protocol": protocol, "client": "test", "locale": "en", "take_over": true })
                .to_string()
        };
        for (first, then, code) in [
            ("nonsense".to_owned(), None, "bad_message"),
            (json!({ "type": "no_such_thing" }).to_string(), None, "bad_message"),
            (hello(999), None, "protocol_unsupported"),
            (hello(1), Some("{\"type\":".to_owned()), "bad_message"),
            (hello(1), Some("x".repeat(200_000)), "bad_message"),
        ] {
            let session: Session = gateway.sign_in("bob").await?;
            let mut socket = connect(&gateway, &session.ticket().await?).await?;
            let shown: String = first.chars().take(40).collect();
            socket.send(Message::text(first)).await?;
            if let Some(then) = then {
                socket.send(Message::text(then)).await.ok();
            }
            let bye = last_word(&mut socket).await.with_context(|| format!("after {shown}"))?;
            // A message that is far too long may cost the socket before a word can be said.
            if let Some(bye) = bye {
                assert_eq!(bye["code"], code, "after {shown}: {bye}");
                assert!(bye["message"].as_str().is_some_and(|sentence| sentence.len() > 10));
            }
        }
        let session = gateway.sign_in("bob").await?;
        let mut socket = connect(&gateway, &session.ticket().await?).await?;
        socket.send(Message::text(hello(1))).await?;
        let commands = [
            json!({ "type": "answer", "call_id": "job-none" }),
            json!({ "type": "digits", "call_id": "job-none", "digits": "not keys" }),
            json!({ "type": "break", "code": "" }),
            json!({ "type": "break", "code": "x".repeat(10_000) }),
            json!({ "type": "customer_calls", "count": 200 }),
        ];
        for (id, command) in commands.iter().enumerate() {
            socket.send(Message::text(json!({ "type": "command", "id": id, "command": command }).to_string())).await?;
        }
        let bad_sdp = json!({ "type": "media_offer", "id": 50, "sdp": "v=0\r\nnonsense" });
        socket.send(Message::text(bad_sdp.to_string())).await?;
        let mut refused = std::collections::BTreeSet::new();
        while refused.len() < commands.len() + 1 {
            let message = tokio::time::timeout(SOON, socket.next()).await?.context("the socket was closed")??;
            if let Message::Text(text) = message {
                let message: Value = serde_json::from_str(&text)?;
                assert_ne!(message["type"], "accepted", "{message}");
                assert_ne!(message["type"], "bye", "{message}");
                if message["type"] == "refused" {
                    assert!(message["refusal"]["message"].as_str().is_some_and(|sentence| sentence.len() > 10));
                    refused.insert(message["id"].as_u64());
                }
            }
        }
        for _ in 0..400 {
            if socket.send(Message::text(json!({ "type": "resend" }).to_string())).await.is_err() {
                break;
            }
        }
        let bye = last_word(&mut socket).await?;
        assert!(bye.is_none_or(|bye| bye["code"] == "too_fast"));

        assert!(gateway.is_alive());
        assert_eq!(alice.view()?.agent.presence, cordboard_wire::Presence::Ready, "alice noticed nothing");
        assert!(!gateway.log_text().contains("panicked"));
        gateway.stop().await
    })
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<TcpStream>>;

async fn connect(gateway: &Gateway, ticket: &str) -> Result<Socket> {
    let address = format!("ws://{}/api/desk?ticket={ticket}", gateway.http);
    Ok(tokio_tungstenite::connect_async(address).await?.0)
}

/// The `bye` before the gateway closes, if one came.
async fn last_word(socket: &mut Socket) -> Result<Option<Value>> {
    let listen = async {
        let mut bye = None;
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message {
                let message: Value = serde_json::from_str(&text).unwrap_or_default();
                if message["type"] == "bye" {
                    bye = Some(message);
                }
            }
        }
        bye
    };
    tokio::time::timeout(SOON, listen).await.context("the gateway does not close the socket")
}

fn assert_is_error(body: &Value) {
    for field in ["Code", "Message", "RequestId"] {
        assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{field} is missing in {body}");
    }
}
