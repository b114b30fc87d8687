//! A language model at an address of the operator's, off unless the settings say otherwise: it phrases an
//! answer that the bot has found already, from the entries that it was found in, sums up for an agent
//! what a customer said, and asks a follow-up in full, which is then only read. What it writes is words and nothing else: no decision is made and no action
//! taken because of it, and a sentence that its sources do not support is never shown (`checker`). It may
//! hang, fail or lie at any time: the chat goes on with the entry itself.

mod budget;
mod canary;
mod checker;
mod draft;
mod grounds;
mod http;
mod in_full;
pub mod prompt;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

pub use canary::Canary;
pub use checker::{Checker, Manner, Supported, Unsupported};
pub use draft::Draft;
pub use in_full::{FollowUp, InFull};

use crate::breaker::Breakers;
use crate::domain::{ConversationId, Language, Timestamp};
use crate::events::{Records, RecordsError};
use crate::generation::budget::{Budget, Limits};
use crate::generation::http::{Address, Asker};
use crate::understanding::sentences;

/// The name of the breaker.
const MODEL: &str = "model";
/// Most sentences of a summary.
const SUMMARY_SENTENCES: usize = 3;

/// A text from which something may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// Its question; empty where it answers none.
    pub question: String,
    /// The text.
    pub text: String,
}

/// Why the words stay those of the entry, or of the customer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Kept {
    /// The conversation or the day has used up what it may.
    #[error("the budget is used up")]
    Budget,
    /// As many as may are asking.
    #[error("too many ask at once")]
    Busy,
    /// It failed several times, and is left alone for a while.
    #[error("it is left alone for a while")]
    Resting,
    /// It did not answer in time.
    #[error("it did not answer in time")]
    TimedOut,
    /// It could not be reached, or refused.
    #[error("it could not be reached, or refused")]
    Failed,
    /// It did not keep to the protocol.
    #[error("its answer makes no sense")]
    Malformed,
    /// It did not end.
    #[error("its answer is too long")]
    TooLong,
    /// It said what its sources do not.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
}

impl Kept {
    /// Its name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Busy => "busy",
            Self::Resting => "resting",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
            Self::Malformed => "malformed",
            Self::TooLong => "too_long",
            Self::Unsupported(Unsupported::Canary) => "canary",
            Self::Unsupported(_) => "unsupported",
        }
    }

    /// Whether the other side is ill, so that it may be better later.
    fn is_outage(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Failed | Self::Malformed | Self::TooLong)
    }
}

/// How a model is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address of an endpoint that speaks the protocol of `OpenAI`, up to and with its `/v1`.
    pub url: String,
    /// The model's name there.
    pub model: String,
    /// What is sent as the bearer.
    pub key: Option<String>,
    /// Whether it phrases answers.
    pub answers: bool,
    /// Whether it sums up for agents.
    pub summaries: bool,
    /// Whether it asks follow-ups in full.
    pub follow_ups: bool,
    /// Most tokens of an answer.
    pub tokens: u32,
    /// How long the whole answer may take.
    pub timeout: Duration,
    /// How often a conversation may ask a day.
    pub per_conversation: u32,
    /// How often all together may ask a day.
    pub per_day: u32,
    /// How many may ask at once.
    pub at_once: usize,
}

/// An answer in other words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrased {
    /// The words.
    pub text: String,
    /// The sources that they come from.
    pub sources: Vec<Source>,
}

/// Asks a model.
pub struct Generator {
    asker: Asker,
    budget: Budget,
    breakers: Breakers,
    canary: Canary,
    answers: bool,
    summaries: bool,
    follow_ups: bool,
}

impl Generator {
    /// Asks as `options` say; nothing is sent before it is needed.
    pub async fn open(options: Options, records: Arc<dyn Records>) -> Result<Self, RecordsError> {
        let Options { url, model, key, tokens, timeout, .. } = options;
        let limits = Limits {
            per_conversation: options.per_conversation,
            per_day: options.per_day,
            at_once: options.at_once,
        };
        Ok(Self {
            asker: Asker::new(Address { url, model, key, tokens, timeout }),
            budget: Budget::open(limits, records).await?,
            breakers: Breakers::default(),
            canary: Canary::random(),
            answers: options.answers,
            summaries: options.summaries,
            follow_ups: options.follow_ups,
        })
    }

    /// Whether it phrases answers.
    pub fn phrases_answers(&self) -> bool {
        self.answers
    }

    /// Whether it sums up for agents.
    pub fn sums_up(&self) -> bool {
        self.summaries
    }

    /// Whether it asks follow-ups in full.
    pub fn asks_in_full(&self) -> bool {
        self.follow_ups
    }

    /// Phrases the answer to `question` from `sources`, of which the first was found to answer it. What
    /// is supported so far is shown as it grows, sentence by sentence.
    pub async fn phrase(
        &self,
        asked: (ConversationId, Timestamp),
        question: &str,
        (sources, language): (&[Source], Language),
        show: impl Fn(&str),
    ) -> Result<Phrased, Kept> {
        let messages = prompt::answer(question, sources, language, self.canary.text());
        let checker = Checker::new(sources, Manner::Answer);
        let (text, cited) = self.write(asked, &messages, &checker, show).await?;
        let cited = cited.into_iter().filter_map(|place| sources.get(place));
        Ok(Phrased { text, sources: cited.cloned().collect() })
    }

    /// Sums up what a customer told, in sentences.
    pub async fn sum_up(
        &self,
        asked: (ConversationId, Timestamp),
        told: &[String],
        language: Language,
    ) -> Result<Vec<String>, Kept> {
        let source = |text: &String| Source {
            id: String::new(),
            question: String::new(),
            text: text.clone(),
        };
        let told: Vec<Source> = told.iter().map(source).collect();
        let messages = prompt::summary(&told, language, self.canary.text());
        let checker = Checker::new(&told, Manner::Summary);
        let (text, _) = self.write(asked, &messages, &checker, |_| {}).await?;
        Ok(sentences(&text).take(SUMMARY_SENTENCES).map(str::to_owned).collect())
    }

    /// Asks a follow-up in full. The question is for reading only: it is not the customer's.
    pub async fn ask_in_full(
        &self,
        asked: (ConversationId, Timestamp),
        follow_up: &FollowUp,
    ) -> Result<String, Kept> {
        let messages = prompt::follow_up(follow_up, self.canary.text());
        let check = InFull::new(follow_up, &self.canary);
        let written = async {
            let mut incoming = self.asker.ask(&messages).await?;
            let mut written = String::new();
            while let Some(more) = incoming.next().await? {
                written.push_str(&more);
                check.growing(&written)?;
            }
            Ok(check.question(&written)?)
        };
        self.guarded(asked, written).await
    }

    async fn write(
        &self,
        asked: (ConversationId, Timestamp),
        messages: &Value,
        checker: &Checker,
        show: impl Fn(&str),
    ) -> Result<(String, Vec<usize>), Kept> {
        self.guarded(asked, self.read(messages, Draft::new(checker, &self.canary), show)).await
    }

    /// Does what asks the model, within the budget and unless it is left alone.
    async fn guarded<T>(
        &self,
        (conversation, now): (ConversationId, Timestamp),
        work: impl Future<Output = Result<T, Kept>>,
    ) -> Result<T, Kept> {
        if !self.breakers.admits(MODEL) {
            return Err(Kept::Resting);
        }
        let _permit = self.budget.take(conversation, now).await?;
        let written = work.await;
        let is_outage = written.as_ref().is_err_and(Kept::is_outage);
        self.breakers.note(MODEL, is_outage);
        written
    }

    async fn read(
        &self,
        messages: &Value,
        mut draft: Draft<'_>,
        show: impl Fn(&str),
    ) -> Result<(String, Vec<usize>), Kept> {
        let mut incoming = self.asker.ask(messages).await?;
        while let Some(written) = incoming.next().await? {
            if let Some(text) = draft.push(&written)? {
                show(text);
            }
        }
        Ok(draft.finish()?)
    }
}
