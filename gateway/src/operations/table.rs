//! The one table of operations: name, least role, what it does to the centre, who carries it out.

use std::pin::Pin;

use cordboard_wire::Role::{self, Admin, Agent, Manager};

use super::{
    Answer, Request, agent_state_logs, call_record_detail, call_records, config_items, contact_flows, flow_editing,
    instance, outbound_numbers, phone_numbers, recordings, skill_group_members, skill_group_numbers, skill_groups,
    user_skill_levels, users,
};

/// An operation.
pub(super) struct Operation {
    /// The vendor's name.
    pub name: &'static str,
    /// The least role that may ask for it.
    pub role: Role,
    /// What it does.
    pub effect: Effect,
    /// Who does it.
    pub handler: Handler,
}

/// What an operation does to what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Reads,
    /// It changes something that calls and desks do not depend on.
    Writes,
    /// It changes what the centre is configured with.
    ChangesDirectory,
}

use Effect::{ChangesDirectory, Reads, Writes};

type Handler = for<'a> fn(&'a Request<'a>) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

macro_rules! table {
    ($($name:ident $role:ident $effect:ident $handler:path;)+) => {
        &[$(Operation {
            name: stringify!($name),
            role: $role,
            effect: $effect,
            handler: |request| Box::pin($handler(request)),
        }),+]
    };
}

const TABLE: &[Operation] = table! {
    GetInstance Agent Reads instance::get;

    ListUsers Manager Reads users::list;
    GetUser Agent Reads users::get;
    CreateUser Admin ChangesDirectory users::create;
    ModifyUser Admin ChangesDirectory users::modify;
    RemoveUsers Admin ChangesDirectory users::remove;
    ResetUserPassword Admin Writes users::reset_password;
    ListRoles Agent Reads users::list_roles;

    AddSkillGroupsToUser Manager ChangesDirectory user_skill_levels::add;
    ListSkillLevelsOfUser Agent Reads user_skill_levels::list;
    ModifySkillLevelsOfUser Manager ChangesDirectory user_skill_levels::modify;
    RemoveSkillGroupsFromUser Manager ChangesDirectory user_skill_levels::remove;

    ListOutboundNumbersOfUser Agent Reads outbound_numbers::list;
    PickOutboundNumbers Agent Reads outbound_numbers::pick;

    CreateSkillGroup Admin ChangesDirectory skill_groups::create;
    ModifySkillGroup Manager ChangesDirectory skill_groups::modify;
    DeleteSkillGroup Admin ChangesDirectory skill_groups::delete;
    GetSkillGroup Agent Reads skill_groups::get;
    ListSkillGroups Agent Reads skill_groups::list;
    ListBriefSkillGroups Agent Reads skill_groups::list;

    AddUsersToSkillGroup Manager ChangesDirectory skill_group_members::add;
    RemoveUsersFromSkillGroup Manager ChangesDirectory skill_group_members::remove;
    ListUserLevelsOfSkillGroup Manager Reads skill_group_members::list;

    AddNumbersToSkillGroup Manager ChangesDirectory skill_group_numbers::add;
    ListPhoneNumbersOfSkillGroup Manager Reads skill_group_numbers::list;
    RemovePhoneNumbersFromSkillGroup Manager ChangesDirectory skill_group_numbers::remove;

    AddPhoneNumbers Admin ChangesDirectory phone_numbers::add;
    ModifyPhoneNumber Admin ChangesDirectory phone_numbers::modify;
    ListPhoneNumbers Manager Reads phone_numbers::list;
    RemovePhoneNumbers Admin ChangesDirectory phone_numbers::remove;

    CreateContactFlow Admin Writes contact_flows::create;
    GetContactFlow Manager Reads contact_flows::get;
    ListContactFlows Manager Reads contact_flows::list;
    DeleteContactFlow Admin ChangesDirectory contact_flows::delete;
    StartEditContactFlow Admin Writes flow_editing::start;
    CommitContactFlow Admin Writes flow_editing::commit;
    PublishContactFlow Admin ChangesDirectory flow_editing::publish;
    DiscardEditingContactFlow Admin Writes flow_editing::discard;

    ListConfigItems Agent Reads config_items::list;
    UpdateConfigItems Admin ChangesDirectory config_items::update;

    ListRecentCallDetailRecords Agent Reads call_records::list_recent;
    ListCallDetailRecordsV2 Agent Reads call_records::list;
    GetCallDetailRecord Agent Reads call_record_detail::get;
    GetMultiChannelRecording Agent Reads recordings::get;
    ListAgentStateLogs Agent Reads agent_state_logs::list;
};

/// An operation by name.
pub(super) fn find(action: &str) -> Option<&'static Operation> {
    TABLE.iter().find(|operation| operation.name == action)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_stands_once() {
        let names: BTreeSet<_> = TABLE.iter().map(|operation| operation.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn what_an_agent_may_do_only_reads() {
        for operation in TABLE.iter().filter(|operation| operation.role == Agent) {
            assert_eq!(operation.effect, Reads, "{}", operation.name);
        }
    }

    #[test]
    fn names_that_change_something_are_not_marked_as_reading() {
        for operation in TABLE {
            let asks = ["Get", "List", "Pick"].iter().any(|verb| operation.name.starts_with(verb));
            assert_eq!(asks, operation.effect == Reads, "{}", operation.name);
        }
    }
}
