//! Parameters in all the forms clients send them, and in forms they should not.
#![allow(clippy::unwrap_used, clippy::panic)]
use serde_json::json;

use super::*;

fn parameters(value: Value) -> Parameters {
    let Value::Object(map) = value else { panic!("an object") };
    Parameters::new(map)
}

#[test]
fn either_casing_and_spaces_are_read() {
    let p = parameters(json!({"userId ": " a@x ", "PageNumber": "2", "PageSize": 50, "Flag": "TRUE", "Nothing": null}));
    assert_eq!(p.required("UserId").unwrap(), "a@x");
    assert_eq!(p.page().unwrap(), Page::new(2, 50));
    assert_eq!(p.boolean("Flag").unwrap(), Some(true));
    assert!(!p.has("Nothing") && p.has("USERID"));
    assert_eq!(p.required("Nothing").unwrap_err().message, "The parameter nothing may not be null or blank.");
}

#[test]
fn pages_have_bounds() {
    for (page, code, message) in [
        (json!({"PageSize": 1}), "Parameter.Null", "The parameter pageNumber may not be null."),
        (json!({"PageNumber": 0, "PageSize": 1}), "Parameter.Minimum", "must be greater than or equal to 1."),
        (json!({"PageNumber": 1, "PageSize": 101}), "Parameter.Maximum", "must be less than or equal to 100."),
        (json!({"PageNumber": "1e9", "PageSize": 1}), "Parameter.Format", "A whole number is expected."),
    ] {
        let error = parameters(page).page().unwrap_err();
        assert_eq!((error.http, error.code.as_str()), (400, code));
        assert!(error.message.ends_with(message), "{}", error.message);
    }
}

#[test]
fn lists_come_in_four_forms() {
    let p = parameters(json!({
        "A": "[\"1\", \" 2 \", \"\", 3]", "B": ["1", "2", "3"], "C.1": "1", "C.2": "2", "C.3": "3", "C.5": "lost",
        "D": "1, 2,3", "Broken": "[\"1\"", "Objects": [{}], "Blank": " ", "Many": vec!["x"; 101],
    }));
    for name in ["A", "B", "C", "D"] {
        assert_eq!(p.list(name).unwrap().unwrap(), ["1", "2", "3"], "{name}");
    }
    assert_eq!(p.list("Blank").unwrap(), None);
    assert_eq!(p.list("Broken").unwrap_err().code, "Parameter.Format");
    assert_eq!(p.list("Objects").unwrap_err().code, "Parameter.Format");
    assert_eq!(p.list("Many").unwrap_err().code, "Parameter.Maximum");
    assert_eq!(p.required_list("Blank").unwrap_err().code, "Parameter.Blank");
    assert_eq!(parameters(json!({"A": "[]"})).required_list("A").unwrap_err().code, "Parameter.Empty");
    assert_eq!(parameters(json!({"A": "[1,1]"})).required_list("A").unwrap(), ["1"]);
}

#[test]
fn objects_in_lists_are_read_in_either_casing() {
    let p = parameters(json!({"L": "[{\"userId\":\"a\",\"skillLevel\":\"3\"},{\"UserId\":\"b\",\"SkillLevel \":4}]"}));
    let objects = p.required_objects("L").unwrap();
    let read: Vec<_> =
        objects.iter().map(|o| (o.required("UserId").unwrap(), o.integer("SkillLevel").unwrap())).collect();
    assert_eq!(read, [("a".to_owned(), Some(3)), ("b".to_owned(), Some(4))]);
    assert_eq!(parameters(json!({"L": "[1]"})).required_objects("L").unwrap_err().code, "Parameter.Format");
    assert_eq!(p.object("L").unwrap_err().code, "Parameter.Format");
}

#[test]
fn words_are_checked_against_those_allowed() {
    let p = parameters(json!({"Usage": "inbound", "Other": "x"}));
    assert_eq!(p.one_of("Usage", &["Inbound", "Outbound"]).unwrap(), Some("Inbound"));
    let error = p.one_of("Other", &["Inbound", "Outbound"]).unwrap_err();
    assert_eq!(error.message, "The parameter other must be one of the value of enumeration [Inbound, Outbound].");
}

#[test]
fn nothing_sent_makes_it_panic() {
    let values = [
        json!(""),
        json!("["),
        json!("[["),
        json!("\u{0}"),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!([[]]),
        json!({"a": {}}),
        json!(true),
        json!("9".repeat(400)),
        json!([null, {}, "x"]),
        json!("{\"a\":"),
    ];
    for value in values {
        let p = parameters(json!({"X": value.clone(), "PageNumber": value, "PageSize": 1}));
        let _ = (p.text("X"), p.list("X"), p.required_objects("X"), p.object("X"), p.integer("X"), p.boolean("X"));
        assert!(p.page().is_err() || p.integer("X").unwrap().is_some());
        let _ = p.subject();
    }
}
