//! The decision, case by case, for those who want to know why: the same cases in the same order as
//! [`Policy::decide`], each with what it looked at, up to the one that decided.

use serde::Serialize;

use crate::dialogue::again::lowered;
use crate::dialogue::decide::{IN_SCOPE_AT, Turn};
use crate::dialogue::learned::{Leaf, Way};
use crate::dialogue::spoken::language_of;
use crate::dialogue::{Message, Policy, State, Status};
use crate::domain::{Action, Reading, TaskEvent};

/// A case of the policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// What the bot would do.
    pub case: &'static str,
    /// When it does.
    pub condition: String,
    /// What was found.
    pub found: String,
    /// Whether it decided.
    pub decides: bool,
}

impl Policy<'_> {
    /// The cases that were looked at, in order; the last one decided, as [`Policy::decide`] does.
    pub fn why(&self, state: &State, message: Message<'_>, reading: &Reading) -> Vec<Step> {
        let language = language_of(state, message.text, reading);
        let reading = &*lowered(self.catalog, state, message, reading);
        let policy = &self.of_turn(reading);
        let turn = Turn { policy, state, reading, language, message };
        if matches!(state.status, Status::Human | Status::Waiting) {
            let decides = true;
            return vec![Step {
                case: "wait",
                condition: "a person has the conversation, or is asked for".to_owned(),
                found:
                    "while nobody has it, the bot looks whether the matter has become urgent, and \
                        answers what it is sure of"
                        .to_owned(),
                decides,
            }];
        }
        let choice = message.choice.and_then(|choice| turn.follow_choice(choice));
        let goes_on = turn.in_task(&mut vec![]).is_some();
        let learned =
            turn.leaf().map(|leaf| ("learned", learned_found(leaf), turn.learned().is_some()));
        let first: [(&'static str, Found, bool); 6] = [
            ("go on with a task", turn.task_found(), goes_on),
            ("follow the button", button_found(message), choice.is_some()),
            ("hand over", turn.human_found(), turn.human().is_some()),
            ("answer several", turn.several_found(), turn.several().is_some()),
            ("not again", turn.again_found(), turn.again().is_some()),
            ("begin a task", turn.flow_found(), turn.begin().is_some()),
        ];
        let rules = [
            ("answer", turn.answer_found(), turn.answer().is_some()),
            ("say whether", turn.flow_found(), turn.possible().is_some()),
            ("small talk", turn.smalltalk_found(), turn.smalltalk().is_some()),
            ("look up", turn.own_matter_found(), turn.own_matter().is_some()),
            ("spare the upset", turn.upset_found(), turn.upset().is_some()),
            ("suggest", turn.suggest_found(), turn.suggest().is_some()),
            ("ask back", turn.clarify_found(), turn.clarify().is_some()),
            ("give up", turn.give_up_found(), true),
        ];
        let cases: Vec<_> = first.into_iter().chain(learned).chain(rules).collect();
        let decided = cases.iter().take_while(|(.., decides)| !decides).count() + 1;
        let step = |(case, (condition, found), decides)| Step { case, condition, found, decides };
        cases.into_iter().take(decided).map(step).collect()
    }
}

/// When a case decides, and what was found.
type Found = (String, String);

fn button_found(message: Message<'_>) -> Found {
    let found = message.choice.map_or_else(|| "no button".to_owned(), str::to_owned);
    ("a button was pressed".to_owned(), found)
}

fn learned_found(leaf: &Leaf) -> Found {
    let Leaf { way, turns, costs } = leaf;
    let ways = Way::ALL.map(|way| format!("{} {:.2}", way.name(), costs.get(way)));
    (
        "a learned policy is switched on, and the choice is open".to_owned(),
        format!("{} after {turns} such turns, in which cost {}", way.name(), ways.join(", ")),
    )
}

impl Turn<'_> {
    fn human_found(&self) -> Found {
        let urgency = &self.reading.urgency;
        let wants =
            if self.reading.wants_human { "a person is wanted" } else { "no person wanted" };
        let at = self.policy.thresholds.urgent_at;
        (
            format!("a person is wanted, or urgency is urgent with urgent_at {at:.2} or more"),
            format!("{wants}; urgency {} {:.2}", urgency.level.name(), urgency.confidence),
        )
    }

    fn task_found(&self) -> Found {
        let found = self.state.task.as_ref().map_or_else(
            || "none".to_owned(),
            |task| format!("flow {} at step {}", task.flow, task.step),
        );
        ("a flow is under way".to_owned(), found)
    }

    fn several_found(&self) -> Found {
        let questions = &self.reading.questions;
        let found = match questions.len() {
            0 | 1 => "it asks at most one thing".to_owned(),
            _ => {
                questions.iter().map(|one| format!("“{}”", one.text)).collect::<Vec<_>>().join(", ")
            }
        };
        ("several things are asked, and one of them is sure".to_owned(), found)
    }

    fn again_found(&self) -> Found {
        let memory = &self.state.memory;
        let given = memory.given().map_or("none", |given| given.entry.as_str());
        let rejected = memory.rejected().iter().map(|missed| missed.entry.as_str());
        let rejected: Vec<&str> = rejected.collect();
        let rejected = if rejected.is_empty() { "none".to_owned() } else { rejected.join(", ") };
        (
            "the answer before was none, or would be the same again".to_owned(),
            format!("answer before: {given}; answers that were none: {rejected}"),
        )
    }

    fn flow_found(&self) -> Found {
        let begun = self.begin().unwrap_or_default();
        let flow = begun.iter().find_map(|action| match action {
            Action::Task(TaskEvent::Moved { task, .. }) => Some(task.flow.as_str()),
            Action::Task(TaskEvent::Ended { flow, .. }) => Some(flow.as_str()),
            _ => None,
        });
        let found = flow.map_or_else(|| "no flow".to_owned(), |flow| format!("flow {flow}"));
        ("a flow begins with the message".to_owned(), found)
    }

    fn answer_found(&self) -> Found {
        let at = self.policy.thresholds.answer_at;
        let entry = self.reading.answers.first().map_or_else(
            || "no entry".to_owned(),
            |best| format!("entry {} {:.2}", best.id, best.confidence),
        );
        let intent = self.intent().map_or_else(
            || "no intent".to_owned(),
            |(intent, confidence)| {
                let agreed = self.agreed(intent, confidence);
                let with = match intent.entry {
                    Some(_) => format!("; with the search of its entry {agreed:.2}"),
                    None => String::new(),
                };
                format!("intent {} {confidence:.2}{with}", intent.name)
            },
        );
        (
            format!("an entry or an intent that asks has answer_at {at:.2} or more"),
            format!("{entry}; {intent}"),
        )
    }

    fn smalltalk_found(&self) -> Found {
        let at = self.policy.thresholds.smalltalk_at;
        let found = self.intent().map_or_else(
            || "no intent".to_owned(),
            |(intent, confidence)| {
                let all = self.smalltalk_share();
                format!(
                    "intent {} {confidence:.2}, {:?}; small talk of any kind {all:.2}",
                    intent.name, intent.act
                )
            },
        );
        let condition =
            format!("small talk is the first intent, and of any kind has smalltalk_at {at:.2}");
        (condition, found)
    }

    fn upset_found(&self) -> Found {
        let urgency = &self.reading.urgency;
        let mood = self.reading.sentiment.as_ref();
        let mood = mood.map_or_else(String::new, |mood| {
            format!("; mood {} {:.2}", mood.name, mood.confidence)
        });
        (
            "the matter is grave, and the mood negative".to_owned(),
            format!("urgency {} {:.2}{mood}", urgency.level.name(), urgency.confidence),
        )
    }

    fn own_matter_found(&self) -> Found {
        let kinds = self.reading.entities.iter().map(|entity| entity.kind.name());
        let kinds: Vec<&str> = kinds.collect();
        let found = if kinds.is_empty() { "nothing named".to_owned() } else { kinds.join(", ") };
        ("the message gives an order's number".to_owned(), found)
    }

    fn suggest_found(&self) -> Found {
        let at = self.policy.thresholds.suggest_at;
        let (_, found) = self.clarify_found();
        (format!("an entry has suggest_at {at:.2} or more"), found)
    }

    fn clarify_found(&self) -> Found {
        let at = self.policy.thresholds.offer_at;
        let likely = self.likely_entries();
        let likely: Vec<String> =
            likely.iter().take(3).map(|(id, confidence)| format!("{id} {confidence:.2}")).collect();
        let scope = self.reading.in_scope;
        let counts = if scope >= IN_SCOPE_AT { "count" } else { "do not count" };
        let found = if likely.is_empty() { "no entry".to_owned() } else { likely.join(", ") };
        (
            format!("an entry has offer_at {at:.2} or more"),
            format!("{found}; in scope {scope:.2}, so intents' entries {counts}"),
        )
    }

    fn give_up_found(&self) -> Found {
        let failures = self.state.failures;
        let found = match failures {
            0 => "the first time: a person is offered".to_owned(),
            _ => format!("{failures} before in a row: a person is fetched"),
        };
        ("nothing of these".to_owned(), found)
    }
}
