//! Names in transcripts that the knowledge does not have: such an expectation could never be met.

use crate::conversation::Knowledge;
use crate::replay::transcript::{Transcript, TranscriptError};

impl Transcript {
    /// Checks the names of entries and intents in all `transcripts`.
    pub fn check(transcripts: &[Self], knowledge: &Knowledge) -> Result<(), TranscriptError> {
        let catalog = &knowledge.catalog;
        let is_entry = |id: &str| catalog.entries.iter().any(|entry| entry.id == id);
        let is_intent = |name: &str| catalog.intents.iter().any(|intent| intent.name == name);
        let mut wrong = Vec::new();
        for transcript in transcripts {
            let turns = transcript.conversations.iter().flat_map(|talk| &talk.turns);
            for turn in turns {
                let place = format!("{}:{}", transcript.file.display(), turn.line);
                let expected = &turn.expected;
                let entries = expected.entry.iter().chain(&expected.then);
                for id in entries.chain(&expected.offers) {
                    if !is_entry(id) {
                        wrong.push(format!("{place}: the knowledge has no entry `{id}`"));
                    }
                }
                if let Some(name) = expected.intent.iter().find(|name| !is_intent(name)) {
                    wrong.push(format!("{place}: the knowledge has no intent `{name}`"));
                }
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(TranscriptError(wrong)) }
    }
}
