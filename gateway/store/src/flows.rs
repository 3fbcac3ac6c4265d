//! Contact flows: one editor at a time, a definition that is saved, and another that calls meet.
//!
//! *Start edit* takes the lock and names a draft; *commit* saves the definition under that draft; *publish* makes it
//! what calls meet and releases the lock; *discard* only releases it. A draft is current until the next edit begins.

use uuid::Uuid;

use crate::{
    Page, Paged, Result, Store, StoreError, What,
    sql::{self, Row, Where, values},
};

/// A flow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// Its id, a UUID.
    pub flow_id: String,
    /// The name to show.
    pub name: String,
    /// `MAIN_FLOW`, `SUB_FLOW` or `SURVEY_FLOW`.
    pub flow_type: String,
    /// May be empty.
    pub description: String,
    /// The definition as last saved.
    pub definition: String,
    /// The current draft's id.
    pub draft_id: String,
    /// Who is editing it.
    pub editor: Option<String>,
    /// The definition that calls meet.
    pub published_definition: Option<String>,
    /// When that was published.
    pub published_ms: Option<i64>,
    /// When the flow was made.
    pub created_ms: i64,
    /// When it was last saved or published.
    pub updated_ms: i64,
}

/// A flow to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewFlow {
    /// The id, where it is to be a known one; else a fresh UUID.
    pub flow_id: Option<String>,
    /// The name to show.
    pub name: String,
    /// The type.
    pub flow_type: String,
    /// May be empty.
    pub description: String,
    /// The definition.
    pub definition: String,
    /// Now.
    pub at_ms: i64,
}

/// How a list of flows is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FlowOrder {
    /// Last changed first.
    #[default]
    UpdatedDescending,
    /// First changed first.
    UpdatedAscending,
    /// By name.
    NameAscending,
    /// By name, backwards.
    NameDescending,
}

impl Store {
    /// Makes a flow that is not yet published.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the instance; [`StoreError::AlreadyExists`] for a given id.
    pub async fn create_flow(&self, instance: &str, flow: &NewFlow) -> Result<Flow> {
        let flow_id = flow.flow_id.clone().unwrap_or_else(fresh_id);
        let made = sql::one(
            &self.writer,
            "INSERT INTO flows (instance_id, flow_id, name, flow_type, description, definition, draft_id, created_ms,
                 updated_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING *",
            values![
                instance,
                &*flow_id,
                &*flow.name,
                &*flow.flow_type,
                &*flow.description,
                &*flow.definition,
                fresh_id(),
                flow.at_ms
            ],
        )
        .await
        .map_err(|e| StoreError::naming(e, (What::Flow, &flow_id), (What::Instance, instance)))?;
        made.map_or_else(|| Err(StoreError::not_found(What::Flow, &flow_id)), |row| read(&row))
    }

    /// A flow by id.
    pub async fn flow(&self, instance: &str, flow_id: &str) -> Result<Option<Flow>> {
        let sql = "SELECT * FROM flows WHERE instance_id = $1 AND flow_id = $2";
        sql::one(&self.reader, sql, values![instance, flow_id]).await?.map(|row| read(&row)).transpose()
    }

    /// Flows.
    pub async fn flows(
        &self,
        instance: &str,
        flow_type: Option<&str>,
        search: Option<&str>,
        order: FlowOrder,
        page: Page,
    ) -> Result<Paged<Flow>> {
        let mut condition = Where::instance("instance_id", instance);
        if let Some(flow_type) = flow_type {
            condition.and("flow_type = ?", flow_type);
        }
        if let Some(search) = search {
            condition.and_contains(&["name", "description"], search);
        }
        let order = match order {
            FlowOrder::UpdatedDescending => "updated_ms DESC, flow_id",
            FlowOrder::UpdatedAscending => "updated_ms, flow_id",
            FlowOrder::NameAscending => "name, flow_id",
            FlowOrder::NameDescending => "name DESC, flow_id",
        };
        let count = format!("SELECT COUNT(*) AS n FROM flows WHERE {}", condition.text());
        let total = sql::count(&self.reader, &count, condition.values()).await?;
        let list = format!("SELECT * FROM flows WHERE {} ORDER BY {order}{}", condition.text(), page.sql());
        let rows = sql::all(&self.reader, &list, condition.values()).await?;
        Ok(Paged { rows: rows.iter().map(read).collect::<Result<_>>()?, total })
    }

    /// Which numbers lead callers to a flow.
    pub async fn numbers_of_flow(&self, instance: &str, flow_id: &str) -> Result<Vec<String>> {
        let sql = "SELECT typed FROM numbers WHERE instance_id = $1 AND flow_id = $2 ORDER BY number";
        sql::all(&self.reader, sql, values![instance, flow_id]).await?.iter().map(|row| row.get("typed")).collect()
    }

    /// Takes the lock for an editor and names the draft. The same editor may take it again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::BeingEdited`] by somebody else.
    pub async fn start_edit(&self, instance: &str, flow_id: &str, editor: &str) -> Result<String> {
        let draft_id = fresh_id();
        let sql = "UPDATE flows SET editor = $3, draft_id = $4
             WHERE instance_id = $1 AND flow_id = $2 AND (editor IS NULL OR editor = $3)";
        let taken = sql::run(&self.writer, sql, values![instance, flow_id, editor, &*draft_id]).await?;
        if taken == 0 { Err(self.why_not(instance, flow_id, None).await) } else { Ok(draft_id) }
    }

    /// Saves the definition under a draft; the lock stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the flow or a draft that is no longer current; [`StoreError::BeingEdited`].
    pub async fn commit_flow(
        &self,
        instance: &str,
        flow_id: &str,
        draft_id: &str,
        editor: &str,
        (definition, description): (&str, &str),
        at_ms: i64,
    ) -> Result<()> {
        let sql = "UPDATE flows SET definition = $5, description = $6, updated_ms = $7
             WHERE instance_id = $1 AND flow_id = $2 AND draft_id = $3 AND (editor IS NULL OR editor = $4)";
        let values = values![instance, flow_id, draft_id, editor, definition, description, at_ms];
        let saved = sql::run(&self.writer, sql, values).await?;
        if saved == 0 { Err(self.why_not(instance, flow_id, Some(draft_id)).await) } else { Ok(()) }
    }

    /// Makes what is saved what calls meet, and releases the lock.
    ///
    /// # Errors
    /// As [`Store::commit_flow`].
    pub async fn publish_flow(
        &self,
        instance: &str,
        flow_id: &str,
        draft_id: &str,
        editor: &str,
        at_ms: i64,
    ) -> Result<()> {
        let sql =
            "UPDATE flows SET published_definition = definition, published_ms = $5, updated_ms = $5, editor = NULL
             WHERE instance_id = $1 AND flow_id = $2 AND draft_id = $3 AND (editor IS NULL OR editor = $4)";
        let published = sql::run(&self.writer, sql, values![instance, flow_id, draft_id, editor, at_ms]).await?;
        if published == 0 { Err(self.why_not(instance, flow_id, Some(draft_id)).await) } else { Ok(()) }
    }

    /// Releases the lock. An administrator may release another's (`force`).
    ///
    /// # Errors
    /// As [`Store::commit_flow`].
    pub async fn discard_edit(
        &self,
        instance: &str,
        flow_id: &str,
        draft_id: &str,
        editor: &str,
        force: bool,
    ) -> Result<()> {
        let sql = "UPDATE flows SET editor = NULL
             WHERE instance_id = $1 AND flow_id = $2 AND draft_id = $3 AND ($5 OR editor IS NULL OR editor = $4)";
        let released = sql::run(&self.writer, sql, values![instance, flow_id, draft_id, editor, force]).await?;
        if released == 0 { Err(self.why_not(instance, flow_id, Some(draft_id)).await) } else { Ok(()) }
    }

    /// Removes a flow. One that numbers lead to goes only when forced, which leaves them without.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] by numbers; [`StoreError::BeingEdited`] by somebody else.
    pub async fn remove_flow(&self, instance: &str, flow_id: &str, editor: &str, force: bool) -> Result<()> {
        let tx = self.begin().await?;
        let key = || values![instance, flow_id];
        let sql = "SELECT editor FROM flows WHERE instance_id = $1 AND flow_id = $2";
        let Some(row) = sql::one(&tx, sql, key()).await? else {
            return Err(StoreError::not_found(What::Flow, flow_id));
        };
        match row.get::<Option<String>>("editor")? {
            Some(other) if other != editor && !force => {
                return Err(StoreError::BeingEdited { flow_id: flow_id.to_owned(), editor: other });
            }
            _ => {}
        }
        let bound = "SELECT typed FROM numbers WHERE instance_id = $1 AND flow_id = $2 ORDER BY number";
        let bound = sql::all(&tx, bound, key()).await?;
        if !bound.is_empty() && !force {
            let by = bound.iter().map(|row| row.get("typed")).collect::<Result<Vec<String>>>()?.join(", ");
            return Err(StoreError::InUse { what: What::Flow, id: flow_id.to_owned(), by });
        }
        let unbind = "UPDATE numbers SET flow_id = NULL WHERE instance_id = $1 AND flow_id = $2";
        sql::run(&tx, unbind, key()).await?;
        sql::run(&tx, "DELETE FROM flows WHERE instance_id = $1 AND flow_id = $2", key()).await?;
        Ok(tx.commit().await?)
    }

    /// Why no row matched.
    async fn why_not(&self, instance: &str, flow_id: &str, draft_id: Option<&str>) -> StoreError {
        match self.flow(instance, flow_id).await {
            Err(e) => e,
            Ok(None) => StoreError::not_found(What::Flow, flow_id),
            Ok(Some(flow)) => match (flow.editor, draft_id) {
                (_, Some(draft)) if draft != flow.draft_id => StoreError::not_found(What::Draft, draft),
                (Some(editor), _) => StoreError::BeingEdited { flow_id: flow_id.to_owned(), editor },
                (None, _) => StoreError::not_found(What::Flow, flow_id),
            },
        }
    }
}

fn fresh_id() -> String {
    Uuid::new_v4().to_string()
}

/// All flows of an instance, for the directory.
pub(crate) async fn all<C: sea_orm::ConnectionTrait>(on: &C, instance: &str) -> Result<Vec<Flow>> {
    let sql = "SELECT * FROM flows WHERE instance_id = $1 ORDER BY flow_id";
    sql::all(on, sql, values![instance]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Flow> {
    Ok(Flow {
        flow_id: row.get("flow_id")?,
        name: row.get("name")?,
        flow_type: row.get("flow_type")?,
        description: row.get("description")?,
        definition: row.get("definition")?,
        draft_id: row.get("draft_id")?,
        editor: row.get("editor")?,
        published_definition: row.get("published_definition")?,
        published_ms: row.get("published_ms")?,
        created_ms: row.get("created_ms")?,
        updated_ms: row.get("updated_ms")?,
    })
}
