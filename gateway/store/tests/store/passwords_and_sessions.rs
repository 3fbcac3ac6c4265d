//! Signing in: passwords and the sessions they begin.

use cordboard_store::{PasswordCheck, SessionKind, StoreError, What};

use crate::{
    database::{DEMO, Database, NOW, on_both},
    users::named,
};

on_both!(a_password_is_right_or_wrong, nobody_is_told_from_somebody_by_time, a_session_lasts_until_it_is_over);

async fn a_password_is_right_or_wrong(database: &Database) {
    let store = database.open_demo().await;
    store.create_user(DEMO, &named("alice")).await.unwrap();
    let check = async |password: &str| store.check_password(DEMO, "alice", password, NOW).await.unwrap();
    assert_eq!(check("").await, PasswordCheck::Wrong { in_a_row: 1 }, "no password yet");
    store.set_password(DEMO, "alice@demo", "密码 cordboard", true).await.unwrap();
    assert_eq!(check("wrong").await, PasswordCheck::Wrong { in_a_row: 1 });
    assert_eq!(check(&"x".repeat(100_000)).await, PasswordCheck::Wrong { in_a_row: 2 });
    assert_eq!(store.wrong_passwords(DEMO, "alice").await.unwrap(), (2, Some(NOW)));
    let PasswordCheck::Right(user) = check("密码 cordboard").await else { panic!("right") };
    assert!(user.has_password && user.must_change_password);
    assert_eq!(store.wrong_passwords(DEMO, "alice").await.unwrap(), (0, None));
    store.set_password(DEMO, "alice@demo", "other", false).await.unwrap();
    assert_eq!(check("密码 cordboard").await, PasswordCheck::Wrong { in_a_row: 1 });
    let error = store.set_password(DEMO, "ghost@demo", "x", false).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::User, id: "ghost@demo".to_owned() });
    assert_eq!(store.wrong_passwords(DEMO, "ghost").await.unwrap(), (0, None));
}

async fn nobody_is_told_from_somebody_by_time(database: &Database) {
    let store = database.open_demo().await;
    store.create_user(DEMO, &named("alice")).await.unwrap();
    store.set_password(DEMO, "alice@demo", "cordboard", false).await.unwrap();
    let time = async |login: &str, password: &str| {
        let mut best = std::time::Duration::MAX;
        for _ in 0..3 {
            let begun = std::time::Instant::now();
            assert!(matches!(
                store.check_password(DEMO, login, password, NOW).await.unwrap(),
                PasswordCheck::Wrong { .. }
            ));
            best = best.min(begun.elapsed());
        }
        best
    };
    time("ghost", "warm up").await;
    let somebody = time("alice", "wrong").await;
    // Only the order of magnitude: without the work, nobody would be answered a hundred times faster.
    for nobody in [time("ghost", "wrong").await, time("alice", &"x".repeat(5000)).await] {
        assert!(nobody * 10 > somebody, "{nobody:?} against {somebody:?}");
    }
}

async fn a_session_lasts_until_it_is_over(database: &Database) {
    let store = database.open_demo().await;
    store.create_user(DEMO, &named("alice")).await.unwrap();
    let new = async |kind| store.create_session(DEMO, "alice@demo", kind, NOW, NOW + 1000).await.unwrap();
    let token = new(SessionKind::Browser).await;
    let session = store.session(&token, NOW).await.unwrap().unwrap();
    assert_eq!((session.instance_id.as_str(), session.user_id.as_str()), (DEMO, "alice@demo"));
    assert_eq!((session.kind, session.created_ms, session.expires_ms), (SessionKind::Browser, NOW, NOW + 1000));
    assert_ne!(session.id, token, "the token itself is not kept");
    assert_eq!(store.session(&token, NOW + 1000).await.unwrap(), None, "expired");
    assert_eq!(store.session("", NOW).await.unwrap(), None);
    store.touch_session(&token, NOW + 500, NOW + 1500).await.unwrap();
    assert_eq!(store.session(&token, NOW + 1000).await.unwrap().unwrap().seen_ms, NOW + 500);

    let native = new(SessionKind::Native).await;
    assert_eq!(store.sessions_of_user(DEMO, "alice@demo", NOW).await.unwrap().len(), 2);
    assert!(store.revoke_session(&native, NOW + 1).await.unwrap());
    assert!(!store.revoke_session(&native, NOW + 2).await.unwrap());
    store.touch_session(&native, NOW + 2, NOW + 9000).await.unwrap();
    assert_eq!(store.session(&native, NOW + 2).await.unwrap(), None);
    assert_eq!(store.revoke_sessions_of_user(DEMO, "alice@demo", NOW + 3).await.unwrap(), 1);
    assert_eq!(store.session(&token, NOW + 3).await.unwrap(), None);

    assert_eq!(store.prune_sessions(NOW + 2).await.unwrap(), 1, "the native one, revoked at 1");
    let last = new(SessionKind::Browser).await;
    store.remove_users(DEMO, &["alice@demo".to_owned()]).await.unwrap();
    assert_eq!(store.session(&last, NOW).await.unwrap(), None, "gone with the user");
    let error = store.create_session(DEMO, "alice@demo", SessionKind::Browser, NOW, NOW).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound { what: What::User, id: "alice@demo".to_owned() });
}
