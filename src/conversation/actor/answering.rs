//! Answers what is unanswered: at once, or where a language model asks the question in full or phrases the
//! answer, when it has done so or somebody wants something else meanwhile. What was decided waits in memory only; it is decided again
//! where the server ends before it is said.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::conversation::actor::{Actor, TRIES};
use crate::conversation::{Knowledge, Parts, Presence, Refusal, Signal, turn};
use crate::dialogue::{self, Message, Status, Unanswered};
use crate::domain::{
    Action, Cited, ClientId, Event, EventBody, Language, Missed, NewEvent, Outcome, Reading, Seq,
};
use crate::generation::{Generator, Kept, Phrased, Source};
use crate::telemetry::Stage;

/// Most entries beside the one that answers, from which words may come.
const MORE_SOURCES: usize = 2;

/// What is done about a message, and why.
pub(super) struct Decided {
    /// The message.
    pub(super) answered: Seq,
    pub(super) actions: Vec<Action>,
    pub(super) reading: Reading,
    /// The answer before, where the message says that it was not what was asked.
    pub(super) missed: Option<Missed>,
}

/// What a model wrote.
pub(super) enum Written {
    /// An answer in other words.
    Phrased(Phrased),
    /// The customer's question in full.
    InFull(String),
}

/// What a model is writing. It is stopped when nobody waits any more.
pub(super) struct Awaited {
    written: oneshot::Receiver<Option<Written>>,
    _stop: DropGuard,
}

impl Awaited {
    pub(super) fn new(written: oneshot::Receiver<Option<Written>>, stop: DropGuard) -> Self {
        Self { written, _stop: stop }
    }
}

/// What is decided, and waits for a model.
pub(super) struct Pending {
    decided: Decided,
    /// With what it is decided again, where the question is being asked in full.
    unsure: Option<(Arc<Knowledge>, Unanswered)>,
    awaited: Awaited,
}

/// Waits for what a model is writing; for ever where there is nothing. Cancelling loses nothing.
pub(super) async fn written(actor: &mut Option<Actor>) -> Option<Written> {
    match actor.as_mut().and_then(|actor| actor.pending.as_mut()) {
        Some(pending) => (&mut pending.awaited.written).await.ok().flatten(),
        None => std::future::pending().await,
    }
}

impl Actor {
    /// Answers what is unanswered. A failure leaves it so: the next start, or the customer's next
    /// message, takes it up.
    pub(super) async fn answer(&mut self) {
        for _ in 0..TRIES {
            let Some(heard) = self.heard().await else { return };
            let knowledge = self.inner.parts.knowledge.current();
            let started = Instant::now();
            let reading = self.read(&knowledge, &heard).await;
            self.inner.parts.metrics.turn(Stage::Read, started.elapsed());
            let decided = self.decide(&knowledge, &heard, reading);
            if let Some(awaited) = self.complete(&knowledge, &heard, &decided) {
                self.pending = Some(Pending { decided, unsure: Some((knowledge, heard)), awaited });
                return;
            }
            match self.say(&knowledge, &heard, decided, true).await {
                Ok(Some(())) => return,
                Ok(None) => {}
                Err(refusal) => return self.put_off(&refusal),
            }
        }
    }

    fn decide(&self, knowledge: &Knowledge, heard: &Unanswered, reading: Reading) -> Decided {
        let began = Instant::now();
        let message = heard_message(heard);
        let setting = self.setting(self.state.language.unwrap_or(reading.language));
        let policy = setting.policy(knowledge);
        let actions = if heard.files {
            policy.decide_with_files(&self.state, message, &reading, heard.language)
        } else {
            policy.decide(&self.state, message, &reading)
        };
        self.inner.parts.metrics.turn(Stage::Decide, began.elapsed());
        let missed = dialogue::missed(&self.state, message);
        Decided { answered: heard.seq, actions, reading, missed }
    }

    /// Says what was decided, or where it `may_wait`, has it phrased first.
    async fn say(
        &mut self,
        knowledge: &Knowledge,
        heard: &Unanswered,
        decided: Decided,
        may_wait: bool,
    ) -> Result<Option<()>, Refusal> {
        let Decided { actions, reading, .. } = &decided;
        let phrasing =
            if may_wait { self.phrase(knowledge, heard, actions, reading) } else { None };
        if let Some(awaited) = phrasing {
            self.pending = Some(Pending { decided, unsure: None, awaited });
            return Ok(Some(()));
        }
        let commit = Instant::now();
        let outcome = self.record(decided, None).await;
        self.inner.parts.metrics.turn(Stage::Commit, commit.elapsed());
        outcome
    }

    /// Goes on with what a model wrote, or without where it wrote nothing. Unless it `may_wait`, no model
    /// is waited for again.
    pub(super) async fn settle(&mut self, written: Option<Written>, may_wait: bool) {
        let Some(Pending { decided, unsure, .. }) = self.pending.take() else { return };
        let outcome = match (unsure, written) {
            (Some((knowledge, heard)), Some(Written::InFull(question))) => {
                let decided = self.read_in_full(&knowledge, &heard, decided, question).await;
                self.say(&knowledge, &heard, decided, may_wait).await
            }
            (Some((knowledge, heard)), _) => self.say(&knowledge, &heard, decided, may_wait).await,
            (None, Some(Written::Phrased(phrased))) => self.record(decided, Some(phrased)).await,
            (None, _) => self.record(decided, None).await,
        };
        match outcome {
            Ok(Some(())) => {}
            // another writer was first: what was decided may not hold any more
            Ok(None) => self.answer().await,
            Err(refusal) => self.put_off(&refusal),
        }
    }

    fn put_off(&self, refusal: &Refusal) {
        tracing::warn!(
            conversation.id = %self.conversation,
            reason = %refusal,
            "a message could not be answered now"
        );
    }

    /// What the bot should hear: what is unanswered, or what a waiting customer said last. Nothing
    /// when an external bot answers.
    async fn heard(&self) -> Option<Unanswered> {
        if self.inner.parts.bots.holder(&self.state).is_some() {
            return None;
        }
        if let Some(open) = &self.state.unanswered {
            return Some(open.clone());
        }
        if self.state.status != Status::Waiting || self.state.last == Seq::ZERO {
            return None;
        }
        let before = Seq(self.state.last.0.saturating_sub(1));
        let events = self.inner.parts.log.read(self.conversation, before, 1).await.ok()?;
        match events.into_iter().next() {
            Some(Event {
                seq, at, body: EventBody::VisitorMessage { text, choice, .. }, ..
            }) if !text.is_none() => {
                Some(Unanswered { seq, at, text, choice, files: false, language: None })
            }
            _ => None,
        }
    }

    /// Lets the model phrase what was decided, where that is the answer of one entry and nothing else:
    /// what asks back, hands over or is in doubt stays in its own words.
    fn phrase(
        &self,
        knowledge: &Knowledge,
        heard: &Unanswered,
        actions: &[Action],
        reading: &Reading,
    ) -> Option<Awaited> {
        let generator = self.inner.parts.generator.clone()?;
        if !generator.phrases_answers() || heard.choice.is_some() || heard.files {
            return None;
        }
        let [
            Action::Say { text, language, outcome: Outcome::Answered, entry: Some(entry), choices },
        ] = actions
        else {
            return None;
        };
        // other questions stand below what is in doubt
        if !choices.iter().all(|choice| choice.id.starts_with("task:")) {
            return None;
        }
        let own = source(knowledge, entry, *language)?;
        let (text, cards) = without_cards(text);
        let first = Source { text, ..own };
        let answer_at = self.inner.parts.strategies.strategy(self.conversation).usual.answer_at;
        let is_sure = |id: &str, confidence: f32| id != entry && confidence >= answer_at;
        let more = reading.answers.iter().filter(|more| is_sure(&more.id, more.confidence));
        let more = more.filter_map(|more| source(knowledge, &more.id, *language));
        let sources = std::iter::once(first).chain(more.take(MORE_SOURCES)).collect();
        Some(self.ask_model(generator, heard, (sources, cards), *language))
    }

    fn ask_model(
        &self,
        generator: Arc<Generator>,
        heard: &Unanswered,
        (sources, cards): (Vec<Source>, String),
        language: Language,
    ) -> Awaited {
        let (done, written) = oneshot::channel();
        let stop = CancellationToken::new();
        let guard = stop.clone().drop_guard();
        let (conversation, answers) = (self.conversation, heard.seq);
        let (inner, question) = (Arc::clone(&self.inner), heard.text.clone());
        self.inner.parts.tasks.spawn("phrase an answer", async move {
            let Parts { clock, metrics, .. } = &inner.parts;
            let typing = |on| inner.hub.tell(conversation, &Signal::Typing(Presence::Bot, on));
            let show = |text: &str| {
                inner.hub.tell(conversation, &Signal::Phrasing { answers, text: text.into() });
            };
            let started = Instant::now();
            let asked = (conversation, clock.now());
            let written = generator.phrase(asked, question.as_str(), (&sources, language), show);
            typing(true);
            let outcome = tokio::select! {
                outcome = written => Some(outcome),
                () = stop.cancelled() => None,
            };
            typing(false);
            let Some(outcome) = outcome else { return metrics.generated("answer", "overtaken") };
            metrics.generated("answer", outcome.as_ref().map_or_else(Kept::name, |_| "taken"));
            if let Err(kept) = &outcome {
                tracing::info!(
                    conversation.id = %conversation,
                    reason = %kept,
                    duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
                    "an answer stays in the entry's own words"
                );
            }
            // nobody listens where somebody wanted something else meanwhile
            let with_cards = |own: Phrased| Phrased { text: own.text + &cards, ..own };
            let _ = done.send(outcome.ok().map(with_cards).map(Written::Phrased));
        });
        Awaited::new(written, guard)
    }

    async fn record(
        &mut self,
        decided: Decided,
        phrased: Option<Phrased>,
    ) -> Result<Option<()>, Refusal> {
        let Decided { answered, actions, reading, missed } = decided;
        if actions.is_empty() {
            return Ok(Some(()));
        }
        for action in &actions {
            if let Action::Say { outcome, .. } = action {
                self.inner.parts.metrics.answered(*outcome);
            }
        }
        let at = self.inner.parts.clock.now();
        let knowledge = self.inner.parts.knowledge.current();
        let mut bodies = self.bodies(&knowledge, actions, Some(&reading));
        turn::with_missed(&mut bodies, missed.clone());
        if let (Some(phrased), [EventBody::BotMessage { text, sources, .. }]) =
            (phrased, bodies.as_mut_slice())
        {
            let cited = phrased.sources.into_iter();
            *sources = cited.map(|own| Cited { entry: own.id, title: own.question }).collect();
            *text = phrased.text;
        }
        let events = bodies.into_iter().enumerate().map(|(index, body)| {
            let client_id = ClientId::of_bot_turn(answered, index);
            NewEvent { client_id, at, body }
        });
        let done = self.append(events.collect()).await?.map(|_| ());
        if done.is_some() {
            self.keep_missed(missed).await;
        }
        Ok(done)
    }
}

/// What the dialogue sees of a message.
pub(super) fn heard_message(heard: &Unanswered) -> Message<'_> {
    Message { text: heard.text.as_str(), choice: heard.choice.as_deref() }
}

fn source(knowledge: &Knowledge, id: &str, language: Language) -> Option<Source> {
    let entry = knowledge.catalog.entries.iter().find(|entry| entry.id == id)?;
    let question = entry.question.get(language).clone();
    let (text, _) = without_cards(entry.answer.get(language));
    Some(Source { id: entry.id.clone(), question, text })
}

/// The words of an answer, and the lines that are drawn as cards, which stay as they are.
fn without_cards(answer: &str) -> (String, String) {
    let is_card = |line: &&str| {
        let line = line.trim();
        line.starts_with('[') && line.contains("](http") && line.ends_with(')')
    };
    let (cards, words): (Vec<&str>, Vec<&str>) = answer.lines().partition(is_card);
    (words.join("\n"), cards.iter().flat_map(|card| ["\n", card]).collect())
}
