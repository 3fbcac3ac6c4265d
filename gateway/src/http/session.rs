//! Signing in and out, and who a request comes from.

use std::time::Duration;

use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use cordboard_store::PasswordCheck;
use cordboard_wire::{Role, SessionKind, SignInAnswer, SignInRequest, Ticket};

use super::{Doors, Failure, Shared};
use crate::centre::clock::utc_ms;

const COOKIE: &str = "cordboard_session";
/// A shift and the way home: a session that is not used for so long is over.
const LIFE: Duration = Duration::from_secs(14 * 3600);

/// Who a request comes from.
#[derive(Debug, Clone)]
pub struct Person {
    /// The instance.
    pub instance: String,
    /// `login@instance`.
    pub user_id: String,
    /// The role.
    pub role: Role,
    /// The session's id; not its token.
    pub session: String,
    /// The session's token, kept in memory to ask whether it still stands.
    token: String,
}

fn life_ms() -> i64 {
    i64::try_from(LIFE.as_millis()).unwrap_or(i64::MAX)
}

/// `POST /api/session`
pub async fn sign_in(
    State(doors): State<Shared>,
    headers: HeaderMap,
    Json(request): Json<SignInRequest>,
) -> Result<Response, Failure> {
    let login = request.login.split('@').next().unwrap_or_default().trim().to_lowercase();
    let key = format!("{login}@{}", request.instance);
    if let Some(wait) = doors.throttle.wait(&key) {
        let message = format!("Too many wrong passwords. Try again in {} s.", wait.as_secs() + 1);
        return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, "Throttling.User", message));
    }
    let checked = doors.store.check_password(&request.instance, &login, &request.password, utc_ms()).await;
    let user = match checked.map_err(|error| Failure::store(&error))? {
        PasswordCheck::Right(user) if doors.centres.contains_key(&request.instance) => user,
        PasswordCheck::Right(_) | PasswordCheck::Wrong { .. } => {
            doors.throttle.failed(&key);
            let message = "The instance, the name or the password is wrong. Check all three; your administrator can reset the password.";
            return Err(Failure::new(StatusCode::UNAUTHORIZED, "SignInFailed", message));
        }
    };
    doors.throttle.succeeded(&key);
    let kind = match request.kind {
        SessionKind::Browser => cordboard_store::SessionKind::Browser,
        SessionKind::Native => cordboard_store::SessionKind::Native,
    };
    let now = utc_ms();
    let token = doors.store.create_session(&request.instance, &user.user_id, kind, now, now + life_ms()).await;
    let token = token.map_err(|error| Failure::store(&error))?;
    tracing::info!(user = user.user_id, kind = ?request.kind, "signed in");
    let mut answer = describe(&doors, &request.instance, &user);
    Ok(match request.kind {
        SessionKind::Native => {
            answer.token = Some(token);
            Json(answer).into_response()
        }
        SessionKind::Browser => {
            let secure = if came_by_https(&headers) { "; Secure" } else { "" };
            let age = LIFE.as_secs();
            let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
            let mut response = Json(answer).into_response();
            // A token is base64url, so the header is always valid.
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
    })
}

/// `GET /api/session`: who is signed in; 204 when nobody is, which is no failure but what a page asks when it opens.
pub async fn who(State(doors): State<Shared>, person: Result<Person, Failure>) -> Result<Response, Failure> {
    let person = match person {
        Ok(person) => person,
        Err(failure) if failure.status == StatusCode::UNAUTHORIZED => return Ok(StatusCode::NO_CONTENT.into_response()),
        Err(failure) => return Err(failure),
    };
    let user = doors.store.user(&person.instance, &person.user_id).await.map_err(|error| Failure::store(&error))?;
    let user = user.ok_or_else(Failure::not_signed_in)?;
    Ok(Json(describe(&doors, &person.instance, &user)).into_response())
}

/// `DELETE /api/session`
pub async fn sign_out(State(doors): State<Shared>, person: Person) -> Result<Response, Failure> {
    doors.store.revoke_session(&person.token, utc_ms()).await.map_err(|error| Failure::store(&error))?;
    tracing::info!(user = person.user_id, "signed out");
    let cookie = HeaderValue::from_static("cordboard_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// `POST /api/ticket`
pub async fn ticket(State(doors): State<Shared>, person: Person) -> Json<Ticket> {
    Json(Ticket { ticket: doors.tickets.issue(person) })
}

/// Whether a person's session still stands; a store that does not answer ends no session.
pub async fn stands(doors: &Doors, person: &Person) -> bool {
    !matches!(doors.store.session(&person.token, utc_ms()).await, Ok(None))
}

fn describe(doors: &Doors, instance: &str, user: &cordboard_store::User) -> SignInAnswer {
    SignInAnswer {
        instance: instance.to_owned(),
        user_id: user.user_id.clone(),
        display_name: user.display_name.clone(),
        role: role(&user.role),
        token: None,
        ice_servers: doors.ice_servers.clone(),
        demo: doors.demo,
    }
}

fn role(text: &str) -> Role {
    match text.split('@').next().unwrap_or_default() {
        "Admin" => Role::Admin,
        "Manager" => Role::Manager,
        // The least that a user can be.
        _ => Role::Agent,
    }
}

impl FromRequestParts<Shared> for Person {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, doors: &Shared) -> Result<Self, Failure> {
        let token = token(&parts.headers).ok_or_else(Failure::not_signed_in)?;
        let now = utc_ms();
        let session = doors.store.session(&token, now).await.map_err(|error| Failure::store(&error))?;
        let session = session.ok_or_else(Failure::not_signed_in)?;
        // Moving the end on every request would be a write each; once an hour is enough.
        if session.expires_ms - now < life_ms() - 3_600_000 {
            let _ = doors.store.touch_session(&token, now, now + life_ms()).await;
        }
        let user = doors.store.user(&session.instance_id, &session.user_id).await;
        let user = user.map_err(|error| Failure::store(&error))?.ok_or_else(Failure::not_signed_in)?;
        Ok(Self {
            instance: session.instance_id,
            user_id: session.user_id,
            role: role(&user.role),
            session: session.id,
            token,
        })
    }
}

/// Whether the page that signs in was loaded by TLS, which may end at a proxy: then its cookie never leaves it.
fn came_by_https(headers: &HeaderMap) -> bool {
    headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

/// The token of a request: bearer for native sessions, cookie for browsers.
fn token(headers: &HeaderMap) -> Option<String> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
        return Some(token.trim().to_owned());
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_that_came_by_https_gets_a_secure_cookie() {
        let from = |origin| HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(origin))]);
        assert!(came_by_https(&from("https://desk.example.com")));
        assert!(!came_by_https(&from("http://127.0.0.1:8080")));
        assert!(!came_by_https(&HeaderMap::new()));
    }
}
