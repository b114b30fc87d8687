//! Where a conversation stands, folded from its events. It stays small however long the
//! conversation grows, so that a turn costs the same at message 1,000 as at message 10.

use serde::{Deserialize, Serialize};

use crate::dialogue::preview::preview;
use crate::dialogue::{Memory, PendingCall, Triage};
use crate::domain::{
    AgentId, Event, EventBody, HandoffCard, HandoffReason, KnownCustomer, Language, MessageText,
    Outcome, Seq, Summary, Target, Task, Timestamp, Urgency, UrgencyLevel,
};

/// Who a conversation is with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// With the bot.
    #[default]
    Bot,
    /// In the queue for a human.
    Waiting,
    /// With an agent.
    Human,
    /// Ended by an agent; the customer's next message starts with the bot again.
    Resolved,
}

/// The agent who has, or had, the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Who.
    pub agent: AgentId,
    /// The name that customers see.
    pub name: String,
    /// Since when; when it was resolved, for a resolved conversation.
    pub at: Timestamp,
    /// The event by which the agent took it: what an agent sends under an earlier one comes too late.
    #[serde(default)]
    pub fence: Seq,
}

/// Why and since when a human is needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// Why.
    pub reason: HandoffReason,
    /// How much it presses.
    pub urgency: UrgencyLevel,
    /// The customer's words that say so.
    pub evidence: Vec<String>,
    /// Since when the customer waits.
    pub since: Timestamp,
    /// To whom an agent has transferred it.
    #[serde(default)]
    pub target: Option<Target>,
    /// What an agent needs to know.
    #[serde(default)]
    pub card: Option<Box<HandoffCard>>,
    /// When an agent wrote for the first time.
    #[serde(default)]
    pub answered_at: Option<Timestamp>,
    /// Since when the customer waits for a word from the agent.
    #[serde(default)]
    pub unanswered_since: Option<Timestamp>,
}

/// A message that the bot has not answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unanswered {
    /// Its place.
    pub seq: Seq,
    /// When it was said.
    #[serde(default)]
    pub at: Timestamp,
    /// Its words.
    pub text: MessageText,
    /// The button, when the words are a button's.
    pub choice: Option<String>,
    /// Whether files came with it, or in place of words.
    #[serde(default)]
    pub files: bool,
    /// The language of the page, where there are no words that would tell.
    #[serde(default)]
    pub language: Option<Language>,
}

/// Since when the bot owes an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The first message that is not answered.
    pub seq: Seq,
    /// When it was written.
    pub at: Timestamp,
}

/// Where a conversation stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The last event that is folded in.
    pub last: Seq,
    /// Who it is with.
    pub status: Status,
    /// The language in which the customer is answered; known from the first message on.
    pub language: Option<Language>,
    /// The FAQ entry that was answered last, for follow-ups.
    pub topic: Option<String>,
    /// How often in a row the bot could not help.
    pub failures: u8,
    /// Why a human is needed, while one is.
    pub need: Option<Need>,
    /// The agent, from the claim on.
    pub taken: Option<Taken>,
    /// The most urgent matter since the last resolution, as the bot read it.
    #[serde(default)]
    pub pressing: Option<Urgency>,
    /// When it began, or began anew after it was resolved or erased; not known for old ones.
    #[serde(default)]
    pub began: Option<Timestamp>,
    /// Since when the bot owes an answer.
    #[serde(default)]
    pub owed: Option<Owed>,
    /// What the bot still has to answer.
    pub unanswered: Option<Unanswered>,
    /// The flow that is under way.
    #[serde(default)]
    pub task: Option<Task>,
    /// When it moved last.
    #[serde(default)]
    pub task_at: Timestamp,
    /// The call to the shop's own system that is under way.
    #[serde(default)]
    pub call: Option<PendingCall>,
    /// What the customer wrote during a call; it is answered once what came of the call is told.
    #[serde(default)]
    pub held: Option<Unanswered>,
    /// The customer's last words, shortened.
    pub preview: String,
    /// The customer's rating since the last resolution.
    pub rating: Option<(u8, Option<MessageText>)>,
    /// The agent who knows the customer: who had the conversation last and did not give it away.
    #[serde(default)]
    pub last_agent: Option<AgentId>,
    /// What is remembered for the human who takes over.
    #[serde(default)]
    pub memory: Memory,
    /// What agents say of it.
    #[serde(default)]
    pub triage: Triage,
}

impl State {
    /// Folds in the next event. An event that is already folded in changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.seq <= self.last {
            return;
        }
        self.last = event.seq;
        self.triage.apply(event);
        match &event.body {
            EventBody::VisitorMessage { text, choice, .. } => {
                self.hear(event, text, choice.as_deref());
            }
            EventBody::BotMessage { language, outcome, entry, reading, .. } => {
                self.note_answer(*language, *outcome, entry.as_deref());
                self.memory.note(*outcome, entry.as_deref());
                if let Some(reading) = reading {
                    self.memory.learn(reading);
                    self.note_urgency(&reading.urgency);
                }
            }
            EventBody::HandoffRequested { .. } => {
                self.begin(event.at);
                (self.unanswered, self.owed, self.failures) = (None, None, 0);
                self.need_human(event);
            }
            EventBody::LeftQueue | EventBody::ReturnedToBot { .. } => {
                self.status = Status::Bot;
                self.need = None;
                self.taken = None;
            }
            EventBody::Claimed { agent, name }
            | EventBody::TakenOver { agent, name, .. }
            | EventBody::Reopened { agent, name } => {
                self.status = Status::Human;
                self.take(*agent, name, event);
            }
            EventBody::Lapsed { .. } => self.wait_again(None),
            EventBody::Released { .. } => self.give_away(None),
            EventBody::Transferred { target, .. } => self.give_away(Some(target.clone())),
            EventBody::Resolved { agent, name } => self.resolve(*agent, name, event),
            EventBody::Rated { score, comment } => self.rating = Some((*score, comment.clone())),
            EventBody::CustomerIdentified { customer } => self.identify(customer),
            EventBody::SummedUp { summary } => self.sum_up(summary),
            EventBody::Task { task, reading } => self.go_on(task, reading.as_ref(), event),
            // what agents say of it is folded into `triage`
            EventBody::SlaBreached { .. }
            | EventBody::Labelled { .. }
            | EventBody::Prioritised { .. }
            | EventBody::Snoozed { .. }
            | EventBody::Woken { .. }
            | EventBody::Whispered { .. }
            | EventBody::MarkedUnread { .. }
            | EventBody::Noted { .. } => {}
            EventBody::AgentMessage { .. } => self.answer(event.at),
            EventBody::Erased => *self = Self { last: event.seq, ..Self::default() },
        }
    }

    /// The agent has handed the customer on, and is not kept in mind for them.
    fn give_away(&mut self, target: Option<Target>) {
        self.last_agent = None;
        self.wait_again(target);
    }

    /// A conversation of which nothing is known begins.
    fn begin(&mut self, at: Timestamp) {
        if self.began.is_none() && self.language.is_none() {
            self.began = Some(at);
        }
    }

    fn hear(&mut self, event: &Event, text: &MessageText, choice: Option<&str>) {
        self.begin(event.at);
        let EventBody::VisitorMessage { attachments, language, .. } = &event.body else { return };
        self.preview = preview(text, attachments);
        if !text.is_none() {
            self.memory.hear(text);
        }
        if self.status == Status::Resolved {
            self.status = Status::Bot;
            self.need = None;
            self.taken = None;
            self.failures = 0;
            self.began = Some(event.at);
        }
        if let Some(need) = &mut self.need {
            need.unanswered_since = need.unanswered_since.or(Some(event.at));
        }
        if self.status == Status::Bot {
            let choice = choice.map(str::to_owned);
            let (seq, at) = (event.seq, event.at);
            self.owed.get_or_insert(Owed { seq, at });
            let (text, language) = (text.clone(), *language);
            let came = self.unanswered.as_ref().is_some_and(|earlier| earlier.files);
            let files = came || !attachments.is_empty();
            self.unanswered = Some(Unanswered { seq, at, text, choice, files, language });
        }
    }

    fn note_answer(&mut self, language: Language, outcome: Outcome, entry: Option<&str>) {
        if outcome == Outcome::Proactive {
            // it answers nothing, and the customer has not spoken yet
            return;
        }
        self.language = Some(language);
        self.unanswered = None;
        self.owed = None;
        match outcome {
            Outcome::Answered => {
                self.failures = 0;
                self.topic = entry.map(str::to_owned);
            }
            Outcome::Task => self.failures = 0,
            Outcome::Fallback => self.failures = self.failures.saturating_add(1),
            Outcome::Clarified | Outcome::Smalltalk | Outcome::HandedOff | Outcome::Proactive => {}
        }
    }

    fn take(&mut self, agent: AgentId, name: &str, event: &Event) {
        self.last_agent = Some(agent);
        let name = name.to_owned();
        self.taken = Some(Taken { agent, name, at: event.at, fence: event.seq });
    }

    fn resolve(&mut self, agent: AgentId, name: &str, event: &Event) {
        self.status = Status::Resolved;
        self.take(agent, name, event);
        self.topic = None;
        self.task = None;
        self.pressing = None;
        self.rating = None;
        self.memory = Memory::default();
    }

    /// An agent answered.
    fn answer(&mut self, at: Timestamp) {
        if let Some(need) = &mut self.need {
            need.answered_at = need.answered_at.or(Some(at));
            need.unanswered_since = None;
        }
    }

    fn identify(&mut self, customer: &KnownCustomer) {
        if let Some(card) = self.need.as_mut().and_then(|need| need.card.as_mut()) {
            card.customer = Some(customer.clone());
        }
    }

    fn sum_up(&mut self, summary: &Summary) {
        if let Some(card) = self.need.as_mut().and_then(|need| need.card.as_mut()) {
            card.summary = summary.clone();
        }
    }

    fn wait_again(&mut self, target: Option<Target>) {
        self.status = Status::Waiting;
        self.taken = None;
        if let Some(need) = &mut self.need {
            need.target = target;
        }
    }

    fn need_human(&mut self, event: &Event) {
        let EventBody::HandoffRequested { reason, urgency, evidence, card, language } = &event.body
        else {
            return;
        };
        self.language = Some(*language);
        (self.task, self.held) = (None, None);
        let earlier = self.need.take().filter(|_| self.status == Status::Waiting);
        let since = earlier.as_ref().map_or(event.at, |need| need.since);
        let known = earlier.as_ref().map_or(*urgency, |need| need.urgency);
        self.need = Some(Need {
            reason: *reason,
            urgency: known.max(*urgency),
            evidence: evidence.clone(),
            since,
            target: earlier.and_then(|need| need.target),
            card: card.clone(),
            answered_at: None,
            unanswered_since: Some(event.at),
        });
        self.taken = None;
        self.status = Status::Waiting;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ClientId, LabelName, TextLimits};

    fn fold(bodies: Vec<EventBody>) -> State {
        let mut state = State::default();
        for (index, body) in bodies.into_iter().enumerate() {
            let seq = Seq::ZERO.plus(index + 1);
            let at = Timestamp(i64::try_from(index).unwrap());
            let client_id = ClientId::parse(format!("c{index}")).unwrap();
            state.apply(&Event { seq, at, client_id, body });
        }
        state
    }

    fn visitor(text: &str) -> EventBody {
        let text = MessageText::parse(text, TextLimits::default()).unwrap();
        EventBody::said(text)
    }

    fn bot(outcome: Outcome, entry: Option<&str>) -> EventBody {
        EventBody::BotMessage {
            text: "…".to_owned(),
            language: Language::En,
            outcome,
            entry: entry.map(str::to_owned),
            choices: vec![],
            sources: vec![],
            reading: None,
        }
    }

    fn queued(urgency: UrgencyLevel) -> EventBody {
        EventBody::HandoffRequested {
            reason: HandoffReason::Requested,
            urgency,
            evidence: vec![],
            language: Language::En,
            card: None,
        }
    }

    #[test]
    fn a_message_is_unanswered_until_the_bot_has_spoken() {
        assert!(fold(vec![visitor("hi")]).unanswered.is_some());
        let answered = fold(vec![visitor("hi"), bot(Outcome::Answered, Some("shipping-time"))]);
        assert_eq!(answered.unanswered, None);
        assert_eq!(answered.topic.as_deref(), Some("shipping-time"));
    }

    #[test]
    fn what_is_owed_counts_from_the_first_message_without_an_answer() {
        let owed = |bodies| fold(bodies).owed.map(|owed| (owed.seq.0, owed.at.0));
        assert_eq!(owed(vec![visitor("hi"), visitor("hello?")]), Some((1, 0)));
        assert_eq!(owed(vec![visitor("hi"), bot(Outcome::Answered, None)]), None);
        assert_eq!(owed(vec![visitor("a person"), queued(UrgencyLevel::Normal)]), None);
        let again = vec![visitor("hi"), bot(Outcome::Answered, None), visitor("and now?")];
        assert_eq!(owed(again.clone()), Some((3, 2)));
        assert_eq!(fold(again).began, Some(Timestamp(0)));
    }

    #[test]
    fn a_conversation_begins_anew_when_it_was_resolved_or_erased() {
        let agent = AgentId::random();
        let resolved = EventBody::Resolved { agent, name: "Ana".to_owned() };
        let state = fold(vec![visitor("hi"), resolved, visitor("one more thing")]);
        assert_eq!(state.began, Some(Timestamp(2)));
        let state = fold(vec![visitor("hi"), EventBody::Erased, visitor("hello again")]);
        assert_eq!(state.began, Some(Timestamp(2)));
    }

    #[test]
    fn the_place_in_the_queue_is_kept_when_the_urgency_rises_or_an_agent_gives_up() {
        let agent = AgentId::random();
        let state = fold(vec![
            visitor("a person"),
            queued(UrgencyLevel::Normal),
            queued(UrgencyLevel::Urgent),
            EventBody::Claimed { agent, name: "Ana".to_owned() },
            EventBody::Released { agent, name: "Ana".to_owned(), note: None },
        ]);
        let need = state.need.unwrap();
        assert_eq!((need.since, need.urgency), (Timestamp(1), UrgencyLevel::Urgent));
        assert_eq!((state.status, state.taken), (Status::Waiting, None));
    }

    #[test]
    fn a_resolved_conversation_starts_with_the_bot_again() {
        let agent = AgentId::random();
        let state = fold(vec![
            visitor("a person"),
            queued(UrgencyLevel::Normal),
            EventBody::Claimed { agent, name: "Ana".to_owned() },
            EventBody::Resolved { agent, name: "Ana".to_owned() },
            visitor("one more thing"),
        ]);
        assert_eq!((state.status, state.need), (Status::Bot, None));
        assert!(state.unanswered.is_some());
    }

    #[test]
    fn whatever_is_done_with_a_snoozed_conversation_wakes_it() {
        let agent = AgentId::random();
        let name = || "Ana".to_owned();
        let snoozed = EventBody::Snoozed { agent, name: name(), until: Some(Timestamp(99)) };
        let begun = vec![
            visitor("hi"),
            queued(UrgencyLevel::Normal),
            EventBody::Claimed { agent, name: name() },
            snoozed,
        ];
        let asleep =
            |more: Vec<EventBody>| fold([begun.clone(), more].concat()).triage.snooze.is_some();
        let label = LabelName::parse("refund").unwrap();
        assert!(asleep(vec![]));
        assert!(asleep(vec![EventBody::Prioritised { agent, name: name(), priority: None }]));
        let added = vec![label];
        assert!(asleep(vec![EventBody::Labelled { agent, name: name(), added, removed: vec![] }]));
        assert!(!asleep(vec![visitor("hello?")]));
        assert!(!asleep(vec![EventBody::Woken { agent: None, name: None }]));
        assert!(!asleep(vec![EventBody::Resolved { agent, name: name() }]));
        assert!(!asleep(vec![EventBody::Released { agent, name: name(), note: None }]));
    }

    #[test]
    fn folding_the_same_event_twice_changes_nothing() {
        let mut state = fold(vec![visitor("hi"), bot(Outcome::Fallback, None)]);
        let before = state.clone();
        state.apply(&Event {
            seq: Seq(2),
            at: Timestamp(9),
            client_id: ClientId::of_bot_turn(Seq(1), 0),
            body: bot(Outcome::Fallback, None),
        });
        assert_eq!(state, before);
        assert_eq!(state.failures, 1);
    }

    #[test]
    fn long_last_words_are_shortened_to_one_line() {
        let state = fold(vec![visitor(&"长\n".repeat(200))]);
        assert_eq!(state.preview.chars().count(), 121);
        assert!(!state.preview.contains('\n'));
    }
}
