//! The tables of small records in the embedded store.

use std::ops::Bound;

use async_trait::async_trait;

use crate::events::sled::SledLog;
use crate::events::writer::Job;
use crate::events::{RecordChange, Records, RecordsError, Table, keys};

impl SledLog {
    async fn put_records(
        &self,
        changes: Vec<RecordChange>,
        if_absent: bool,
    ) -> Result<bool, RecordsError> {
        let job = |reply| Job::Put { changes, if_absent, reply };
        let answer = self.ask(job).await.map_err(|error| RecordsError(error.to_string()))?;
        answer.map_err(|()| RecordsError("it takes no records".to_owned()))
    }
}

#[async_trait]
impl Records for SledLog {
    async fn put(&self, table: Table, key: &str, value: Vec<u8>) -> Result<(), RecordsError> {
        self.change(vec![(table, key.to_owned(), Some(value))]).await
    }

    async fn put_if_absent(
        &self,
        table: Table,
        key: &str,
        value: Vec<u8>,
    ) -> Result<bool, RecordsError> {
        self.put_records(vec![(table, key.to_owned(), Some(value))], true).await
    }

    async fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, RecordsError> {
        let value = self.tree.get(keys::record(table, key));
        let value = value.map_err(|error| RecordsError(error.to_string()))?;
        Ok(value.map(|value| value.to_vec()))
    }

    async fn delete(&self, table: Table, key: &str) -> Result<(), RecordsError> {
        self.change(vec![(table, key.to_owned(), None)]).await
    }

    async fn change(&self, changes: Vec<RecordChange>) -> Result<(), RecordsError> {
        self.put_records(changes, false).await.map(|_| ())
    }

    async fn list(&self, table: Table) -> Result<Vec<(String, Vec<u8>)>, RecordsError> {
        self.tree.scan_prefix(keys::table(table)).map(shown).collect()
    }

    async fn page(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, RecordsError> {
        let (prefix, after) = (keys::table(table), keys::record(table, after));
        let here = self.tree.range((Bound::Excluded(after), Bound::Unbounded)).take(limit);
        let here = here.take_while(|pair| !matches!(pair, Ok((k, _)) if !k.starts_with(&prefix)));
        here.map(shown).collect()
    }

    async fn page_back(
        &self,
        table: Table,
        prefix: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, RecordsError> {
        let from = keys::record(table, prefix);
        let found = match before {
            Some(before) => self.tree.range(from.clone()..keys::record(table, before)),
            None => self.tree.scan_prefix(&from),
        };
        let is_under = |pair: &sled::Result<(sled::IVec, sled::IVec)>| {
            pair.as_ref().map_or(true, |(key, _)| key.starts_with(&from))
        };
        found.rev().skip_while(|pair| !is_under(pair)).take(limit).map(shown).collect()
    }

    async fn last_key(&self, table: Table) -> Result<Option<String>, RecordsError> {
        let last = self.tree.scan_prefix(keys::table(table)).next_back();
        Ok(last.map(shown).transpose()?.map(|(key, _)| key))
    }
}

/// A record with its key in its table.
fn shown(pair: sled::Result<(sled::IVec, sled::IVec)>) -> Result<(String, Vec<u8>), RecordsError> {
    let (key, value) = pair.map_err(|error| RecordsError(error.to_string()))?;
    let key = key.get(keys::TABLE_BYTES..).unwrap_or_default();
    Ok((String::from_utf8_lossy(key).into_owned(), value.to_vec()))
}
