//! The gateway's door as the web view may use it: signing in and out, and operations. The token stays here.

use cordboard_agent::Gateway;
use cordboard_wire::SignInAnswer;
use serde_json::{Map, Value};
use tauri::{AppHandle, Manager};

use crate::address::Address;
use crate::desk::Desk;
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::trouble::Trouble;

/// Who is signed in: at this desk already, or since the last start by the token that was kept.
///
/// # Errors
/// When the gateway cannot be asked.
#[tauri::command]
pub async fn session_current(app: AppHandle) -> Result<Option<SignInAnswer>, Trouble> {
    let desk = app.state::<Desk>();
    if let Some((_, session)) = desk.signed_in() {
        return Ok(Some(session.answer));
    }
    let typed = app.state::<Settings>().gateway();
    // A keyring may be slow, and before the first sign-in there is nothing in it.
    if typed.is_empty() {
        return Ok(None);
    }
    let address = Address::read(&typed);
    let Some(token) = app.state::<Secrets>().read(&address.gateway).await else { return Ok(None) };
    let gateway = Gateway::new(&address.gateway)?;
    let Some(session) = gateway.resume(&token).await? else {
        app.state::<Secrets>().forget(&address.gateway).await;
        return Ok(None);
    };
    let answer = session.answer.clone();
    desk.sign_in(gateway, session);
    Ok(Some(answer))
}

/// Signs in with the password, which is not kept.
///
/// # Errors
/// The gateway's refusal, or why it cannot be asked.
#[tauri::command]
pub async fn session_sign_in(app: AppHandle, login: String, password: String) -> Result<SignInAnswer, Trouble> {
    let address = Address::read(&app.state::<Settings>().gateway());
    let gateway = Gateway::new(&address.gateway)?;
    let session = gateway.sign_in(&address.instance, &login, &password).await?;
    app.state::<Secrets>().keep(&address.gateway, session.token()).await;
    let answer = session.answer.clone();
    app.state::<Desk>().sign_in(gateway, session);
    Ok(answer)
}

/// Signs out: the desk is left tidy and the session ended.
#[tauri::command]
pub async fn session_sign_out(app: AppHandle) {
    let signed_in = app.state::<Desk>().sign_out().await;
    if let Some((gateway, session)) = signed_in {
        gateway.sign_out(&session).await;
        app.state::<Secrets>().forget(gateway.name()).await;
    }
}

/// Asks for one of the vendor-shaped operations and returns its data.
///
/// # Errors
/// The gateway's refusal, or why it cannot be asked.
#[tauri::command]
pub async fn operation(app: AppHandle, action: String, parameters: Map<String, Value>) -> Result<Value, Trouble> {
    let (gateway, session) = app.state::<Desk>().signed_in().ok_or_else(Trouble::nobody)?;
    let mut body = parameters;
    body.entry("InstanceId").or_insert_with(|| session.answer.instance.clone().into());
    let mut envelope = gateway.operation(&session, &action, &Value::Object(body)).await?;
    if envelope["Code"] == "OK" {
        return Ok(envelope["Data"].take());
    }
    Err(Trouble::refused(&envelope))
}
