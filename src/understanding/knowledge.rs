//! What was learned from a catalog, and how it reads a message.

use std::sync::Arc;

use jiff::civil::Date;

use crate::catalog::{Catalog, IntentAct, Rule, RuleMark};
use crate::domain::{Answer, Entity, Matched, Reading, Scored, Tier, Urgency, UrgencyLevel};
use crate::understanding::answer::Answerer;
use crate::understanding::asked::{Asked, Topic};
use crate::understanding::audience::{Hidden, Limits};
use crate::understanding::encode::{EncoderPool, Encoding};
use crate::understanding::entities::Extractor;
use crate::understanding::explain::{Explanation, classes, entries};
use crate::understanding::failure::TrainError;
use crate::understanding::follow_up::{Leaning, leaning};
use crate::understanding::head::{Head, HeadReading};
use crate::understanding::heads::Heads;
use crate::understanding::lessons::{Lessons, YES};
use crate::understanding::lexicon::Lexicon;
use crate::understanding::prepared::Prepared;
use crate::understanding::rank::Ranked;
use crate::understanding::spots::spots;
use crate::understanding::tokenise::fold;

/// How many intents beside the likeliest one a reading names.
const ALTERNATIVES: usize = 3;
/// How many FAQ entries a reading names.
const ANSWERS: usize = 5;
/// How many words a reading names for its urgency.
const EVIDENCE: usize = 5;
/// From which probability on an intent that means a human is a wish for one.
const WANTS_HUMAN_AT: f32 = 0.8;
/// How sure the level of a single clause must be.
const CLAUSE_AT: f32 = 0.5;
/// How sure a rule of the operator is.
const RULE_CONFIDENCE: f32 = 0.99;
/// Above this probability a message that leans on the last topic is understood without it.
const CLEAR_AT: f32 = 0.7;
/// How much likelier, in odds, a follow-up is answered by the knowledge than a first message: of ten
/// of these two or three ask for what it does not have, of ten follow-ups one.
const FOLLOWING_ODDS: f32 = 3.0;
/// The same for a short message that does not say that it leans.
const TELLING_AT: f32 = 0.4;

/// Bytes of a message that is read within some hundred microseconds by words alone.
const QUICK: usize = 512;

/// Everything that was learned from a catalog.
pub struct Understanding {
    heads: Heads,
    answerer: Answerer,
    extractor: Extractor,
    lexicon: Arc<Lexicon>,
    entries: Vec<String>,
    limits: Limits,
    human: Vec<String>,
    rules: Vec<Rule>,
    encoder: Option<Arc<EncoderPool>>,
}

impl Understanding {
    /// Learns from the operator's knowledge; with `encoding` also from what it means. `go_on` is told
    /// how many texts of how many are encoded, and ends it by saying no.
    pub fn train(
        catalog: &Catalog,
        encoding: Option<&Encoding>,
        go_on: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Result<Self, TrainError> {
        Self::train_after(None, catalog, encoding, go_on)
    }

    /// The same; what was learned `before` from the same catalog gives the index of its words, which
    /// is not built anew.
    pub fn train_after(
        before: Option<&Self>,
        catalog: &Catalog,
        encoding: Option<&Encoding>,
        go_on: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Result<Self, TrainError> {
        let mut lessons = Lessons::of(catalog, encoding, go_on)?;
        let human = catalog.intents.iter().filter(|intent| intent.act == IntentAct::Human);
        let (documents, meanings) = lessons.take_documents();
        let index = before.map(|before| before.answerer.index());
        let (heads, (answerer, extractor)) = rayon::join(
            || Heads::train(&lessons),
            || {
                let (strangers, synonyms) = (lessons.strangers(), lessons.synonyms());
                let answerer =
                    Answerer::train_with(documents, meanings, &strangers, synonyms, index);
                (answerer, Extractor::new(&catalog.products, &catalog.patterns))
            },
        );
        let mut answerer = answerer?;
        let lexicon = before.map_or_else(
            || {
                let mut lexicon = lessons.lexicon();
                lexicon.join(&answerer.take_lexicon());
                Arc::new(lexicon)
            },
            |before| Arc::clone(&before.lexicon),
        );
        Ok(Self {
            heads,
            answerer,
            lexicon,
            extractor: extractor?,
            entries: catalog.entries.iter().map(|entry| entry.id.clone()).collect(),
            limits: Limits::of(catalog),
            human: human.map(|intent| intent.name.clone()).collect(),
            rules: catalog.rules.clone(),
            encoder: encoding.map(|encoding| Arc::clone(&encoding.pool)),
        })
    }

    /// Reads a message as one.
    pub(super) fn read_whole(&self, asked: &Asked<'_>) -> Reading {
        let Asked { text, today, .. } = *asked;
        let hidden = self.limits.hidden(&asked.audience);
        let message = self.prepare(text);
        let folded = fold(text);
        let matching: Vec<&RuleMark> = self
            .rules
            .iter()
            .filter(|rule| rule.pattern.is_match(&folded))
            .map(|rule| &rule.mark)
            .collect();
        let HeadReading { mut ranked, in_scope } = read(self.heads.intents.as_ref(), &message);
        if let Some(name) = matching.iter().find_map(|mark| intent_of(mark)) {
            ranked.retain(|intent| intent.name != name);
            ranked.insert(0, Scored { name: name.to_owned(), confidence: RULE_CONFIDENCE });
        }
        ranked.retain(|intent| !self.limits.hides(&intent.name, &hidden));
        let wants_human = self.wants_human(&message, &matching, ranked.first());
        let best = |head: &Option<Head>| read(head.as_ref(), &message).ranked.into_iter().next();
        let mut intents = ranked.into_iter();
        Reading {
            language: message.tokens.language,
            written_in: message.written_in,
            read_as: message.read_as.clone(),
            asked_in_full: None,
            intent: intents.next(),
            alternatives: intents.take(ALTERNATIVES).collect(),
            in_scope,
            category: best(&self.heads.categories),
            sentiment: best(&self.heads.sentiment),
            question_type: best(&self.heads.question_type),
            urgency: self.urgency(text, &message, &matching, wants_human),
            wants_human,
            answers: self.answers(asked, &message, &hidden),
            entities: self.extractor.extract(text, today),
            tier: if message.meaning.is_some() { Tier::Encoder } else { Tier::Lexical },
            questions: vec![],
            tokens: message.tokens.words.into_iter().map(|word| word.surface).collect(),
        }
    }

    /// What a message names; `today` is the day of whoever wrote it. It takes a fraction of a reading.
    pub fn named_in(&self, text: &str, today: Date) -> Vec<Entity> {
        self.extractor.extract(text, today)
    }

    /// Whether messages are read by what they mean, not by their words alone.
    pub fn reads_meaning(&self) -> bool {
        self.encoder.is_some()
    }

    /// Whether a message may only make sense after another: it says so, or is as short as such messages are.
    pub fn may_lean(&self, text: &str) -> bool {
        leaning(&self.lexicon.plainly(text).tokens) != Leaning::None
    }

    /// Whether a message is read in so short a time that whoever asks may as well wait.
    pub fn is_quick(&self, text: &str) -> bool {
        self.encoder.is_none() && text.len() <= QUICK
    }

    /// Takes apart how a message is read: what weighed for its intents and entries.
    pub fn explain(&self, asked: &Asked<'_>) -> Explanation {
        let message = self.prepare(asked.text);
        let folded = fold(asked.text);
        let hidden = self.limits.hidden(&asked.audience);
        let matching = self.rules.iter().filter(|rule| rule.pattern.is_match(&folded));
        Explanation {
            rules: matching.map(|rule| rule.pattern.as_str().to_owned()).collect(),
            stems: message.tokens.words.iter().map(|word| word.stem.clone()).collect(),
            intents: self
                .heads
                .intents
                .as_ref()
                .map_or_else(Vec::new, |head| classes(head, &message)),
            entries: entries(&self.answerer, &message, &self.entries, &hidden).unwrap_or_default(),
            folded,
        }
    }

    /// Words, features, and where an encoder has the time, the meaning of a message.
    fn prepare(&self, text: &str) -> Prepared {
        let encoders = self.encoder.as_ref().map(|encoder| encoder.encoders());
        let message = self.lexicon.prepare(text, encoders);
        let Some(encoder) = &self.encoder else { return message };
        // the most urgent is encoded first: how urgent it is, words say well enough for that
        let urgency = self.learned_urgency(&message).level;
        let text = message.read_as.as_deref().unwrap_or(text);
        let meaning = encoder.read(text, message.written_in, urgency);
        message.with_meaning(meaning)
    }

    /// Whether a part of a message wishes for a person, and how much it presses, by its words alone.
    pub(super) fn presses(&self, part: &str) -> (bool, Urgency) {
        let folded = fold(part);
        let rules = self.rules.iter().filter(|rule| rule.pattern.is_match(&folded));
        let matching: Vec<&RuleMark> = rules.map(|rule| &rule.mark).collect();
        let message = self.lexicon.plainly(part);
        let wants_human = self.wants_human(&message, &matching, None);
        (wants_human, self.urgency(part, &message, &matching, false))
    }

    /// Where an entry stands.
    fn place(&self, entry: Option<&String>) -> Option<usize> {
        self.entries.iter().position(|known| Some(known) == entry)
    }

    fn wants_human(
        &self,
        message: &Prepared,
        matching: &[&RuleMark],
        intent: Option<&Scored>,
    ) -> bool {
        let by_intent = intent.is_some_and(|intent| {
            intent.confidence >= WANTS_HUMAN_AT && self.human.contains(&intent.name)
        });
        let learned = read(self.heads.wants_human.as_ref(), message).ranked.into_iter().next();
        let is_learned = learned.is_some_and(|best| best.name == YES);
        matching.contains(&&RuleMark::WantsHuman) || by_intent || is_learned
    }

    /// How much a message presses. In "I was charged twice, let me talk to a person" it is the first
    /// clause that presses: beside the wish for a person, each clause is read alone.
    fn urgency(
        &self,
        text: &str,
        message: &Prepared,
        matching: &[&RuleMark],
        wants_human: bool,
    ) -> Urgency {
        let mut urgency = self.learned_urgency(message);
        if wants_human {
            for clause in text.split(is_clause_end) {
                let alone = self.learned_urgency(&self.lexicon.plainly(clause));
                if alone.level > urgency.level && alone.confidence >= CLAUSE_AT {
                    urgency = alone;
                }
            }
        }
        let ruled = matching.iter().filter_map(|mark| match mark {
            RuleMark::Urgency(level) => Some(*level),
            RuleMark::Intent(_) | RuleMark::WantsHuman => None,
        });
        match ruled.max() {
            Some(level) if level >= urgency.level => {
                let head = self.heads.urgency.as_ref();
                let evidence = head.map(|head| head.evidence(message, level.name(), EVIDENCE));
                Urgency {
                    level,
                    confidence: RULE_CONFIDENCE,
                    evidence: evidence.unwrap_or_default(),
                }
            }
            _ => urgency,
        }
    }

    fn learned_urgency(&self, message: &Prepared) -> Urgency {
        let learned = read(self.heads.urgency.as_ref(), message).ranked.into_iter().next();
        let mut urgency = Urgency::default();
        if let (Some(head), Some(best)) = (&self.heads.urgency, learned) {
            let level = level_of(&best.name).unwrap_or_default();
            let evidence = head.evidence(message, &best.name, EVIDENCE);
            // nobody is fetched at once for a message that says nothing of why
            let says_why = !evidence.is_empty() && !message.tokens.are_bare();
            urgency = if level <= UrgencyLevel::Normal || says_why {
                Urgency { level, confidence: best.confidence, evidence }
            } else {
                Urgency { confidence: 1.0 - best.confidence, ..Urgency::default() }
            };
        }
        urgency
    }

    fn answers(&self, asked: &Asked<'_>, message: &Prepared, hidden: &Hidden) -> Vec<Answer> {
        let alone = self.answerer.rank_shown(message, hidden).unwrap_or_default();
        let best = |ranked: &[Ranked]| ranked.first().map_or(0.0, |best| best.confidence);
        let is_open = matches!(asked.topic, Some(Topic::Open(_)));
        let leaning = match leaning(&message.tokens) {
            // to a question back one answers, in however many words
            Leaning::None if is_open => Leaning::Maybe,
            leaning => leaning,
        };
        let needs_topic = match leaning {
            Leaning::None => false,
            Leaning::Maybe => best(&alone) < TELLING_AT,
            Leaning::Clearly => best(&alone) < CLEAR_AT,
        };
        let ranked = match asked.topic.filter(|_| needs_topic) {
            Some(topic) => {
                let (about, given) = match topic {
                    Topic::Answered(question) => self.answerer.question(question),
                    Topic::Open(said) => (self.prepare(said), None),
                    Topic::Beside { said, entry } => {
                        (self.prepare(said), self.place(entry.as_ref()))
                    }
                };
                let together = self.answerer.rank_follow_up(message, &about, given, hidden);
                let together = together.unwrap_or_default();
                // who only names a thing may well ask about something new
                let names = leaning == Leaning::Maybe && message.tokens.are_bare();
                let together = if names { together } else { expected(together) };
                let is_surer = best(&together) > best(&alone);
                if is_surer || leaning == Leaning::Clearly { together } else { alone }
            }
            None => alone,
        };
        let said = asked.with_matches.then(|| {
            let read_as = message.read_as.as_deref();
            spots(read_as.unwrap_or(asked.text))
        });
        let answer = |ranked: &Ranked| {
            let matched =
                said.as_ref().and_then(|said| self.answerer.matched(message, said, ranked));
            self.answer(ranked, matched)
        };
        ranked.iter().take(ANSWERS).filter_map(answer).collect()
    }

    fn answer(&self, ranked: &Ranked, matched: Option<Matched>) -> Option<Answer> {
        let id = self.entries.get(ranked.entry)?.clone();
        let Ranked { confidence, bm25, cosine, similarity, .. } = *ranked;
        Some(Answer { id, confidence, bm25, cosine, similarity, matched })
    }
}

/// Who asks on is seldom out of scope: the odds of the best answer to a follow-up are higher than
/// those of a first message with the same words. The others share what it leaves.
fn expected(mut ranked: Vec<Ranked>) -> Vec<Ranked> {
    let Some((first, others)) = ranked.split_first_mut() else { return ranked };
    let odds = FOLLOWING_ODDS * first.confidence;
    first.confidence = odds / (odds + 1.0 - first.confidence);
    let left = 1.0 - first.confidence;
    let sum: f32 = others.iter().map(|entry| entry.confidence).sum();
    for entry in others.iter_mut().filter(|_| sum > left) {
        entry.confidence *= left / sum;
    }
    ranked
}

fn is_clause_end(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | '!' | '?' | '\n' | '。' | '，' | '；' | '！' | '？' | '、')
}

fn read(head: Option<&Head>, message: &Prepared) -> HeadReading {
    head.map(|head| head.read(message)).unwrap_or_default()
}

fn intent_of(mark: &RuleMark) -> Option<&str> {
    match mark {
        RuleMark::Intent(name) => Some(name),
        RuleMark::Urgency(_) | RuleMark::WantsHuman => None,
    }
}

fn level_of(name: &str) -> Option<UrgencyLevel> {
    UrgencyLevel::ALL.into_iter().find(|level| level.name() == name)
}
