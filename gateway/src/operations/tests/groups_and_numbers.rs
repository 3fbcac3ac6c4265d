//! Skill groups, numbers, what binds them, and which number is picked for a callee.

use serde_json::{Value, json};

use super::{Centre, error, flows::published};

#[tokio::test]
async fn a_group_lives() {
    let centre = Centre::empty().await;
    let made = centre.ok("admin", "CreateSkillGroup", json!({"Name": "sales", "DisplayName": "销售"})).await;
    assert_eq!((&made["SkillGroupId"], &made["MediaType"]), (&json!("sales@demo"), &json!("AUDIO")));
    let again = centre.error("admin", "CreateSkillGroup", json!({"Name": "sales", "DisplayName": "x"})).await;
    assert_eq!(
        again,
        error(409, "AlreadyExists.SkillGroupId", "Skill group sales@demo already exists in instance demo.")
    );
    for name in ["1st", "two words", "销售", &"x".repeat(33)] {
        let told = centre.error("admin", "CreateSkillGroup", json!({"Name": name, "DisplayName": "x"})).await;
        assert_eq!((told.0, told.1.as_str()), (400, "Parameter.Format"), "{name}");
    }
    centre
        .ok(
            "carol",
            "ModifySkillGroup",
            json!({"SkillGroupId": "sales@demo", "DisplayName": "Sales", "Description": "d"}),
        )
        .await;
    let group = centre.ok("alice", "GetSkillGroup", json!({"SkillGroupId": "sales@demo"})).await;
    assert_eq!(
        (&group["DisplayName"], &group["Description"], &group["Name"]),
        (&json!("Sales"), &json!("d"), &json!("sales"))
    );
    centre.ok("admin", "DeleteSkillGroup", json!({"SkillGroupId": "sales@demo"})).await;
    let told = centre.error("admin", "GetSkillGroup", json!({"SkillGroupId": "sales@demo"})).await;
    assert_eq!(
        told,
        error(404, "NotExists.SkillGroupId", "The skill group ID sales@demo does not exist in instance demo.")
    );
}

#[tokio::test]
async fn people_go_in_and_out_of_groups() {
    let centre = Centre::staffed().await;
    let added =
        json!({"SkillGroupId": "sales@demo", "UserSkillLevelList": "[{\"userId\":\"dave@demo\",\"skillLevel\":10}]"});
    centre.ok("carol", "AddUsersToSkillGroup", added).await;
    let members = centre
        .listed(
            "carol",
            "ListUserLevelsOfSkillGroup",
            json!({"SkillGroupId": "sales@demo", "IsMember": true}),
            "LoginName",
        )
        .await;
    assert_eq!(members, ["alice", "bob", "dave"]);
    let removed =
        json!({"SkillGroupId": "sales@demo", "UserIdList": ["alice@demo", "bob@demo", "dave@demo", "ghost@demo"]});
    let others = json!({"SkillGroupId": "sales@demo", "IsMember": false});
    assert_eq!(centre.listed("carol", "ListUserLevelsOfSkillGroup", others, "LoginName").await, ["admin", "carol"]);
    let told = centre.error("admin", "DeleteSkillGroup", json!({"SkillGroupId": "sales@demo"})).await;
    assert_eq!(told, error(400, "InUse.SkillGroup", "Skill group sales@demo is in use now."));
    let groups =
        centre.ok("alice", "ListSkillGroups", json!({"PageNumber": 1, "PageSize": 10, "SearchPattern": "SAL"})).await;
    assert_eq!((&groups["List"][0]["UserCount"], &groups["List"][0]["SkillGroupName"]), (&json!(3), &json!("sales")));
    let chat = json!({"MediaType": "CHAT"});
    assert!(centre.listed("alice", "ListBriefSkillGroups", chat, "SkillGroupId").await.is_empty());
    centre.ok("carol", "RemoveUsersFromSkillGroup", removed).await;
    centre.ok("admin", "DeleteSkillGroup", json!({"SkillGroupId": "sales@demo", "Force": "false"})).await;
    centre.ok("admin", "DeleteSkillGroup", json!({"SkillGroupId": "support@demo", "Force": true})).await;
    let missing = json!({"SkillGroupId": "sales@demo", "UserSkillLevelList": [{"userId": "dave@demo"}]});
    assert_eq!(centre.error("carol", "AddUsersToSkillGroup", missing).await.1, "NotExists.SkillGroupId");
}

async fn with_numbers() -> Centre {
    let centre = Centre::staffed().await;
    let flow = published(&centre).await;
    for (number, usage, more) in [
        ("021-6500 1000", "Bidirection", json!({"ContactFlowId": flow, "Cap": "20"})),
        ("02165001001", "Bidirection", json!({"SkillGroupId": "sales@demo"})),
        ("01065002000", "Outbound", json!({})),
        ("4008001000", "Inbound", json!({"ContactFlowId": flow})),
    ] {
        let mut parameters = json!({"NumberList": [number], "Usage": usage, "Trunk": "loopback"});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        centre.ok("admin", "AddPhoneNumbers", parameters).await;
    }
    let numbers = "[\"02165001000\",\"01065002000\",\"4008001000\"]";
    centre.ok("carol", "AddNumbersToSkillGroup", json!({"SkillGroupId": "sales@demo", "NumberList": numbers})).await;
    centre
}

#[tokio::test]
async fn numbers_live() {
    let centre = with_numbers().await;
    let data = centre
        .ok("carol", "ListPhoneNumbers", json!({"PageNumber": 1, "PageSize": 10, "SearchPattern": "02165001000"}))
        .await;
    let number = &data["List"][0];
    assert_eq!(
        (&number["Number"], &number["City"], &number["Cap"]),
        (&json!("02165001000"), &json!("上海"), &json!(20))
    );
    assert_eq!((&number["ContactFlowName"], &number["Active"]), (&json!("welcome"), &json!(true)));
    assert_eq!(number["SkillGroups"][0]["DisplayName"], "销售");
    let straight = centre
        .ok("carol", "ListPhoneNumbers", json!({"PageNumber": 1, "PageSize": 10, "SearchPattern": "5001001"}))
        .await;
    assert_eq!(straight["List"][0]["SkillGroupId"], "sales@demo");
    assert_eq!(centre.listed("carol", "ListPhoneNumbers", json!({"Usage": "inbound"}), "Number").await, ["4008001000"]);
    assert!(centre.listed("carol", "ListPhoneNumbers", json!({"Active": false}), "Number").await.is_empty());

    let told =
        centre.error("admin", "AddPhoneNumbers", json!({"NumberList": ["+86 21 65001000"], "Usage": "Inbound"})).await;
    assert_eq!(
        told,
        error(409, "AlreadyExists.PhoneNumber", "The specified number +86 21 65001000 already exists in the instance.")
    );
    for (parameters, code) in [
        (json!({"NumberList": ["nonsense"], "Usage": "Inbound"}), "Parameter.Format"),
        (json!({"NumberList": ["01065002009"], "Usage": "Sideways"}), "Parameter.Enumeration"),
        (json!({"NumberList": ["01065002009"]}), "Parameter.Enumeration"),
        (json!({"NumberList": [], "Usage": "Inbound"}), "Parameter.Empty"),
        (json!({"NumberList": ["4008009999"], "Usage": "Bidirection"}), "Parameter.Invalid"),
        (
            json!({"NumberList": ["01065002009"], "Usage": "Outbound", "SkillGroupId": "sales@demo"}),
            "Parameter.Invalid",
        ),
        (
            json!({"NumberList": ["01065002009"], "Usage": "Inbound", "ContactFlowId": "ghost"}),
            "NotExists.ContactFlowId",
        ),
        (
            json!({"NumberList": ["01065002009"], "Usage": "Inbound", "SkillGroupId": "ghost@demo"}),
            "NotExists.SkillGroupId",
        ),
    ] {
        assert_eq!(centre.error("admin", "AddPhoneNumbers", parameters.clone()).await.1, code, "{parameters}");
    }

    let route = async || {
        let data = centre
            .ok("carol", "ListPhoneNumbers", json!({"PageNumber": 1, "PageSize": 10, "SearchPattern": "02165001000"}))
            .await;
        (
            data["List"][0]["ContactFlowId"].is_string(),
            data["List"][0]["SkillGroupId"].clone(),
            data["List"][0]["Usage"].clone(),
        )
    };
    let modify = async |more: Value| {
        let mut parameters = json!({"Number": "02165001000", "Usage": "Bidirection"});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        centre.ok("admin", "ModifyPhoneNumber", parameters).await
    };
    modify(json!({})).await;
    assert_eq!(route().await, (true, Value::Null, json!("Bidirection")), "what is not sent stays");
    modify(json!({"SkillGroupId": "support@demo"})).await;
    assert_eq!(route().await, (false, json!("support@demo"), json!("Bidirection")));
    modify(json!({"SkillGroupId": ""})).await;
    assert_eq!(route().await, (false, Value::Null, json!("Bidirection")));
    modify(json!({"SkillGroupId": "support@demo"})).await;
    modify(json!({"Usage": "Outbound"})).await;
    assert_eq!(route().await, (false, Value::Null, json!("Outbound")), "what is not called leads nowhere");
    let told = centre.error("admin", "ModifyPhoneNumber", json!({"Number": "010 9999 9999", "Usage": "Inbound"})).await;
    assert_eq!(
        told,
        error(404, "NotExists.Number", "The specified number 010 9999 9999 does not exist in instance demo.")
    );

    let removed =
        centre.ok("admin", "RemovePhoneNumbers", json!({"NumberList": ["+862165001000", "4008001000"]})).await;
    assert_eq!(removed, json!(["02165001000", "4008001000"]));
    assert_eq!(centre.listed("carol", "ListPhoneNumbers", json!({}), "Number").await, ["01065002000", "02165001001"]);
    assert_eq!(
        centre.error("admin", "RemovePhoneNumbers", json!({"NumberList": ["4008001000"]})).await.1,
        "NotExists.Number"
    );
}

#[tokio::test]
async fn numbers_are_bound_to_groups() {
    let centre = with_numbers().await;
    let of_sales = |member| json!({"SkillGroupId": "sales@demo", "IsMember": member});
    let bound = centre.listed("carol", "ListPhoneNumbersOfSkillGroup", of_sales(true), "Number").await;
    assert_eq!(bound, ["01065002000", "02165001000", "4008001000"]);
    let others = centre.listed("carol", "ListPhoneNumbersOfSkillGroup", of_sales(false), "Number").await;
    assert_eq!(others, ["02165001001"]);
    let own = centre.listed("alice", "ListOutboundNumbersOfUser", json!({}), "Number").await;
    assert_eq!(own, ["01065002000", "02165001000"], "not the one that is only called");
    assert!(centre.listed("dave", "ListOutboundNumbersOfUser", json!({}), "Number").await.is_empty());
    let of_support = json!({"UserId": "bob@demo", "SkillGroupIdList": "[\"support@demo\"]"});
    assert!(centre.listed("carol", "ListOutboundNumbersOfUser", of_support, "Number").await.is_empty());
    centre
        .ok(
            "carol",
            "RemovePhoneNumbersFromSkillGroup",
            json!({"SkillGroupId": "sales@demo", "NumberList": ["01065002000"]}),
        )
        .await;
    assert_eq!(centre.listed("alice", "ListOutboundNumbersOfUser", json!({}), "Number").await, ["02165001000"]);
    let ghost = json!({"SkillGroupId": "ghost@demo", "NumberList": ["01065002000"]});
    assert_eq!(centre.error("carol", "AddNumbersToSkillGroup", ghost.clone()).await.1, "NotExists.SkillGroupId");
    assert_eq!(centre.error("carol", "RemovePhoneNumbersFromSkillGroup", ghost).await.1, "NotExists.SkillGroupId");
}

#[tokio::test]
async fn the_nearest_number_is_picked() {
    let centre = with_numbers().await;
    let pick = async |called: &str, count: u32| {
        let parameters = json!({"CalledNumber": called, "SkillGroupIdList": "[\"sales@demo\"]", "Count": count});
        centre.ok("alice", "PickOutboundNumbers", parameters).await
    };
    for _ in 0..5 {
        assert_eq!(pick("021 5555 5555", 1).await[0]["Caller"]["Number"], "02165001000");
        assert_eq!(pick("010 5555 5555", 1).await[0]["Caller"]["Number"], "01065002000");
    }
    let both = pick("13800138000", 5).await;
    assert_eq!(both.as_array().unwrap().len(), 2);
    assert_eq!(both[0]["Callee"]["Number"], "13800138000");
    let support = json!({"CalledNumber": "13800138000", "SkillGroupIdList": ["support@demo"]});
    assert_eq!(centre.ok("bob", "PickOutboundNumbers", support.clone()).await, json!([]), "none is no error");
    let told = centre.error("alice", "PickOutboundNumbers", support).await;
    assert_eq!(
        told,
        error(403, "Permission.SkillGroup", "You have no permission to access skill group(s) support@demo.")
    );
    let told = centre
        .error("alice", "PickOutboundNumbers", json!({"CalledNumber": "x", "SkillGroupIdList": ["sales@demo"]}))
        .await;
    assert_eq!(told.1, "Parameter.Format");
}
