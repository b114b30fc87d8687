//! `frontdesk ask`: one question, or a dialogue line by line, with the answer and its reasons. It
//! runs the same reading, decision and fold as the server, without storing anything.

use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, Write as _};
use std::process::ExitCode;

use clap::Args;
use jiff::tz::Offset;

use crate::cli::progress::tell;
use crate::cli::{eval, explain, fail, print, unhurried};
use crate::config::Settings;
use crate::conversation::{Knowledge, rehearse};
use crate::dialogue::{Message, Occasion, Policy, State};
use crate::domain::{
    Action, Answer, Clock, EventBody, MessageText, Reading, SystemClock, TaskEvent, TextLimits,
    Tier,
};
use crate::understanding::{Asked, Audience};

/// Options of `ask`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The question; without one, questions are read line by line.
    question: Option<String>,
    /// Print the reading and the actions as JSON.
    #[arg(long)]
    json: bool,
    /// Take the scores apart, and print the decision case by case.
    #[arg(long)]
    explain: bool,
    /// The site on which the question is asked: entries of other sites are left out.
    #[arg(long, value_name = "SITE")]
    site: Option<String>,
    /// A segment to which the customer belongs: entries of other segments are left out. May be given
    /// several times.
    #[arg(long = "segment", value_name = "SEGMENT")]
    segments: Vec<String>,
}

pub(super) fn run(settings: &Settings, options: &Options) -> ExitCode {
    let settings = &unhurried(settings, eval::Tier::Encoder);
    let encoding = match crate::app::encoding(settings) {
        Ok(encoding) => encoding,
        Err(error) => return fail(&error),
    };
    let loaded = Knowledge::load(&settings.server.intents, encoding.as_ref(), &tell);
    let knowledge = match loaded {
        Ok(knowledge) => knowledge,
        Err(mistakes) => return fail(&mistakes),
    };
    let strategy = match crate::app::strategy(settings) {
        Ok(strategy) => strategy,
        Err(error) => return fail(&error),
    };
    let segment = options.segments.first().map(String::as_str);
    let occasion = Occasion { segment, strategy: Some(&strategy), ..Occasion::default() };
    let (catalog, thresholds) = (&knowledge.catalog, strategy.usual);
    let policy = Policy { catalog, thresholds, opens: None, occasion };
    let Options { json, explain, .. } = *options;
    let audience = Audience { site: options.site.as_deref(), segments: &options.segments };
    let offset = settings.visitor.offset();
    let desk = Rehearsal { knowledge: &knowledge, policy, offset, json, explain, audience };
    let mut state = State::default();
    match &options.question {
        Some(question) => match desk.ask(&mut state, question) {
            Ok(answer) => print(&answer),
            Err(error) => fail(&error),
        },
        None => desk.talk(&mut state),
    }
}

struct Rehearsal<'a> {
    knowledge: &'a Knowledge,
    policy: Policy<'a>,
    offset: Offset,
    json: bool,
    explain: bool,
    audience: Audience<'a>,
}

impl Rehearsal<'_> {
    fn talk(&self, state: &mut State) -> ExitCode {
        let is_terminal = std::io::stdin().is_terminal();
        if is_terminal {
            print("Ask in English or Chinese; end with Ctrl-D.\n");
        }
        let mut lines = std::io::stdin().lock().lines();
        loop {
            if is_terminal {
                let _ = write!(std::io::stdout(), "> ").and_then(|()| std::io::stdout().flush());
            }
            let line = match lines.next() {
                None => return ExitCode::SUCCESS,
                Some(Err(error)) => return fail(&error),
                Some(Ok(line)) if line.trim().is_empty() => continue,
                Some(Ok(line)) => line,
            };
            match self.ask(state, &line) {
                Ok(answer) => print(&answer),
                Err(error) => fail(&error),
            };
        }
    }

    fn ask(&self, state: &mut State, question: &str) -> Result<String, crate::domain::TextError> {
        let text = MessageText::parse(question, TextLimits::default())?;
        let said = EventBody::said(text.clone());
        let now = SystemClock.now();
        rehearse::happen(state, now, said);
        let topic = rehearse::topic(&self.knowledge.catalog, state);
        let today = now.day(self.offset);
        let (topic, audience) = (topic.as_ref(), self.audience);
        let asked = Asked { text: text.as_str(), topic, today, audience, with_matches: true };
        let reading = self.knowledge.understanding.read(&asked);
        let message = Message { text: text.as_str(), choice: None };
        let occasion = Occasion { now, today, ..self.policy.occasion };
        let policy = Policy { occasion, ..self.policy };
        let mut actions = policy.decide(state, message, &reading);
        let explained = self.explain.then(|| {
            let parts = self.knowledge.understanding.explain(&asked);
            (parts, policy.why(state, message, &reading))
        });
        let missed = crate::dialogue::missed(state, message);
        for body in rehearse::bodies(actions.clone(), &reading, missed) {
            rehearse::happen(state, now, body);
        }
        while let Some(call) = state.call.clone() {
            let called = rehearse::not_called(&call.action);
            actions.extend(rehearse::called(state, &policy, called));
        }
        if self.json {
            let spoken: Vec<&String> = actions.iter().filter_map(words).collect();
            let mut json = serde_json::json!({ "reading": reading, "answer": spoken });
            if let (Some((parts, steps)), Some(all)) = (&explained, json.as_object_mut()) {
                all.insert("explanation".to_owned(), serde_json::json!(parts));
                all.insert("decision".to_owned(), serde_json::json!(steps));
            }
            return Ok(format!("{json:#}\n"));
        }
        let mut told = format!("{}\n{}", answer(&actions), reasons(&reading));
        if let Some((parts, steps)) = &explained {
            told.push_str(&explain::told(parts, &reading, steps, &policy));
        }
        Ok(told)
    }
}

fn words(action: &Action) -> Option<&String> {
    match action {
        Action::Say { text, .. } => Some(text),
        Action::Handoff { .. } | Action::Task(_) => None,
    }
}

fn answer(actions: &[Action]) -> String {
    let mut out = String::new();
    for action in actions {
        match action {
            Action::Say { text, choices, entry, .. } => {
                let _ = writeln!(out, "{text}");
                for choice in choices {
                    let _ = writeln!(out, "  [{}]", choice.label);
                }
                if let Some(entry) = entry {
                    let _ = writeln!(out, "  (FAQ entry {entry})");
                }
            }
            Action::Handoff { reason, urgency, .. } => {
                let level = urgency.level.name();
                let _ = writeln!(out, "→ queue for a human: {reason:?}, urgency {level}");
            }
            Action::Task(TaskEvent::Moved { task, .. }) => {
                let waits = task.slot.as_deref().map(|slot| format!(", asks for {slot}"));
                let (flow, step) = (&task.flow, &task.step);
                let _ = writeln!(out, "  (flow {flow}, step {step}{})", waits.unwrap_or_default());
            }
            Action::Task(TaskEvent::Ended { flow, end, .. }) => {
                let _ = writeln!(out, "  (flow {flow} ended: {end:?})");
            }
            Action::Task(TaskEvent::Call { action }) => {
                let _ = writeln!(out, "→ would call {action}; a server does");
            }
            Action::Task(TaskEvent::Called { .. }) => {}
        }
    }
    if actions.is_empty() {
        out.push_str("(the conversation waits for a human; the bot says nothing)\n");
    }
    out
}

fn reasons(reading: &Reading) -> String {
    let mut out = String::new();
    let written = serde_json::to_value(reading.written_in).unwrap_or_default();
    let written = written.as_str().unwrap_or_default();
    let _ = writeln!(out, "language    {}, written in {written}", reading.language.code());
    if let Some(read_as) = &reading.read_as {
        let _ = writeln!(out, "read as     {read_as}");
    }
    let _ = writeln!(out, "tokens      {}", reading.tokens.join(" · "));
    let intents = reading.intent.iter().chain(&reading.alternatives);
    let intents: Vec<String> = intents.map(|s| format!("{} {:.2}", s.name, s.confidence)).collect();
    let _ = writeln!(out, "intent      {}", intents.join(", "));
    let _ = writeln!(out, "in scope    {:.2}", reading.in_scope);
    if let Some(category) = &reading.category {
        let _ = writeln!(out, "category    {} {:.2}", category.name, category.confidence);
    }
    let urgency = &reading.urgency;
    let words = urgency.evidence.join(", ");
    let _ =
        writeln!(out, "urgency     {} {:.2}  {words}", urgency.level.name(), urgency.confidence);
    let _ = writeln!(out, "wants human {}", if reading.wants_human { "yes" } else { "no" });
    for (name, label) in [("sentiment", &reading.sentiment), ("type", &reading.question_type)] {
        if let Some(label) = label {
            let _ = writeln!(out, "{name:<11} {} {:.2}", label.name, label.confidence);
        }
    }
    for entity in &reading.entities {
        let kind = entity.name.as_deref().unwrap_or(entity.kind.name());
        let _ = writeln!(out, "entity      {kind} {}  \"{}\"", entity.value, entity.text);
    }
    let tier = match reading.tier {
        Tier::Lexical => "lexical: words and characters",
        Tier::Encoder => "encoder: words, characters and meaning",
    };
    let _ = writeln!(out, "tier        {tier}");
    let _ = writeln!(out, "candidates                 probability  bm25   cosine  similarity");
    for Answer { id, confidence, bm25, cosine, similarity, .. } in &reading.answers {
        let similarity = similarity.map_or_else(|| "–".to_owned(), |s| format!("{s:.2}"));
        let _ =
            writeln!(out, "  {id:<24} {confidence:11.2} {bm25:6.2} {cosine:7.2} {similarity:>11}");
    }
    out
}
