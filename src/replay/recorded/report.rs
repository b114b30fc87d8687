//! What a replay came to.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Serialize, Serializer};

use crate::domain::{ConversationId, Seq, Timestamp};
use crate::replay::{Deed, Did};

/// Whether a message would be answered otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// In the same words, with the same buttons.
    Same,
    /// In other words, or with other buttons beside the same answer.
    Words,
    /// From another entry, or by doing something else.
    Otherwise,
}

/// A message that was decided about again.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its place in it.
    pub seq: Seq,
    /// When it was written.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// The customer's words.
    pub customer: String,
    /// Whether it would be answered otherwise.
    pub change: Change,
    /// What the bot did then.
    pub before: Did,
    /// What it would do now.
    pub now: Did,
}

/// How many messages went from one deed to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// What the bot did then.
    pub before: Deed,
    /// What it would do now.
    pub now: Deed,
    /// How many.
    pub turns: usize,
}

/// What a replay came to.
#[derive(Debug, Serialize)]
pub struct ReplayReport {
    /// From which moment on messages were compared.
    #[serde(serialize_with = "as_text")]
    pub since: Timestamp,
    /// Conversations with such messages.
    pub conversations: usize,
    /// Messages that were compared.
    pub turns: usize,
    /// Of these: answered in the same words.
    pub same: usize,
    /// Of these: the same answer in other words or with other buttons.
    pub words: usize,
    /// Of these: answered otherwise.
    pub otherwise: usize,
    /// Messages that the bot had not answered itself, such as one that another followed at once.
    pub unanswered: usize,
    /// Messages to an agent, which are none of the bot's business.
    pub with_people: usize,
    /// The messages that were compared, by what the bot did and would do.
    pub flows: Vec<Flow>,
    /// The messages that are not `same`, in the order of the record.
    pub differences: Vec<Compared>,
    #[serde(skip)]
    counts: BTreeMap<(Deed, Deed), usize>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn as_text<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&moment(*at))
}

/// A moment as RFC 3339 writes it, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("{moment:.0}")
}

impl ReplayReport {
    pub(super) fn since(since: Timestamp) -> Self {
        Self {
            since,
            conversations: 0,
            turns: 0,
            same: 0,
            words: 0,
            otherwise: 0,
            unanswered: 0,
            with_people: 0,
            flows: vec![],
            differences: vec![],
            counts: BTreeMap::new(),
        }
    }

    /// Counts a conversation.
    pub(super) fn add(&mut self, compared: Vec<Compared>, unanswered: usize, with_people: usize) {
        self.conversations += usize::from(!compared.is_empty() || unanswered + with_people > 0);
        self.unanswered += unanswered;
        self.with_people += with_people;
        self.turns += compared.len();
        for turn in compared {
            *self.counts.entry((turn.before.deed, turn.now.deed)).or_default() += 1;
            match turn.change {
                Change::Same => self.same += 1,
                Change::Words => self.words += 1,
                Change::Otherwise => self.otherwise += 1,
            }
            if turn.change != Change::Same {
                self.differences.push(turn);
            }
        }
    }

    pub(super) fn finish(&mut self) {
        let flows = self.counts.iter();
        self.flows = flows.map(|(&(before, now), &turns)| Flow { before, now, turns }).collect();
    }

    /// Writes the report as a page that opens offline.
    pub fn write(&self, file: &Path) -> std::io::Result<()> {
        std::fs::write(file, self.page())
    }
}
