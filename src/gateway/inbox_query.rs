//! A query on the inbox as it stands in an address, in a saved filter or in a frame, checked field by
//! field.

use actix_web::web;
use serde::Deserialize;

use crate::domain::{LabelName, Language, Priority};
use crate::gateway::error::ApiError;
use crate::inbox::{Cursor, Query, View};

/// How many rows an answer has when nobody says.
const USUAL: usize = 50;
/// Most rows of one answer.
const MOST: usize = 200;

/// Which conversations.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct InboxQuery {
    /// `waiting` (without it), `mine`, `team`, `all`, `snoozed`, `resolved` or `mentions`.
    view: Option<String>,
    /// Labels, separated by commas: all of them.
    label: Option<String>,
    /// `me`, `none` or the id of an agent.
    assignee: Option<String>,
    /// The id of a team.
    team: Option<String>,
    /// The name of a channel: `web`.
    channel: Option<String>,
    /// `en` or `zh`.
    language: Option<String>,
    /// `low`, `medium`, `high` or `urgent`.
    priority: Option<String>,
    /// `true`: only what one has not read.
    unread: Option<bool>,
    /// The `next` of an earlier answer.
    cursor: Option<String>,
    /// How many rows, 200 at most; 50 when left out.
    limit: Option<usize>,
}

/// A query with the part that is wanted of its list.
pub(super) struct Asked {
    pub(super) query: Query,
    pub(super) after: Option<Cursor>,
    pub(super) limit: usize,
}

impl InboxQuery {
    /// Reads a query as it stands behind the `?` of an address.
    pub(super) fn of_text(text: &str) -> Result<Self, ApiError> {
        let query = web::Query::<Self>::from_query(text);
        query.map(web::Query::into_inner).map_err(|error| ApiError::InvalidBody(error.to_string()))
    }

    /// Checks every field.
    pub(super) fn check(self) -> Result<Asked, ApiError> {
        let labels = self.label.as_deref().unwrap_or_default().split(',');
        let labels = labels.filter(|label| !label.trim().is_empty()).map(LabelName::parse);
        let labels = labels.collect::<Result<_, _>>();
        let limit = self.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(invalid("limit", format!("a number from 1 to {MOST}")));
        }
        let query = Query {
            view: named("view", self.view.as_deref())?.unwrap_or_default(),
            labels: labels.map_err(|error| invalid("label", error.to_string()))?,
            assignee: self
                .assignee
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|error| invalid("assignee", error))?,
            team: self.team,
            channel: self.channel,
            language: named::<Language>("language", self.language.as_deref())?,
            priority: named::<Priority>("priority", self.priority.as_deref())?,
            unread: self.unread.unwrap_or_default(),
        };
        let after = self.cursor.as_deref().map(str::parse::<Cursor>).transpose();
        let after = after.map_err(|error| invalid("cursor", error.to_string()))?;
        if query.view == View::default() && query.assignee.is_some() {
            return Err(invalid("assignee", "who waits has no agent yet".to_owned()));
        }
        Ok(Asked { query, after, limit })
    }
}

/// The value with a name on the wire.
fn named<T: serde::de::DeserializeOwned>(
    field: &'static str,
    name: Option<&str>,
) -> Result<Option<T>, ApiError> {
    let Some(name) = name else { return Ok(None) };
    let value = serde_json::from_value(serde_json::Value::from(name));
    value.map(Some).map_err(|error| invalid(field, error.to_string()))
}

fn invalid(field: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::InvalidField { field, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        match InboxQuery::of_text(text).and_then(InboxQuery::check) {
            Ok(_) => panic!("{text} is taken"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_query_is_read_and_what_is_wrong_is_named() {
        let text = "view=team&label=refund,%E9%80%80%E6%AC%BE&language=zh&priority=high&limit=7";
        let asked = InboxQuery::of_text(text).and_then(InboxQuery::check);
        let Ok(Asked { query, limit: 7, after: None }) = asked else { panic!("{text} is refused") };
        assert_eq!((query.view, query.labels.len()), (View::Team, 2));
        assert_eq!((query.language, query.priority), (Some(Language::Zh), Some(Priority::High)));
        for (text, field) in [
            ("view=other", "view"),
            ("view=mine&assignee=nobody", "assignee"),
            ("language=fr", "language"),
            ("priority=most", "priority"),
            ("cursor=x", "cursor"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("colour=red", "colour"),
        ] {
            let told = refused(text);
            assert!(told.contains(&format!("`{field}`")), "{text}: {told}");
        }
    }
}
