//! Which numbers an agent may call out with, and which is best for a callee.

use cordboard_store::{NumberFilter, NumberRow, Page};
use cordboard_wire::Role;
use rand::seq::SliceRandom;
use serde_json::json;

use super::{
    Answer, OperationError, Request, access,
    words::{paged, place, place_of, read_number, shown},
};

/// `ListOutboundNumbersOfUser`: of the caller when nobody is named; of some of the user's groups if given.
pub(super) async fn list(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let user_id = parameters.text("UserId")?.unwrap_or_else(|| context.user_id.clone());
    let page = parameters.page()?;
    let wanted = parameters.list("SkillGroupIdList")?;
    access::check_user(context, &user_id)?;
    let user = context.store.user(&context.instance, &user_id).await.map_err(|e| request.store_error(e))?;
    if user.is_none() {
        return Err(OperationError::no_such_user(&user_id, &context.instance));
    }
    let mut groups = groups_of(request, &user_id).await?;
    if let Some(wanted) = wanted {
        groups.retain(|group| wanted.contains(group));
    }
    let found = numbers_of(request, groups, page).await?;
    let list = found.rows.iter().map(|row| {
        let (city, province) = place(row);
        json!({"Number": shown(&row.number), "City": city, "Province": province, "Provider": ""})
    });
    Ok(paged(list.collect(), page, found.total))
}

/// `PickOutboundNumbers`: numbers of the callee's city first, then of its province, then any, each in chance order.
pub(super) async fn pick(request: &Request<'_>) -> Answer {
    let (context, parameters) = (request.context, &request.parameters);
    let callee = read_number("CalledNumber", &parameters.required("CalledNumber")?)?;
    let groups = parameters.required_list("SkillGroupIdList")?;
    let count = parameters.integer_within("Count", 1, 100)?.unwrap_or(1);
    if !access::has(context, Role::Manager) {
        let own = groups_of(request, &context.user_id).await?;
        if let Some(other) = groups.iter().find(|group| !own.contains(group)) {
            return Err(OperationError::no_permission_for_group(other));
        }
    }
    let mut rows = numbers_of(request, groups, Page::new(1, Page::MAX_SIZE)).await?.rows;
    rows.shuffle(&mut rand::rng());
    let (city, province) = place_of(&callee);
    rows.sort_by_key(|row| distance(&place(row), (&city, &province)));
    let callee = json!({"Number": shown(&callee), "City": city, "Province": province});
    let picked = rows.iter().take(usize::try_from(count).unwrap_or(1)).map(|row| {
        let (city, province) = place(row);
        json!({"Caller": {"Number": shown(&row.number), "City": city, "Province": province}, "Callee": callee})
    });
    Ok(picked.collect())
}

/// 0: the same city, 1: the same province, 2: elsewhere. What is not known is elsewhere.
fn distance((city, province): &(String, String), (of_city, of_province): (&str, &str)) -> u8 {
    if !city.is_empty() && city == of_city {
        0
    } else if !province.is_empty() && province == of_province {
        1
    } else {
        2
    }
}

async fn groups_of(request: &Request<'_>, user_id: &str) -> Result<Vec<String>, OperationError> {
    let context = request.context;
    let rows = context.store.levels_of_users(&context.instance, &[user_id.to_owned()]).await;
    Ok(rows.map_err(|e| request.store_error(e))?.into_iter().map(|row| row.group_id).collect())
}

async fn numbers_of(
    request: &Request<'_>,
    groups: Vec<String>,
    page: Page,
) -> Result<cordboard_store::Paged<NumberRow>, OperationError> {
    let context = request.context;
    let usages = ["Outbound", "Bidirection"].map(str::to_owned).to_vec();
    let filter = NumberFilter { usages, group_ids: Some(groups), ..NumberFilter::default() };
    context.store.numbers(&context.instance, &filter, page).await.map_err(|e| request.store_error(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_number_comes_first() {
        let place = |city: &str, province: &str| (city.to_owned(), province.to_owned());
        assert_eq!(distance(&place("上海", "上海"), ("上海", "上海")), 0);
        assert_eq!(distance(&place("苏州", "江苏"), ("南京", "江苏")), 1);
        assert_eq!(distance(&place("北京", "北京"), ("南京", "江苏")), 2);
        assert_eq!(distance(&place("", ""), ("", "")), 2, "unknown is near to nothing");
    }
}
