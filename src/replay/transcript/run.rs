//! Transcripts run, and what was not as expected.

use std::path::PathBuf;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Serialize;

use crate::conversation::{Knowledge, rehearse};
use crate::dialogue::{Occasion, Policy, Strategy};
use crate::domain::{AgentId, Choice, EventBody, MessageText, Reading, TextLimits, Timestamp};
use crate::replay::deed::word;
use crate::replay::transcript::{AgentAct, Conversation, Expectation, Said, Transcript, Turn};
use crate::replay::{Did, Rehearsal};
use crate::understanding::Audience;

/// Intents and entries that are told of a turn that was not as expected.
const TOLD: usize = 3;

/// What transcripts are run with.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// The knowledge.
    pub knowledge: &'a Knowledge,
    /// By what it is decided.
    pub strategy: &'a Strategy,
    /// By how much the customers' clocks are ahead of UTC.
    pub offset: Offset,
    /// The moment, where a conversation names none.
    pub now: Timestamp,
}

/// Something that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// What: `deed`, `entry`, `then`, `intent`, `reason`, `urgency`, `language`, `offers`, `contains`, `lacks`,
    /// `presses` or `says`.
    pub what: &'static str,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub got: String,
}

/// How a turn went that expects something.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// The file.
    pub file: PathBuf,
    /// The turn's line.
    pub line: usize,
    /// The conversation.
    pub conversation: String,
    /// The turn's number in it, from 1.
    pub turn: usize,
    /// What the customer said or pressed.
    pub says: String,
    /// What the bot did.
    pub did: Did,
    /// What was not as expected; nothing where all was.
    pub mismatches: Vec<Mismatch>,
    /// The likeliest intents and entries, in words.
    pub because: String,
}

/// How transcripts went.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TranscriptReport {
    /// How many files.
    pub files: usize,
    /// How many conversations.
    pub conversations: usize,
    /// How many turns that expect something.
    pub turns: usize,
    /// How many of these were not as expected.
    pub failed: usize,
    /// The turns that expect something, in order.
    pub verdicts: Vec<Verdict>,
}

impl Stage<'_> {
    /// Runs the transcripts; of those whose names hold `only`.
    pub fn run(&self, transcripts: &[Transcript], only: Option<&str>) -> TranscriptReport {
        let mut report = TranscriptReport { files: transcripts.len(), ..Default::default() };
        let is_wanted = |talk: &&Conversation| only.is_none_or(|only| talk.name.contains(only));
        for transcript in transcripts {
            for talk in transcript.conversations.iter().filter(is_wanted) {
                report.conversations += 1;
                let verdicts = self.play(talk).into_iter();
                report.verdicts.extend(
                    verdicts.map(|verdict| Verdict { file: transcript.file.clone(), ..verdict }),
                );
            }
        }
        let failed = |verdict: &&Verdict| !verdict.mismatches.is_empty();
        report.turns = report.verdicts.len();
        report.failed = report.verdicts.iter().filter(failed).count();
        report
    }

    fn play(&self, talk: &Conversation) -> Vec<Verdict> {
        let catalog = &self.knowledge.catalog;
        let policy = Policy {
            catalog,
            thresholds: self.strategy.usual,
            opens: None,
            occasion: Occasion { strategy: Some(self.strategy), ..Occasion::default() },
        };
        let mut rehearsal = Rehearsal::new(self.knowledge, policy, self.now.day(self.offset));
        rehearsal.audience = Audience { site: talk.site.as_deref(), segments: &talk.segments };
        rehearsal.hours = talk.hours.as_ref();
        rehearsal.state.language = talk.language;
        self.set(&mut rehearsal, talk, talk.clock);
        let mut buttons: Vec<Choice> = Vec::new();
        let mut verdicts = Vec::new();
        for (number, turn) in (1..).zip(&talk.turns) {
            self.set(&mut rehearsal, talk, turn.clock);
            let verdict = take(&mut rehearsal, turn, &buttons);
            let Some(verdict) = verdict else { continue };
            if !verdict.did.buttons.is_empty() {
                buttons.clone_from(&verdict.did.buttons);
            }
            if !turn.expected.is_empty() || !verdict.mismatches.is_empty() {
                let conversation = talk.name.clone();
                verdicts.push(Verdict { conversation, turn: number, ..verdict });
            }
        }
        verdicts
    }

    /// Sets the clock, as it stands at the desk.
    fn set(&self, rehearsal: &mut Rehearsal<'_>, talk: &Conversation, clock: Option<DateTime>) {
        let Some(clock) = clock else {
            if rehearsal.at == Timestamp::default() {
                rehearsal.at = self.now;
            }
            return;
        };
        let moment = if let Some(hours) = &talk.hours {
            hours.when(clock)
        } else {
            let moment = self.offset.to_timestamp(clock).ok();
            moment.map(|moment| Timestamp(moment.as_millisecond()))
        };
        rehearsal.at = moment.unwrap_or(self.now);
        rehearsal.today = rehearsal.at.day(self.offset);
    }
}

/// One turn; nothing to judge where the bot is not spoken to.
fn take(rehearsal: &mut Rehearsal<'_>, turn: &Turn, buttons: &[Choice]) -> Option<Verdict> {
    let verdict = |says: &str| Verdict {
        file: PathBuf::new(),
        line: turn.line,
        conversation: String::new(),
        turn: 0,
        says: says.to_owned(),
        did: Did::default(),
        mismatches: vec![],
        because: String::new(),
    };
    let (words, choice) = match &turn.said {
        Said::Agent(act) => {
            rehearsal.happen(agent_does(*act));
            return None;
        }
        Said::Words(words) => (words.clone(), None),
        Said::Button(button) => {
            let is_it = |choice: &&Choice| choice.id == *button || choice.label == *button;
            let Some(choice) = buttons.iter().find(is_it) else {
                let offered: Vec<String> =
                    buttons.iter().map(|c| format!("{} ({})", c.label, c.id)).collect();
                let got = or_nothing(&offered.join(", "));
                let mismatches = vec![mismatch("presses", button, &got)];
                return Some(Verdict { mismatches, ..verdict(button) });
            };
            (choice.label.clone(), Some(choice.id.clone()))
        }
    };
    let text = match MessageText::parse(&words, TextLimits::default()) {
        Ok(text) => text,
        Err(error) => {
            let mismatches = vec![mismatch("says", "a message", &error.to_string())];
            return Some(Verdict { mismatches, ..verdict(&words) });
        }
    };
    let (actions, reading) = rehearsal.answer(&text, choice.as_deref());
    let did = Did::of(&rehearse::bodies(actions, &reading, None));
    let mismatches = turn.expected.missed(&did, &reading);
    let because = because(&reading);
    Some(Verdict { did, mismatches, because, ..verdict(&words) })
}

fn agent_does(act: AgentAct) -> EventBody {
    let (agent, name) = (AgentId::from_bytes([1; 16]), "Agent".to_owned());
    match act {
        AgentAct::Claims => EventBody::Claimed { agent, name },
        AgentAct::Resolves => EventBody::Resolved { agent, name },
        AgentAct::ReturnsToBot => EventBody::ReturnedToBot { agent, name },
    }
}

impl Expectation {
    /// What the bot did otherwise.
    fn missed(&self, did: &Did, reading: &Reading) -> Vec<Mismatch> {
        let mut missed = Vec::new();
        let mut differs = |what, expected: Option<String>, got: String| {
            if let Some(expected) = expected.filter(|expected| *expected != got) {
                missed.push(mismatch(what, &expected, &or_nothing(&got)));
            }
        };
        differs("deed", self.deed.map(|deed| deed.name().to_owned()), did.deed.name().to_owned());
        let intent = reading.intent.as_ref().map(|intent| intent.name.clone());
        differs("intent", self.intent.clone(), intent.unwrap_or_default());
        differs(
            "reason",
            self.reason.as_ref().map(word),
            did.reason.as_ref().map(word).unwrap_or_default(),
        );
        differs(
            "urgency",
            self.urgency.as_ref().map(word),
            did.urgency.as_ref().map(word).unwrap_or_default(),
        );
        differs(
            "language",
            self.language.as_ref().map(word),
            did.language.as_ref().map(word).unwrap_or_default(),
        );
        let entry = did.entry.clone().unwrap_or_default();
        if !self.entry.is_empty() && !self.entry.contains(&entry) {
            missed.push(mismatch("entry", &self.entry.join(" or "), &or_nothing(&entry)));
        }
        if !self.then.is_empty() && self.then != did.then {
            let got = or_nothing(&did.then.join(", "));
            missed.push(mismatch("then", &self.then.join(", "), &got));
        }
        let offered = did.offered();
        let unoffered = self.offers.iter().filter(|id| !offered.contains(&id.as_str()));
        missed.extend(unoffered.map(|id| mismatch("offers", id, &or_nothing(&offered.join(", ")))));
        let text = did.text.to_lowercase();
        let stands = |part: &String| text.contains(&part.to_lowercase());
        let absent = self.contains.iter().filter(|part| !stands(part));
        missed.extend(absent.map(|part| mismatch("contains", part, &or_nothing(&did.text))));
        let present = self.lacks.iter().filter(|part| stands(part));
        missed.extend(present.map(|part| mismatch("lacks", part, &did.text)));
        missed
    }
}

fn mismatch(what: &'static str, expected: &str, got: &str) -> Mismatch {
    Mismatch { what, expected: expected.to_owned(), got: got.to_owned() }
}

fn or_nothing(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { text.to_owned() }
}

fn because(reading: &Reading) -> String {
    let intents = reading.intent.iter().chain(&reading.alternatives).take(TOLD);
    let intents = intents.map(|scored| format!("{} {:.2}", scored.name, scored.confidence));
    let answers = reading.answers.iter().take(TOLD);
    let answers = answers.map(|answer| format!("{} {:.2}", answer.id, answer.confidence));
    let (intents, answers): (Vec<String>, Vec<String>) = (intents.collect(), answers.collect());
    let (intents, answers) = (intents.join(", "), answers.join(", "));
    format!("intents {}; entries {}", or_nothing(&intents), or_nothing(&answers))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const KNOWLEDGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/knowledge");

    fn run(text: &str) -> TranscriptReport {
        let folder = tempfile::tempdir().unwrap();
        let shop = Path::new(KNOWLEDGE).join("shop.toml");
        std::fs::copy(shop, folder.path().join("shop.toml")).unwrap();
        let closed = "[replies]\nhandoff_closed.en = 'From {opens} on.'\nhandoff_closed.zh = '{opens}起。'\n";
        std::fs::write(folder.path().join("closed.toml"), closed).unwrap();
        let knowledge = Knowledge::load(folder.path(), None, &|_, _| true).unwrap();
        let transcript = Transcript::parse(Path::new("a.toml"), text).unwrap();
        Transcript::check(std::slice::from_ref(&transcript), &knowledge).unwrap();
        let strategy = Strategy::of(crate::domain::Costs::default());
        let now = Timestamp(1_795_636_800_000); // 2026-11-25T20:00:00Z
        let stage = Stage { knowledge: &knowledge, strategy: &strategy, offset: Offset::UTC, now };
        stage.run(&[transcript], None)
    }

    fn missed(report: &TranscriptReport) -> Vec<(usize, &str, &str)> {
        let each = report.verdicts.iter();
        each.flat_map(|v| v.mismatches.iter().map(|m| (v.line, m.what, m.expected.as_str())))
            .collect()
    }

    #[test]
    fn what_is_as_expected_passes_through_hand_off_agent_and_return() {
        let report = run("[[conversation]]\nname = 'a'\nturn = [\n\
             {says = 'Where is my parcel?', entry = 'track', contains = 'my ORDERS', language = 'en', lacks = 'refund'},\n\
             {says = 'I want to talk to a human', expect = 'handoff', reason = 'requested'},\n\
             {agent = 'claims'},\n{says = 'Where is my parcel?', expect = 'silent'},\n\
             {agent = 'resolves'},\n{says = 'Where is my parcel?', expect = 'answer'},\n]\n");
        assert_eq!((report.conversations, report.turns, report.failed), (1, 4, 0), "{report:#?}");
    }

    #[test]
    fn what_is_not_as_expected_is_told_with_what_came_instead() {
        let report = run("[[conversation]]\nname = 'a'\nturn = [\n\
             {says = 'Where is my parcel?', expect = 'clarify', contains = 'unicorn', lacks = 'orders', language = 'zh'},\n\
             {presses = 'faq:track', expect = 'answer'},\n{says = '   ', expect = 'answer'},\n]\n");
        assert_eq!(
            missed(&report),
            [
                (4, "deed", "clarify"),
                (4, "language", "zh"),
                (4, "contains", "unicorn"),
                (4, "lacks", "orders"),
                (5, "presses", "faq:track"),
                (6, "says", "a message")
            ]
        );
        assert_eq!(report.failed, 3);
        assert_eq!(report.verdicts[0].mismatches[0].got, "answer");
        assert!(report.verdicts[0].because.contains("track"), "{report:#?}");
    }

    #[test]
    fn the_clock_says_whether_the_desk_is_open() {
        let talk = |clock: &str, expected: &str| {
            run(&format!(
                "[[conversation]]\nname = 'a'\nclock = '{clock}'\n\
                 hours = {{time_zone = 'Asia/Shanghai', monday = ['09:00-17:00']}}\n\
                 turn = [{{says = 'I want to talk to a human', expect = 'handoff', {expected}}}]\n"
            ))
        };
        let hours = |report: TranscriptReport| report.verdicts[0].did.text.clone();
        let open = hours(talk("2026-11-30T12:00", "reason = 'requested'"));
        let closed = hours(talk("2026-11-30T20:00", "reason = 'requested'"));
        assert!(!open.contains("09:00"), "{open}");
        assert_eq!(closed, "From Monday, 09:00 on.");
    }
}
