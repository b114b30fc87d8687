//! The index: views and their order, rights and counts, what is read, what changes.

use std::collections::BTreeMap;

use super::*;
use crate::domain::{Language, Timestamp, UrgencyLevel};
use crate::events::MemoryLog;
use crate::inbox::{Owner, Standing};

fn item(number: u8, standing: Standing, owner: Option<AgentId>) -> Item {
    Item {
        conversation: ConversationId::from_bytes([number; 16]),
        last: Seq(3),
        standing,
        owner: owner.map(|id| Owner { id, name: "Ana".to_owned() }),
        at: Timestamp(i64::from(number) * 1_000),
        since: Timestamp(i64::from(number) * 1_000),
        snoozed_until: None,
        heard: Seq(3),
        answered: Seq(0),
        unread: BTreeMap::new(),
        mentioned: BTreeMap::new(),
        language: Language::En,
        channel: "web".to_owned(),
        team: None,
        labels: BTreeSet::new(),
        priority: None,
        urgency: UrgencyLevel::Normal,
        preview: String::new(),
    }
}

async fn inbox(items: Vec<Item>) -> Inbox {
    let inbox = Inbox::open(Arc::new(MemoryLog::default())).await.unwrap();
    for item in items {
        inbox.put(item.conversation, item.last, Some(item));
    }
    inbox
}

fn viewer(agent: AgentId, reads_all: bool) -> Viewer {
    Viewer { agent, teams: vec!["billing".to_owned()], reads_all, answers: true }
}

fn numbers(page: &Page) -> Vec<u8> {
    page.items.iter().map(|item| item.conversation.as_bytes()[0]).collect()
}

fn all(inbox: &Inbox, viewer: &Viewer, view: View) -> Vec<u8> {
    let query = Query { view, ..Query::default() };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        // pages of two, so that every test goes over their borders
        let page = inbox.page(viewer, &query, &|_| None, (after, 2));
        found.extend(numbers(&page));
        match page.next {
            Some(next) => after = Some(next.to_string().parse().unwrap()),
            None => return found,
        }
    }
}

#[tokio::test]
async fn each_view_shows_what_belongs_there_in_its_order_and_the_counts_agree() {
    let (ana, ben) = (AgentId::random(), AgentId::random());
    let team = Some("billing".to_owned());
    let asleep = |number, until| Item {
        snoozed_until: Some(Timestamp(until)),
        ..item(number, Standing::Snoozed, Some(ana))
    };
    let inbox = inbox(vec![
        item(1, Standing::Waiting, None),
        Item { team: team.clone(), ..item(2, Standing::Waiting, None) },
        item(3, Standing::Human, Some(ana)),
        Item { team, ..item(4, Standing::Human, Some(ben)) },
        asleep(5, 900),
        asleep(6, 100),
        item(7, Standing::Snoozed, None),
        item(8, Standing::Resolved, Some(ana)),
        item(9, Standing::Resolved, Some(ben)),
        item(10, Standing::Bot, None),
    ])
    .await;
    let lead = viewer(ana, true);
    assert_eq!(all(&inbox, &lead, View::Waiting), [1, 2], "who waits longest first");
    assert_eq!(all(&inbox, &lead, View::Mine), [3]);
    assert_eq!(all(&inbox, &lead, View::Team), [4, 2]);
    assert_eq!(all(&inbox, &lead, View::All), [4, 3, 2, 1], "the latest word first");
    assert_eq!(all(&inbox, &lead, View::Snoozed), [6, 5, 7], "who wakes first");
    assert_eq!(all(&inbox, &lead, View::Resolved), [10, 9, 8]);
    let newcomer = viewer(ana, false);
    assert_eq!(all(&inbox, &newcomer, View::Team), [2]);
    assert_eq!(all(&inbox, &newcomer, View::All), [3, 2, 1]);
    assert_eq!(all(&inbox, &newcomer, View::Snoozed), [6, 5, 7]);
    assert_eq!(all(&inbox, &newcomer, View::Resolved), [8]);
    let auditor = Viewer { answers: false, ..viewer(AgentId::random(), false) };
    assert_eq!(all(&inbox, &auditor, View::Waiting), Vec::<u8>::new());
    for viewer in [lead, newcomer, auditor] {
        let counts = inbox.counts(&viewer);
        for (view, count) in [
            (View::Waiting, counts.waiting),
            (View::Mine, counts.mine),
            (View::Team, counts.team),
            (View::All, counts.all),
            (View::Snoozed, counts.snoozed),
            (View::Resolved, counts.resolved),
        ] {
            assert_eq!(all(&inbox, &viewer, view).len(), count, "{view:?} of {viewer:?}");
        }
    }
}

#[tokio::test]
async fn a_row_moves_between_views_and_leaves_with_its_labels() {
    let ana = AgentId::random();
    let lead = viewer(ana, true);
    let label = LabelName::parse("退款").unwrap();
    let labelled = |standing, last| Item {
        labels: BTreeSet::from([label.clone()]),
        last: Seq(last),
        ..item(1, standing, Some(ana))
    };
    let inbox = inbox(vec![labelled(Standing::Human, 3)]).await;
    let query =
        Query { labels: BTreeSet::from([label.clone()]), view: View::Mine, ..Query::default() };
    assert_eq!(numbers(&inbox.page(&lead, &query, &|_| None, (None, 9))), [1]);
    assert_eq!(inbox.labels().get(&label), Some(&1));
    let over = labelled(Standing::Resolved, 4);
    inbox.put(over.conversation, Seq(4), Some(over.clone()));
    // what comes late does not bring it back
    inbox.put(over.conversation, Seq(3), Some(labelled(Standing::Human, 3)));
    assert_eq!(all(&inbox, &lead, View::Mine), Vec::<u8>::new());
    assert_eq!(all(&inbox, &lead, View::Resolved), [1]);
    inbox.put(over.conversation, Seq(5), None);
    assert_eq!(all(&inbox, &lead, View::Resolved), Vec::<u8>::new());
    assert!(inbox.labels().is_empty());
    assert_eq!(inbox.counts(&lead), Counts::default());
}

#[tokio::test]
async fn what_an_agent_has_read_is_read_until_the_customer_writes_or_they_say_otherwise() {
    let (ana, ben) = (AgentId::random(), AgentId::random());
    let records: Arc<dyn Records> = Arc::new(MemoryLog::default());
    let inbox = Inbox::open(Arc::clone(&records)).await.unwrap();
    let mut row = item(1, Standing::Human, Some(ana));
    let put = |inbox: &Inbox, row: &Item| {
        inbox.put(row.conversation, row.last, Some(row.clone()));
    };
    put(&inbox, &row);
    assert!(inbox.is_unread(&row, ana));
    assert!(inbox.mark_read(row.conversation, ana, Seq(3)).await.unwrap());
    assert!(!inbox.mark_read(row.conversation, ana, Seq(2)).await.unwrap(), "nothing is unread");
    assert!(!inbox.is_unread(&row, ana));
    assert!(inbox.is_unread(&row, ben));
    row.last = Seq(4);
    row.unread.insert(ana, Seq(4));
    put(&inbox, &row);
    assert!(inbox.is_unread(&row, ana), "marked as unread");
    // also after a restart
    let inbox = Inbox::open(Arc::clone(&records)).await.unwrap();
    put(&inbox, &row);
    inbox.mark_read(row.conversation, ana, Seq(4)).await.unwrap();
    let inbox = Inbox::open(Arc::clone(&records)).await.unwrap();
    put(&inbox, &row);
    assert!(!inbox.is_unread(&row, ana));
    inbox.forget_marks(row.conversation).await.unwrap();
    assert!(records.list(Table::ReadMarks).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_looks_hears_what_changed_and_who_was_away_too_long_looks_again() {
    let inbox = inbox(vec![item(1, Standing::Waiting, None)]).await;
    let (version, _) = inbox.changes(0);
    let mut row = item(1, Standing::Waiting, None);
    inbox.put(row.conversation, row.last, Some(row.clone()));
    assert!(matches!(inbox.changes(version), (_, Changes::Of(changed)) if changed.is_empty()));
    for seq in 0..=u64::try_from(REMEMBERED).unwrap() {
        row.last = Seq(10 + seq);
        inbox.put(row.conversation, row.last, Some(row.clone()));
        if seq == 0 {
            let (_, changed) = inbox.changes(version);
            assert!(matches!(changed, Changes::Of(changed) if changed == [row.conversation]));
        }
    }
    assert!(matches!(inbox.changes(version), (_, Changes::Everything)));
}

#[test]
fn a_cursor_is_read_back_and_nothing_else_is_one() {
    let cursor = Cursor { key: -7, second: 3, conversation: ConversationId::from_bytes([1; 16]) };
    assert_eq!(cursor.to_string().parse(), Ok(cursor));
    for wrong in ["", "1_2", "x_2_3", "1_2_nobody"] {
        assert!(wrong.parse::<Cursor>().is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn who_is_named_in_a_note_sees_it_until_they_have_read_it_also_where_it_is_over() {
    let (ana, ben) = (AgentId::random(), AgentId::random());
    let records: Arc<dyn Records> = Arc::new(MemoryLog::default());
    let inbox = Inbox::open(Arc::clone(&records)).await.unwrap();
    let named = |number, standing| Item {
        mentioned: BTreeMap::from([(ben, Seq(3))]),
        ..item(number, standing, Some(ana))
    };
    let rows = [
        named(1, Standing::Human),
        named(2, Standing::Resolved),
        named(3, Standing::Snoozed),
        item(4, Standing::Human, Some(ana)),
    ];
    for row in &rows {
        inbox.put(row.conversation, row.last, Some(row.clone()));
    }
    let newcomer = viewer(ben, false);
    assert_eq!(all(&inbox, &newcomer, View::Mentions), [3, 2, 1]);
    assert_eq!(all(&inbox, &newcomer, View::All), [1], "and nothing else of hers");
    let counts = inbox.counts(&newcomer);
    assert_eq!((counts.mentions, counts.all, counts.resolved, counts.snoozed), (3, 1, 1, 1));
    assert_eq!(inbox.counts(&viewer(ana, true)).mentions, 0);
    for row in &rows[..2] {
        assert_eq!(inbox.mention(row, ben), Some(Seq(3)));
        assert!(inbox.mark_read(row.conversation, ben, Seq(3)).await.unwrap());
        assert_eq!(inbox.mention(row, ben), None);
    }
    assert_eq!(inbox.counts(&newcomer).mentions, 1);
    // what is over keeps the marks of those who were named, and of nobody else
    inbox.mark_read(rows[0].conversation, ana, Seq(3)).await.unwrap();
    for row in &rows[..2] {
        inbox.forget_marks(row.conversation).await.unwrap();
    }
    assert_eq!(records.list(Table::ReadMarks).await.unwrap().len(), 2);
    let again = Inbox::open(records).await.unwrap();
    for row in &rows {
        again.put(row.conversation, row.last, Some(row.clone()));
    }
    assert_eq!(again.counts(&newcomer).mentions, 1);
    assert_eq!(all(&again, &newcomer, View::Mentions), [3, 2, 1], "read ones stay in the list");
}
