//! Connecting goes wrong, each time with a sentence that says what to do.

use cordboard_agent::ConnectError;
use cordboard_wire::ByeCode;

use crate::fake_gateway::{FakeGateway, PASSWORD};
use crate::rig::connect;

#[tokio::test]
async fn a_wrong_password_is_told_in_the_gateway_s_words() {
    let gateway = FakeGateway::start().await;
    let error = connect(&gateway.url(), "wrong").await.unwrap_err();
    assert!(matches!(error, ConnectError::WrongPassword { .. }));
    assert_eq!(error.to_string(), "User name or password is wrong. (reference request-1)");
}

#[tokio::test]
async fn nobody_answers() {
    let gateway = FakeGateway::start().await;
    let address = gateway.stop().await;
    let error = connect(&format!("http://{address}"), PASSWORD).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreachable { .. }));
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn somebody_else_answers() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(async || "<html>a printer</html>");
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let error = connect(&url, PASSWORD).await.unwrap_err();
    assert!(matches!(error, ConnectError::NotAGateway { .. }), "{error}");
    server.abort();
}

#[tokio::test]
async fn no_address_at_all() {
    assert!(matches!(connect("printer", PASSWORD).await.unwrap_err(), ConnectError::BadAddress(_)));
}

#[tokio::test]
async fn the_two_speak_different_versions() {
    let gateway = FakeGateway::start().await;
    gateway.bar(ByeCode::ProtocolUnsupported);
    let error = connect(&gateway.url(), PASSWORD).await.unwrap_err();
    assert!(matches!(error, ConnectError::ProtocolMismatch { ours: 1, .. }));
    assert_eq!(gateway.signed_out(), 1, "a session nobody will use is not left behind");
}

#[tokio::test]
async fn the_user_is_at_another_desk() {
    let gateway = FakeGateway::start().await;
    gateway.bar(ByeCode::InUseElsewhere);
    assert!(matches!(connect(&gateway.url(), PASSWORD).await.unwrap_err(), ConnectError::InUseElsewhere { .. }));
}
