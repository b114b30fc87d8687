//! Records beside the log, held to the same promises in memory and on disk.

use crate::events::contract::open;
use crate::events::{MemoryLog, Records, Table};

async fn holds(records: &dyn Records) {
    let value = |text: &str| text.as_bytes().to_vec();
    records.put(Table::Audit, "1", value("one")).await.unwrap();
    records.put(Table::Roles, "z", value("last of its table")).await.unwrap();
    let changes = vec![
        (Table::Audit, "3".to_owned(), Some(value("three"))),
        (Table::Audit, "2".to_owned(), Some(value("two"))),
        (Table::Roles, "z".to_owned(), None),
    ];
    records.change(changes).await.unwrap();
    assert_eq!(records.get(Table::Roles, "z").await, Ok(None));
    let keys = async |after: &str, limit| {
        let page = records.page(Table::Audit, after, limit).await.unwrap();
        page.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(keys("", 9).await, ["1", "2", "3"]);
    assert_eq!(keys("1", 1).await, ["2"]);
    assert!(keys("3", 9).await.is_empty(), "the next table is not part of this one");
    assert_eq!(records.last_key(Table::Audit).await, Ok(Some("3".to_owned())));
    assert_eq!(records.last_key(Table::Teams).await, Ok(None));
    assert!(!records.put_if_absent(Table::Audit, "2", value("again")).await.unwrap());
    assert_eq!(records.get(Table::Audit, "2").await, Ok(Some(value("two"))));
}

#[tokio::test]
async fn records_change_together_and_are_read_in_pages() {
    holds(&MemoryLog::default()).await;
    let folder = tempfile::tempdir().unwrap();
    holds(open(folder.path()).as_ref()).await;
}
