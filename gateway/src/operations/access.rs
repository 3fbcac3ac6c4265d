//! Who may do what: the least role from the table, and what is one's own.

use cordboard_wire::Role;

use super::{Context, OperationError, table::Operation};

/// Higher may do what lower may.
fn rank(role: Role) -> u8 {
    match role {
        Role::Agent => 0,
        Role::Manager => 1,
        Role::Admin => 2,
    }
}

/// The caller has at least the role.
pub(super) fn has(context: &Context, role: Role) -> bool {
    rank(context.role) >= rank(role)
}

pub(super) fn check_role(operation: &Operation, context: &Context) -> Result<(), OperationError> {
    if has(context, operation.role) {
        return Ok(());
    }
    Err(OperationError::no_permission(&format!("{} needs the role {:?}.", operation.name, operation.role)))
}

/// Agents see themselves; Managers and Admins everybody.
pub(super) fn check_user(context: &Context, user_id: &str) -> Result<(), OperationError> {
    if user_id == context.user_id || has(context, Role::Manager) {
        return Ok(());
    }
    Err(OperationError::no_permission_for_user(user_id))
}
