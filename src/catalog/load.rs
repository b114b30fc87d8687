//! Reads the knowledge folder into a [`Catalog`], or finds every mistake in it at once: first what
//! each file says by itself, then how the files fit together.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::catalog::classes::lone;
use crate::catalog::file::{
    CategoryTable, FaqTable, File, IntentTable, ListTable, RuleTable, TextTable, UrgencyTable,
};
use crate::catalog::flows::{self, FlowPlace};
use crate::catalog::mistakes::Collector;
use crate::catalog::pattern::compiled;
use crate::catalog::synonyms::kept_to;
use crate::catalog::texts::{both, level, limit, texts};
use crate::catalog::{
    ByLanguage, Catalog, Category, FaqEntry, Intent, IntentAct, Mistake, Mistakes, Reply, Rule,
    RuleMark, Source, UrgencyExamples,
};

/// A name used somewhere, for checks across files.
struct Use {
    file: PathBuf,
    line: usize,
    kind: &'static str,
    name: String,
}

#[derive(Default)]
pub(super) struct Loader {
    pub(super) catalog: Catalog,
    mistakes: Vec<Mistake>,
    /// Where each name was defined, by kind and name.
    defined: HashMap<(&'static str, String), (PathBuf, usize)>,
    /// Where each example was given, by kind and text, with what it stands for.
    examples: HashMap<(&'static str, String), (PathBuf, usize, String)>,
    uses: Vec<Use>,
    /// Where flows stand, in the order of the catalog.
    pub(super) flow_places: Vec<FlowPlace>,
    /// Intents that nothing but a flow may answer, and where they stand.
    unanswered: Vec<(String, PathBuf, usize)>,
}

impl Catalog {
    /// Reads all `*.toml` files of a folder, in the order of their names.
    pub fn load(folder: &Path) -> Result<Self, Mistakes> {
        Self::of(&Source::read(folder))
    }

    /// The same of texts that have been read already, or that are to be written.
    pub fn of(source: &Source) -> Result<Self, Mistakes> {
        let mut loader = Loader { mistakes: source.unread().to_vec(), ..Loader::default() };
        for file in source.files() {
            loader.read(&source.path(&file.name), &file.text);
        }
        let mut catalog = loader.finish(source.folder())?;
        catalog.gather().map_err(|error| {
            let (file, message) = (source.folder().to_owned(), error.to_string());
            Mistakes(vec![Mistake { file, line: 0, message }])
        })?;
        Ok(catalog)
    }

    /// Lays out anew what there is most of. The texts lie scattered among what the files were parsed
    /// into; with that freed, its memory can only go back to the system where nothing is left in it.
    fn gather(&mut self) -> serde_json::Result<()> {
        anew(&mut self.entries)?;
        anew(&mut self.intents)?;
        anew(&mut self.categories)?;
        anew(&mut self.urgency)?;
        anew(&mut self.messages)
    }
}

/// Frees all of a list and makes it again.
fn anew<T: Serialize + DeserializeOwned>(list: &mut Vec<T>) -> serde_json::Result<()> {
    let written = serde_json::to_vec(list)?;
    *list = vec![];
    *list = serde_json::from_slice(&written)?;
    list.shrink_to_fit();
    Ok(())
}

impl Loader {
    fn whole(&mut self, file: &Path, message: impl Into<String>) {
        self.mistakes.push(Mistake { file: file.to_owned(), line: 0, message: message.into() });
    }

    fn read(&mut self, path: &Path, text: &str) {
        let mut notes = Collector::new(path, text);
        match toml::from_str::<File>(text) {
            Ok(file) => self.take(file, &mut notes),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                notes.note(at, error.message());
            }
        }
        self.mistakes.append(&mut notes.found);
    }

    fn take(&mut self, file: File, notes: &mut Collector<'_>) {
        for table in file.category {
            self.category(table, notes);
        }
        for table in file.faq {
            self.entry(table, notes);
        }
        for table in file.intent {
            self.intent(table, notes);
        }
        for table in file.urgency {
            self.urgency(table, notes);
        }
        for table in file.message {
            self.message(table, notes);
        }
        for table in file.rule {
            self.rule(table, notes);
        }
        for table in file.product {
            self.product(table, notes);
        }
        for table in file.entity {
            self.entity(&table, notes);
        }
        for table in file.synonym {
            self.synonym(table, notes);
        }
        for table in file.action {
            self.action(table, notes);
        }
        for table in file.flow {
            self.flow(table, notes);
        }
        for (key, texts) in file.replies {
            self.reply(&key, texts, notes);
        }
    }

    fn category(&mut self, table: CategoryTable, notes: &mut Collector<'_>) {
        let name = self.define("category", &table.name, notes);
        limit("category", self.catalog.categories.len(), &table.name, notes);
        let examples = self.list("category", &name, table.examples, notes);
        self.catalog.categories.push(Category { name, examples });
    }

    fn entry(&mut self, table: FaqTable, notes: &mut Collector<'_>) {
        let at = table.id.span().start;
        let id = self.define("FAQ entry", &table.id, notes);
        let category = self.refer("category", table.category, notes);
        for question in [&table.question.en, &table.question.zh].into_iter().flatten() {
            let place = notes.place(question.span().start);
            self.catalog.places.note_text(question.as_ref().trim(), place);
        }
        let (question, answer) = (texts(table.question, notes), texts(table.answer, notes));
        let variants = self.list("FAQ entry", &id, table.variants, notes);
        let pairs = [("en", &question.en, &answer.en), ("zh", &question.zh, &answer.zh)];
        for (language, question, answer) in pairs {
            if question.is_empty() != answer.is_empty() {
                let missing = if question.is_empty() { "question" } else { "answer" };
                notes.note(at, format!("FAQ entry `{id}` has no {missing}.{language}"));
            }
        }
        if pairs.iter().all(|(_, question, answer)| question.is_empty() && answer.is_empty()) {
            notes.note(at, format!("FAQ entry `{id}` has neither question nor answer"));
        }
        let sites = kept_to(table.sites, "sites", notes);
        let segments = kept_to(table.segments, "segments", notes);
        let entry = FaqEntry { id, category, question, variants, answer, sites, segments };
        self.catalog.entries.push(entry);
    }

    fn intent(&mut self, table: IntentTable, notes: &mut Collector<'_>) {
        let at = table.name.span().start;
        let name = self.define("intent", &table.name, notes);
        limit("intent", self.catalog.intents.len(), &table.name, notes);
        let category = self.refer("category", table.category, notes);
        let entry = self.refer("FAQ entry", table.entry, notes);
        let examples = self.list("intent", &name, table.examples, notes);
        if examples.en.is_empty() && examples.zh.is_empty() {
            notes.note(at, format!("intent `{name}` has no examples"));
        }
        let act = match table.act.as_ref().map(|act| act.as_ref().as_str()) {
            None | Some("ask") => IntentAct::Ask,
            Some("smalltalk") => IntentAct::Smalltalk,
            Some("human") => IntentAct::Human,
            Some(other) => {
                let at = table.act.as_ref().map_or(at, |act| act.span().start);
                let message = format!("act `{other}` is none of `ask`, `smalltalk`, `human`");
                notes.note(at, message);
                IntentAct::Ask
            }
        };
        let reply = table.reply.map(|reply| both(reply, &format!("the reply of `{name}`"), notes));
        if act == IntentAct::Smalltalk && reply.is_none() {
            notes.note(at, format!("intent `{name}` is small talk and needs a reply"));
        }
        if act == IntentAct::Ask && reply.is_none() && entry.is_none() {
            self.unanswered.push((name.clone(), notes.file.to_owned(), notes.line(at)));
        }
        self.catalog.intents.push(Intent { name, category, examples, entry, reply, act });
    }

    fn urgency(&mut self, table: UrgencyTable, notes: &mut Collector<'_>) {
        let Some(level) = level(&table.level, notes) else { return };
        let examples = self.list("urgency", level.name(), table.examples, notes);
        self.catalog.urgency.push(UrgencyExamples { level, examples });
    }

    fn rule(&mut self, table: RuleTable, notes: &mut Collector<'_>) {
        let at = table.pattern.span().start;
        let pattern = compiled(&table.pattern, true, notes);
        let marks = (table.wants_human, table.intent, table.urgency);
        let mark = match marks {
            (Some(on), None, None) if *on.as_ref() => Some(RuleMark::WantsHuman),
            (None, Some(intent), None) => {
                self.refer("intent", Some(intent), notes).map(RuleMark::Intent)
            }
            (None, None, Some(urgency)) => level(&urgency, notes).map(RuleMark::Urgency),
            _ => {
                let message = "a rule has one of `wants_human = true`, `intent`, `urgency`";
                notes.note(at, message);
                None
            }
        };
        if let (Some(pattern), Some(mark)) = (pattern, mark) {
            self.catalog.rules.push(Rule { pattern, mark });
        }
    }

    fn reply(&mut self, key: &Spanned<String>, texts: TextTable, notes: &mut Collector<'_>) {
        let name = key.as_ref();
        let Some((reply, _)) = Reply::ALL.iter().find(|(_, known)| known == name) else {
            let known: Vec<&str> = Reply::ALL.iter().map(|(_, known)| *known).collect();
            let message = format!("`{name}` is no reply; the replies are {}", known.join(", "));
            return notes.note(key.span().start, message);
        };
        self.define("reply", key, notes);
        let texts = both(Spanned::new(key.span(), texts), &format!("reply `{name}`"), notes);
        self.catalog.replies.texts.insert(*reply, texts);
    }

    /// Notes where a name is defined; twice is a mistake.
    pub(super) fn define(
        &mut self,
        kind: &'static str,
        name: &Spanned<String>,
        notes: &mut Collector<'_>,
    ) -> String {
        let (at, name) = (name.span().start, name.as_ref().trim().to_owned());
        if name.is_empty() {
            notes.note(at, format!("the name of this {kind} is empty"));
            return name;
        }
        let here = (notes.file.to_owned(), notes.line(at));
        self.catalog.places.note_name(kind, &name, notes.place(at));
        match self.defined.get(&(kind, name.clone())) {
            Some((file, line)) => {
                let message = format!("{kind} `{name}` stands at {}:{line} too", file.display());
                notes.note(at, message);
            }
            None => {
                self.defined.insert((kind, name.clone()), here);
            }
        }
        name
    }

    /// Notes a name that must be defined somewhere.
    pub(super) fn refer(
        &mut self,
        kind: &'static str,
        name: Option<Spanned<String>>,
        notes: &Collector<'_>,
    ) -> Option<String> {
        let name = name?;
        let line = notes.line(name.span().start);
        let name = name.into_inner();
        self.uses.push(Use { file: notes.file.to_owned(), line, kind, name: name.clone() });
        Some(name)
    }

    fn list(
        &mut self,
        kind: &'static str,
        label: &str,
        list: ListTable,
        notes: &mut Collector<'_>,
    ) -> ByLanguage<Vec<String>> {
        let mut taken = |texts: Vec<Spanned<String>>| {
            let texts = texts.into_iter();
            texts.filter_map(|text| self.example(kind, label, &text, notes)).collect()
        };
        ByLanguage { en: taken(list.en), zh: taken(list.zh) }
    }

    /// An example, unless it is empty or stands for something else elsewhere.
    pub(super) fn example(
        &mut self,
        kind: &'static str,
        label: &str,
        text: &Spanned<String>,
        notes: &mut Collector<'_>,
    ) -> Option<String> {
        let (at, text) = (text.span().start, text.as_ref().trim());
        if text.is_empty() {
            notes.note(at, "an example is empty");
            return None;
        }
        self.catalog.places.note_text(text, notes.place(at));
        let key = (kind, text.to_lowercase());
        let here = (notes.file.to_owned(), notes.line(at), label.to_owned());
        match self.examples.get(&key) {
            Some((_, _, other)) if other == label => {}
            Some((file, line, other)) => {
                let place = file.display();
                let message = format!("`{text}` stands for {kind} `{other}` at {place}:{line} too");
                notes.note(at, message);
            }
            None => {
                self.examples.insert(key, here);
            }
        }
        Some(text.to_owned())
    }

    fn finish(mut self, folder: &Path) -> Result<Catalog, Mistakes> {
        for Use { file, line, kind, name } in std::mem::take(&mut self.uses) {
            if !self.defined.contains_key(&(kind, name.clone())) {
                let message = format!("there is no {kind} `{name}`");
                self.mistakes.push(Mistake { file, line, message });
            }
        }
        for (name, file, line) in std::mem::take(&mut self.unanswered) {
            if !self.catalog.flows.iter().any(|flow| flow.intents.contains(&name)) {
                let message = format!("intent `{name}` needs an entry, a reply or a flow");
                self.mistakes.push(Mistake { file, line, message });
            }
        }
        self.mistakes.extend(flows::mistakes(&self.catalog, &self.flow_places));
        if self.mistakes.is_empty() {
            for (reply, key) in Reply::ALL {
                if !reply.is_optional() && !self.catalog.replies.texts.contains_key(&reply) {
                    self.whole(folder, format!("no file has the reply `{key}` under [replies]"));
                }
            }
        }
        if self.mistakes.is_empty() {
            self.mistakes = lone(&self.catalog);
        }
        if self.mistakes.is_empty() {
            flows::settle(&mut self.catalog);
            return Ok(self.catalog);
        }
        self.mistakes.sort();
        Err(Mistakes(self.mistakes))
    }
}
