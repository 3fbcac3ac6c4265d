//! Users: made, changed, removed, listed, with their skill groups.

use cordboard_store::{PasswordCheck, SessionKind};
use serde_json::json;

use super::{Centre, NOW, error};

#[tokio::test]
async fn a_user_lives() {
    let centre = Centre::staffed().await;
    let user = json!({
        "LoginName": "Erin.X", "DisplayName": "Erin", "Email": "erin@example.com", "RoleId": "Agent",
        "Mobile": "138 0013 8000", "DisplayId": "1001", "WorkMode": "OFF_SITE", "Password": "first",
    });
    let made = centre.ok("admin", "CreateUser", user.clone()).await;
    assert_eq!((&made["UserId"], &made["Extension"]), (&json!("erin.x@demo"), &json!("80000006")));
    let told = centre.error("admin", "CreateUser", user).await;
    assert_eq!(told, error(409, "AlreadyExists.User", "User erin.x@demo already exists in instance demo."));
    let signed_in = centre.store.check_password("demo", "erin.x", "first", NOW).await.unwrap();
    assert!(matches!(signed_in, PasswordCheck::Right(_)));

    let change = json!({"UserId": "erin.x@demo", "DisplayName": "Erin Y", "Mobile": "", "WorkMode": "ON_SITE", "RoleId": "Manager@demo"});
    centre.ok("admin", "ModifyUser", change).await;
    let user = centre.ok("admin", "GetUser", json!({"Extension": "80000006"})).await;
    assert_eq!(
        (&user["DisplayName"], &user["Mobile"], &user["DisplayId"]),
        (&json!("Erin Y"), &json!(""), &json!("1001"))
    );
    assert_eq!((&user["RoleId"], &user["RoleName"]), (&json!("Manager@demo"), &json!("Manager")));

    let token = centre.store.create_session("demo", "erin.x@demo", SessionKind::Native, NOW, NOW + 1000).await.unwrap();
    centre.ok("admin", "ResetUserPassword", json!({"UserId": "erin.x@demo", "Password": "second"})).await;
    assert_eq!(centre.store.session(&token, NOW).await.unwrap(), None, "signed out everywhere");
    let signed_in = centre.store.check_password("demo", "erin.x", "second", NOW).await.unwrap();
    assert!(matches!(signed_in, PasswordCheck::Right(_)));

    centre.ok("admin", "RemoveUsers", json!({"UserIdList": "[\"erin.x@demo\"]"})).await;
    let told = centre.error("admin", "GetUser", json!({"UserId": "erin.x@demo"})).await;
    assert_eq!(told, error(404, "NotExists.UserId", "The user erin.x@demo does not exist in instance demo."));
}

#[tokio::test]
async fn what_is_wrong_with_a_user_is_named() {
    let centre = Centre::staffed().await;
    let good = json!({"LoginName": "erin", "DisplayName": "Erin", "Email": "erin@example.com", "RoleId": "Agent@demo"});
    for (field, value, code, message) in [
        ("LoginName", json!(" "), "Parameter.Blank", "The parameter loginName may not be null or blank."),
        ("LoginName", json!("e"), "Parameter.Minimum", "The parameter loginName must be greater than or equal to 3."),
        (
            "LoginName",
            json!("x".repeat(65)),
            "Parameter.Maximum",
            "The parameter loginName must be less than or equal to 64.",
        ),
        (
            "LoginName",
            json!("e r"),
            "Parameter.Format",
            "The format of parameter loginName is invalid. Letters, digits, '.', '_' and '-' are allowed.",
        ),
        (
            "DisplayName",
            json!("x".repeat(129)),
            "Parameter.Maximum",
            "The parameter displayName must be less than or equal to 128.",
        ),
        ("Email", json!(null), "Parameter.Blank", "The parameter email may not be null or blank."),
        (
            "Email",
            json!("erin"),
            "Parameter.Format",
            "The format of parameter email is invalid. An e-mail address is expected.",
        ),
        ("RoleId", json!("Boss@demo"), "NotExists.RoleId", "Role Boss@demo does not exist."),
        ("RoleId", json!("Agent@other"), "NotExists.RoleId", "Role Agent@other does not exist."),
        (
            "WorkMode",
            json!("HOME"),
            "Parameter.Enumeration",
            "The parameter workMode must be one of the value of enumeration [ON_SITE, OFF_SITE, OFFICE_PHONE].",
        ),
        (
            "Mobile",
            json!("call me"),
            "Parameter.Format",
            "The format of parameter mobile is invalid. A telephone number is expected.",
        ),
        (
            "DisplayId",
            json!("123456789"),
            "Parameter.Maximum",
            "The parameter displayId must be less than or equal to 8.",
        ),
        (
            "SkillLevelList",
            json!("[{\"skillGroupId\":\"sales@demo\",\"skillLevel\":11}]"),
            "Parameter.Maximum",
            "The parameter skillLevel must be less than or equal to 10.",
        ),
        (
            "SkillLevelList",
            json!("[{\"skillGroupId\":\"ghost@demo\"}]"),
            "NotExists.SkillGroupId",
            "The skill group ID ghost@demo does not exist in instance demo.",
        ),
    ] {
        let mut user = good.clone();
        user[field] = value;
        let (http, found_code, found) = centre.error("admin", "CreateUser", user).await;
        assert_eq!((found_code.as_str(), found.as_str()), (code, message));
        assert!((400..500).contains(&http));
    }
    assert_eq!(centre.listed("admin", "ListUsers", json!({"SearchPattern": "erin"}), "UserId").await.len(), 0);
}

#[tokio::test]
async fn users_are_listed_with_their_groups() {
    let centre = Centre::staffed().await;
    let data = centre.ok("carol", "ListUsers", json!({"PageNumber": "2", "PageSize": 2})).await;
    assert_eq!((&data["PageNumber"], &data["PageSize"], &data["TotalCount"]), (&json!(2), &json!(2), &json!(5)));
    assert_eq!(data["List"][0]["LoginName"], "bob");
    let levels = json!([
        {"SkillGroupId": "sales@demo", "SkillGroupName": "销售", "SkillLevel": 5},
        {"SkillGroupId": "support@demo", "SkillGroupName": "客服", "SkillLevel": 7},
    ]);
    assert_eq!(data["List"][0]["SkillLevelList"], levels);
    let in_support = centre.listed("carol", "ListUsers", json!({"SkillGroupId": "support@demo"}), "LoginName").await;
    assert_eq!(in_support, ["bob", "dave"]);
    let told = centre.error("carol", "ListUsers", json!({"PageNumber": 1})).await;
    assert_eq!(told, error(400, "Parameter.Null", "The parameter pageSize may not be null."));
    let roles = json!([
        {"Name": "Admin", "RoleId": "Admin@demo"},
        {"Name": "Manager", "RoleId": "Manager@demo"},
        {"Name": "Agent", "RoleId": "Agent@demo"},
    ]);
    assert_eq!(centre.ok("alice", "ListRoles", json!({})).await, roles);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let centre = Centre::staffed().await;
    let last = "The operation is not allowed. User (admin@demo) is the last Admin of instance demo.";
    let told = centre.error("admin", "RemoveUsers", json!({"UserIdList": ["admin@demo"]})).await;
    assert_eq!(told, error(400, "OperationNotAllowed", last));
    let demote = json!({"UserId": "admin@demo", "RoleId": "Agent@demo", "WorkMode": "ON_SITE"});
    assert_eq!(centre.error("admin", "ModifyUser", demote.clone()).await, error(400, "OperationNotAllowed", last));
    centre
        .ok("admin", "ModifyUser", json!({"UserId": "carol@demo", "RoleId": "Admin@demo", "WorkMode": "ON_SITE"}))
        .await;
    centre.ok("admin", "ModifyUser", demote).await;
}

#[tokio::test]
async fn skill_levels_are_given_and_taken() {
    let centre = Centre::staffed().await;
    let levels = async |user: &str| {
        let data =
            centre.ok("carol", "ListSkillLevelsOfUser", json!({"UserId": user, "PageNumber": 1, "PageSize": 10})).await;
        let rows = data["List"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| format!("{} {}", row["SkillGroupName"].as_str().unwrap(), row["SkillLevel"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(levels("alice@demo").await, ["销售 1"]);
    let both = json!({"UserId": "alice@demo", "SkillLevelList": [{"skillGroupId": "sales@demo", "skillLevel": 2}, {"skillGroupId": "support@demo", "skillLevel": 9}]});
    centre.ok("carol", "AddSkillGroupsToUser", both).await;
    assert_eq!(levels("alice@demo").await, ["销售 2", "客服 9"]);
    let one = json!({"UserId": "alice@demo", "SkillLevelList": "[{\"SkillGroupId\":\"support@demo\",\"SkillLevel\":\"10\"}]"});
    centre.ok("carol", "ModifySkillLevelsOfUser", one).await;
    assert_eq!(levels("alice@demo").await, ["销售 2", "客服 10"]);
    centre
        .ok(
            "carol",
            "RemoveSkillGroupsFromUser",
            json!({"UserId": "alice@demo", "SkillGroupIdList": "[\"sales@demo\"]"}),
        )
        .await;
    assert_eq!(levels("alice@demo").await, ["客服 10"]);
    let other = json!({"UserId": "alice@demo", "IsMember": "false"});
    assert_eq!(centre.listed("carol", "ListSkillLevelsOfUser", other, "SkillGroupId").await, ["sales@demo"]);
    let own = centre.listed("bob", "ListSkillLevelsOfUser", json!({}), "SkillGroupId").await;
    assert_eq!(own, ["sales@demo", "support@demo"], "the caller's own");

    let ghost = json!({"UserId": "ghost@demo", "SkillLevelList": [{"skillGroupId": "sales@demo"}]});
    assert_eq!(centre.error("carol", "AddSkillGroupsToUser", ghost).await.1, "NotExists.UserId");
    let nothing = json!({"UserId": "alice@demo", "SkillLevelList": "[]"});
    let told = centre.error("carol", "AddSkillGroupsToUser", nothing).await;
    assert_eq!(told, error(400, "Parameter.Empty", "The parameter skillLevelList may not be null or empty."));
}
