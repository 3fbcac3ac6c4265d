//! Errors as the vendor's clients know them: HTTP status, stable code, the catalogue's text.

use cordboard_store::{StoreError, What};

/// Why an operation was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct OperationError {
    /// HTTP status, 400 to 599.
    pub http: u16,
    /// Stable code.
    pub code: String,
    /// What happened.
    pub message: String,
}

impl OperationError {
    /// Any error.
    pub fn new(http: u16, code: &str, message: impl Into<String>) -> Self {
        Self { http, code: code.to_owned(), message: message.into() }
    }

    /// The request's body is not a JSON object.
    pub fn bad_body() -> Self {
        Self::new(400, "Parameter.Format", "The format of parameter body is invalid. A JSON object is expected.")
    }

    pub(super) fn no_such_operation(action: &str) -> Self {
        // What comes from outside is quoted back, but not at any length.
        let action: String = action.chars().take(64).collect();
        Self::new(404, "InvalidAction.NotFound", format!("Specified api is not found: {action}"))
    }

    pub(super) fn no_such_instance(instance: &str) -> Self {
        Self::new(404, "NotExists.InstanceId", format!("The specified instance {instance} does not exist."))
    }

    pub(super) fn no_such_user(user_id: &str, instance: &str) -> Self {
        Self::new(404, "NotExists.UserId", format!("The user {user_id} does not exist in instance {instance}."))
    }

    pub(super) fn no_such_group(group_id: &str, instance: &str) -> Self {
        let message = format!("The skill group ID {group_id} does not exist in instance {instance}.");
        Self::new(404, "NotExists.SkillGroupId", message)
    }

    pub(super) fn no_such_number(number: &str, instance: &str) -> Self {
        let message = format!("The specified number {number} does not exist in instance {instance}.");
        Self::new(404, "NotExists.Number", message)
    }

    pub(super) fn no_such_flow(flow_id: &str, instance: &str) -> Self {
        let message = format!("The contact flow {flow_id} does not exist in instance {instance}.");
        Self::new(404, "NotExists.ContactFlowId", message)
    }

    pub(super) fn no_such_call(call_id: &str) -> Self {
        Self::new(404, "NotExists.JobId", format!("The call {call_id} does not exist."))
    }

    pub(super) fn no_such_role(role_id: &str) -> Self {
        Self::new(404, "NotExists.RoleId", format!("Role {role_id} does not exist."))
    }

    pub(super) fn blank(parameter: &str) -> Self {
        Self::parameter("Blank", parameter, "may not be null or blank.")
    }

    pub(super) fn empty(parameter: &str) -> Self {
        Self::parameter("Empty", parameter, "may not be null or empty.")
    }

    pub(super) fn null(parameter: &str) -> Self {
        Self::parameter("Null", parameter, "may not be null.")
    }

    pub(super) fn maximum(parameter: &str, most: impl std::fmt::Display) -> Self {
        Self::parameter("Maximum", parameter, &format!("must be less than or equal to {most}."))
    }

    pub(super) fn minimum(parameter: &str, least: impl std::fmt::Display) -> Self {
        Self::parameter("Minimum", parameter, &format!("must be greater than or equal to {least}."))
    }

    pub(super) fn enumeration(parameter: &str, allowed: &[&str]) -> Self {
        let message = format!("must be one of the value of enumeration [{}].", allowed.join(", "));
        Self::parameter("Enumeration", parameter, &message)
    }

    /// `expected` is a sentence.
    pub(super) fn format(parameter: &str, expected: &str) -> Self {
        let message = format!("The format of parameter {} is invalid. {expected}", lower_camel(parameter));
        Self::new(400, "Parameter.Format", message)
    }

    /// `why` is a sentence without its full stop, which the catalogue adds.
    pub(super) fn invalid(parameter: &str, why: &str) -> Self {
        Self::parameter("Invalid", parameter, &format!("is invalid. {why}."))
    }

    fn parameter(kind: &str, parameter: &str, text: &str) -> Self {
        let message = format!("The parameter {} {text}", lower_camel(parameter));
        Self::new(400, &format!("Parameter.{kind}"), message)
    }

    /// `why` is a sentence.
    pub(super) fn no_permission(why: &str) -> Self {
        Self::new(403, "Permission.Common", format!("You have no permission to access. {why}"))
    }

    pub(super) fn no_permission_for_user(user_id: &str) -> Self {
        Self::new(403, "Permission.User", format!("You have no permission to access user(s) {user_id}."))
    }

    pub(super) fn no_permission_for_group(group_id: &str) -> Self {
        Self::new(403, "Permission.SkillGroup", format!("You have no permission to access skill group(s) {group_id}."))
    }

    /// The vendor's code for these is not known; the text is. `why` is a sentence.
    pub(super) fn not_allowed(why: &str) -> Self {
        Self::new(400, "OperationNotAllowed", format!("The operation is not allowed. {why}"))
    }

    /// What the store says, in the vendor's words.
    pub(super) fn store(error: StoreError, instance: &str) -> Self {
        match error {
            StoreError::NotFound { what, id } => match what {
                What::Instance => Self::no_such_instance(&id),
                What::User => Self::no_such_user(&id, instance),
                What::SkillGroup => Self::no_such_group(&id, instance),
                What::Number => Self::no_such_number(&id, instance),
                What::Flow => Self::no_such_flow(&id, instance),
                What::Draft => Self::new(
                    404,
                    "NotExists.DraftId",
                    format!("The draft {id} is not the current one. Start editing the contact flow again."),
                ),
                What::CallRecord => Self::no_such_call(&id),
                What::AccessKey => Self::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
            },
            StoreError::AlreadyExists { what, id } => match what {
                What::User => Self::conflict("User", format!("User {id} already exists in instance {instance}.")),
                What::SkillGroup => {
                    Self::conflict("SkillGroupId", format!("Skill group {id} already exists in instance {instance}."))
                }
                What::Number => {
                    Self::conflict("PhoneNumber", format!("The specified number {id} already exists in the instance."))
                }
                What::Instance => Self::conflict("InstanceId", format!("The instance {id} already exists.")),
                What::Flow | What::Draft | What::AccessKey | What::CallRecord => {
                    Self::conflict("Id", format!("The id {id} already exists in instance {instance}."))
                }
            },
            StoreError::InUse { what: What::SkillGroup, id, .. } => {
                Self::new(400, "InUse.SkillGroup", format!("Skill group {id} is in use now."))
            }
            StoreError::InUse { what, id, by } => {
                Self::new(400, "InUse.ContactFlow", format!("The {what} {id} is in use now by {by}."))
            }
            StoreError::BeingEdited { flow_id, editor } => {
                Self::not_allowed(&format!("Contact flow ({flow_id}) is being modified by {editor}."))
            }
            StoreError::NoExtensionLeft { .. } => {
                Self::new(404, "NotExists.Extension", "No available extension number exists.")
            }
            // The driver's words may hold addresses and values: the log has them, the answer has not.
            error @ (StoreError::Unavailable { .. }
            | StoreError::Fenced { .. }
            | StoreError::SecretDamaged { .. }
            | StoreError::BadRow { .. }) => {
                tracing::error!(%error, "store");
                let message =
                    "An internal DB service error occurred. Try again; tell your administrator if it stays so.";
                Self::new(500, "InternalService.DB", message)
            }
        }
    }

    fn conflict(what: &str, message: String) -> Self {
        Self::new(409, &format!("AlreadyExists.{what}"), message)
    }
}

/// The vendor's messages name parameters in lower camel case (`loginName`), unlike its requests.
fn lower_camel(parameter: &str) -> String {
    let mut letters = parameter.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
