//! An agent of Dialogflow ES, as its export writes it (a zip, or its folder): intents with what people
//! say in each language, responses, and entities. What needs contexts, parameters or a webhook is left
//! out by name.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::catalog::{ByLanguage, IntentAct};
use crate::domain::Language;
use crate::import::ImportError;
use crate::import::haul::{At, Haul, HaulIntent, HaulPattern, HaulSynonym, Wanted, Wording, plain};

/// Most bytes of a file, unpacked.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// Most bytes of an agent, unpacked.
const MOST_ALTOGETHER: u64 = 256 * 1024 * 1024;
/// Between an intent's name and the language of what people say.
const SAYS: &str = "_usersays_";
/// The same for what an entity may be.
const ENTRIES: &str = "_entries_";

/// The JSON files of an agent: their paths within it, and what stands there.
type Files = BTreeMap<String, String>;

/// A file of the agent, for messages.
struct Source<'a> {
    file: PathBuf,
    text: &'a str,
    json: Value,
}

impl Haul {
    /// Reads an exported agent.
    pub fn of_dialogflow(path: &Path) -> Result<Self, ImportError> {
        let unreadable = |source| ImportError::File { file: path.to_owned(), source };
        let mut files = Files::new();
        if fs::metadata(path).map_err(unreadable)?.is_dir() {
            for folder in ["intents", "entities"] {
                read_folder(path, folder, &mut files).map_err(unreadable)?;
            }
        } else {
            read_zip(path, &mut files)?;
        }
        let is_intent = |name: &&String| name.starts_with("intents/") && !name.contains(SAYS);
        if !files.keys().any(|name| is_intent(&name)) {
            let message = "holds no folder `intents` of a Dialogflow ES agent".to_owned();
            return Err(ImportError::Format { file: path.to_owned(), message });
        }
        let agent = Agent { path, files: &files };
        let mut haul = Self::default();
        for name in files.keys().filter(is_intent) {
            agent.intent(name, &mut haul)?;
        }
        let is_entity = |name: &&String| name.starts_with("entities/") && !name.contains(ENTRIES);
        for name in files.keys().filter(is_entity) {
            agent.entity(name, &mut haul)?;
        }
        haul.left_out.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Ok(haul)
    }
}

struct Agent<'a> {
    path: &'a Path,
    files: &'a Files,
}

impl Agent<'_> {
    fn open(&self, name: &str) -> Result<Source<'_>, ImportError> {
        let file = self.path.join(name);
        let text = self.files.get(name).map_or("", String::as_str);
        let json = serde_json::from_str(text).map_err(|error| ImportError::Row {
            file: file.clone(),
            line: error.line(),
            message: format!("is no JSON: {error}"),
        })?;
        Ok(Source { file, text, json })
    }

    /// The files beside `name` that go by language, with the language's code.
    fn by_language(&self, name: &str, between: &str) -> Vec<(String, String)> {
        let stem = format!("{}{between}", name.trim_end_matches(".json"));
        let beside = self.files.keys().filter_map(|file| {
            let code = file.strip_prefix(&stem)?.strip_suffix(".json")?;
            Some((file.clone(), code.to_owned()))
        });
        beside.collect()
    }

    fn intent(&self, file: &str, haul: &mut Haul) -> Result<(), ImportError> {
        let source = self.open(file)?;
        let stem = file.trim_start_matches("intents/").trim_end_matches(".json");
        let name = source.json.get("name").and_then(Value::as_str).unwrap_or(stem).to_owned();
        let at = source.at("\"name\"");
        if source.is("fallbackIntent") {
            let why = format!("`{name}` is a fallback: what is not known is seen without it");
            haul.leave(&at, why);
            return Ok(());
        }
        let contexts = source.json.get("contexts").and_then(Value::as_array);
        if let Some(first) = contexts.and_then(|contexts| contexts.first()) {
            let context = first.as_str().unwrap_or_default();
            let why = format!("`{name}` is heard in the context `{context}` only");
            haul.leave(&source.at("\"contexts\""), why);
            return Ok(());
        }
        let mut examples = Vec::new();
        for (file, code) in self.by_language(file, SAYS) {
            let says = self.open(&file)?;
            match language(&code) {
                Some(language) => says.said(language, &mut examples),
                None => {
                    haul.leave(&says.at("["), format!("`{code}` is neither English nor Chinese"));
                }
            }
        }
        if examples.is_empty() {
            let why = format!("nobody says `{name}` in English or Chinese");
            haul.leave(&at, why);
            return Ok(());
        }
        if source.is("webhookUsed") {
            let why = format!("the webhook of `{name}` is a program and is not taken");
            haul.leave(&source.at("\"webhookUsed\""), why);
        }
        let answers = source.answers(&name, haul);
        take(haul, Wanted { name, at, examples, answers });
        Ok(())
    }

    fn entity(&self, file: &str, haul: &mut Haul) -> Result<(), ImportError> {
        let source = self.open(file)?;
        let stem = file.trim_start_matches("entities/").trim_end_matches(".json");
        let name = source.json.get("name").and_then(Value::as_str).unwrap_or(stem).to_owned();
        for (file, code) in self.by_language(file, ENTRIES) {
            let entries = self.open(&file)?;
            let Some(language) = language(&code) else {
                haul.leave(&entries.at("["), format!("`{code}` is neither English nor Chinese"));
                continue;
            };
            let all = entries.json.as_array().cloned().unwrap_or_default();
            if source.is("isRegexp") {
                entries.patterns(&name, &all, haul);
                continue;
            }
            let is_enum = source.is("isEnum");
            for entry in &all {
                entries.words(entry, language, is_enum, haul);
            }
        }
        Ok(())
    }
}

fn take(haul: &mut Haul, wanted: Wanted) {
    let lower = wanted.name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let act = if has(&["handoff", "hand off", "handover", "live agent", "talk to human", "转人工"])
    {
        IntentAct::Human
    } else if has(&["smalltalk", "small talk", "welcome intent"]) {
        IntentAct::Smalltalk
    } else {
        return haul.take(wanted);
    };
    let Wanted { name, at, examples, answers } = wanted;
    let of = |language| {
        let own = answers.iter().find(|answer| answer.language == language);
        own.map(|answer| answer.text.clone())
    };
    let reply = match (act, of(Language::En), of(Language::Zh)) {
        (IntentAct::Human, ..) => None,
        (_, Some(en), Some(zh)) => Some(ByLanguage { en, zh }),
        _ => {
            let why = format!(
                "small talk (`{name}`) needs words in English and in Chinese; new knowledge has its own in smalltalk.toml"
            );
            return haul.leave(&at, why);
        }
    };
    let examples = haul.short(examples);
    haul.intents.push(HaulIntent { name, at, act, entry: None, reply, examples });
}

impl Source<'_> {
    /// The place where `needle` stands first.
    fn at(&self, needle: &str) -> At {
        let before = self.text.find(needle).and_then(|at| self.text.get(..at)).unwrap_or_default();
        At::new(&self.file, before.matches('\n').count() + 1)
    }

    fn at_text(&self, text: &str) -> At {
        self.at(&Value::from(text).to_string())
    }

    fn is(&self, key: &str) -> bool {
        self.json.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// What people say: the parts of each phrase joined, whatever they are marked as.
    fn said(&self, language: Language, examples: &mut Vec<Wording>) {
        for phrase in self.json.as_array().into_iter().flatten() {
            let parts = phrase.get("data").and_then(Value::as_array).into_iter().flatten();
            let parts: Vec<&str> =
                parts.filter_map(|part| part.get("text").and_then(Value::as_str)).collect();
            let text = plain(&parts.concat());
            if !text.is_empty() {
                let at = self.at_text(parts.first().copied().unwrap_or_default());
                examples.push(Wording { language, text, at });
            }
        }
    }

    /// The words of the responses, the first a language.
    fn answers(&self, name: &str, haul: &mut Haul) -> Vec<Wording> {
        let mut answers: Vec<Wording> = Vec::new();
        let responses = self.json.get("responses").and_then(Value::as_array).into_iter().flatten();
        for response in responses {
            let parameters = response.get("parameters").and_then(Value::as_array);
            let is_required = |parameter: &&Value| {
                parameter.get("required").and_then(Value::as_bool).unwrap_or(false)
            };
            if parameters.into_iter().flatten().any(|parameter| is_required(&parameter)) {
                let why =
                    format!("`{name}` asks for parameters before it answers; it does not here");
                haul.leave(&self.at("\"parameters\""), why);
            }
            let messages = response.get("messages").and_then(Value::as_array);
            for message in messages.into_iter().flatten() {
                self.answer(message, &mut answers, haul);
            }
        }
        answers
    }

    fn answer(&self, message: &Value, answers: &mut Vec<Wording>, haul: &mut Haul) {
        let kind = message.get("type").map(|kind| kind.to_string().replace('"', ""));
        let speech = message.get("speech");
        let words: Vec<&str> = match speech {
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            _ => vec![],
        };
        let Some(first) = words.iter().find(|text| !text.trim().is_empty()) else {
            if kind.as_deref().is_some_and(|kind| kind != "0" && kind != "message") {
                let kind = kind.unwrap_or_default();
                haul.leave(
                    &self.at("\"messages\""),
                    format!("a message of type {kind} is no text"),
                );
            }
            return;
        };
        let at = self.at_text(first);
        let code = message.get("lang").and_then(Value::as_str);
        let by_words = Wording::of(first, at.clone()).language;
        let Some(language) = code.map_or(Some(by_words), language) else {
            return; // what people say in it is named already
        };
        if let Some(parameter) = parameter_in(first) {
            let why = format!("the words hold `{parameter}`, which only a program can fill in");
            return haul.leave(&at, why);
        }
        if words.len() > 1 {
            let why = format!("of {} wordings the first is taken", words.len());
            haul.leave(&at, why);
        }
        let text = plain(first);
        match answers.iter_mut().find(|answer| answer.language == language) {
            Some(answer) => answer.text = format!("{}\n\n{text}", answer.text),
            None => answers.push(Wording { language, text, at }),
        }
    }

    fn patterns(&self, name: &str, entries: &[Value], haul: &mut Haul) {
        let parts: Vec<String> = entries
            .iter()
            .filter_map(|entry| entry.get("value").and_then(Value::as_str))
            .map(|pattern| format!("(?:{pattern})"))
            .collect();
        let plain_name =
            |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let name: String = name.chars().map(plain_name).collect();
        if !parts.is_empty() {
            haul.patterns.push(HaulPattern {
                name,
                at: self.at("\"value\""),
                pattern: parts.join("|"),
            });
        }
    }

    /// The words for one value of an entity.
    fn words(&self, entry: &Value, language: Language, is_enum: bool, haul: &mut Haul) {
        let value = entry.get("value").and_then(Value::as_str).unwrap_or_default();
        let at = self.at_text(value);
        if value.contains('@') || is_enum {
            let why = format!("`{value}` is made of other entities");
            return haul.leave(&at, why);
        }
        let synonyms = entry.get("synonyms").and_then(Value::as_array).into_iter().flatten();
        let mut words: Vec<Wording> = Vec::new();
        let all = std::iter::once(value).chain(synonyms.filter_map(Value::as_str));
        for word in all.map(str::trim).filter(|word| !word.is_empty()) {
            let is_same = |text: &Wording| text.text.to_lowercase() == word.to_lowercase();
            if !words.iter().any(is_same) {
                words.push(Wording { language, text: word.to_owned(), at: at.clone() });
            }
        }
        if words.len() > 1 {
            haul.synonyms.push(HaulSynonym { at, words });
        }
    }
}

fn language(code: &str) -> Option<Language> {
    match code.split(['-', '_']).next()? {
        "en" => Some(Language::En),
        "zh" => Some(Language::Zh),
        _ => None,
    }
}

/// A parameter that the words name: `$city`, `#order.number`.
fn parameter_in(words: &str) -> Option<&str> {
    words.split_whitespace().find(|word| {
        let rest = word.strip_prefix(['$', '#']);
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic() || c == '_'))
    })
}

fn is_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "json")
}

fn read_folder(root: &Path, folder: &str, files: &mut Files) -> std::io::Result<()> {
    let path = root.join(folder);
    if !path.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if is_json(name) && fs::metadata(&path)?.len() <= MOST_BYTES {
            files.insert(format!("{folder}/{name}"), fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// Reads the files of a zip; nothing is unpacked to the disk, and no more than is allowed to memory.
fn read_zip(path: &Path, files: &mut Files) -> Result<(), ImportError> {
    let wrong = |message: String| ImportError::Format { file: path.to_owned(), message };
    let file = fs::File::open(path)
        .map_err(|source| ImportError::File { file: path.to_owned(), source })?;
    let mut zip =
        zip::ZipArchive::new(file).map_err(|error| wrong(format!("is no zip: {error}")))?;
    let mut left = MOST_ALTOGETHER;
    for at in 0..zip.len() {
        let entry = zip.by_index(at).map_err(|error| wrong(error.to_string()))?;
        let name = entry.name().to_owned();
        // some exports have a folder of their own around it
        let start = ["intents/", "entities/"].into_iter().filter_map(|part| name.find(part)).min();
        let Some(inside) = start.and_then(|start| name.get(start..)) else { continue };
        if !is_json(inside) || inside.matches('/').count() != 1 {
            continue;
        }
        let mut text = String::new();
        let most = MOST_BYTES.min(left);
        let read = entry.take(most + 1).read_to_string(&mut text);
        let read = read.map_err(|error| wrong(format!("{inside}: {error}")))? as u64;
        if read > most {
            return Err(wrong(format!(
                "{inside}: is larger than 16 MiB, or the agent than 256 MiB"
            )));
        }
        left -= read;
        files.insert(inside.to_owned(), text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const FILES: [(&str, &str); 14] = [
        ("agent.json", "{}"),
        (
            "intents/Opening hours.json",
            "{\n  \"name\": \"Opening hours\",\n  \"contexts\": [],\n  \"responses\": [{\"parameters\": [],\n    \"messages\": [\n      {\"type\": \"0\", \"lang\": \"en\", \"speech\": [\"We open at 9.\", \"From nine.\"]},\n      {\"type\": 0, \"lang\": \"zh-cn\", \"speech\": \"九点开门。\"},\n      {\"type\": 4, \"lang\": \"en\", \"payload\": {}}]}],\n  \"webhookUsed\": true\n}",
        ),
        (
            "intents/Opening hours_usersays_en.json",
            "[{\"data\": [{\"text\": \"when do you open \"}, {\"text\": \"tomorrow\", \"meta\": \"@sys.date\"}]},\n {\"data\": [{\"text\": \"opening times\"}]}]",
        ),
        ("intents/Opening hours_usersays_zh-cn.json", "[{\"data\": [{\"text\": \"几点开门\"}]}]"),
        ("intents/Opening hours_usersays_de.json", "[{\"data\": [{\"text\": \"wann\"}]}]"),
        (
            "intents/Default Fallback Intent.json",
            "{\"name\": \"Default Fallback Intent\", \"fallbackIntent\": true}",
        ),
        ("intents/Yes.json", "{\"name\": \"Yes\",\n\"contexts\": [\"order\"]}"),
        (
            "intents/Order.json",
            "{\"name\": \"Order\",\n\"responses\": [{\"parameters\": [{\"required\": true}],\n\"messages\": [{\"type\": \"0\", \"speech\": [\"Your order $number is on its way\"]}]}]}",
        ),
        ("intents/Order_usersays_en.json", "[{\"data\": [{\"text\": \"where is my order\"}]}]"),
        ("entities/size.json", "{\"name\": \"size\"}"),
        (
            "entities/size_entries_en.json",
            "[{\"value\": \"large\", \"synonyms\": [\"large\", \"big\", \"L size\"]}, {\"value\": \"@a:a\", \"synonyms\": []}]",
        ),
        ("entities/member-id.json", "{\"name\": \"member-id\", \"isRegexp\": true}"),
        ("entities/member-id_entries_en.json", "[{\"value\": \"M\\\\d{8}\", \"synonyms\": []}]"),
        ("package.json", "{\"version\": \"1.0.0\"}"),
    ];

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in FILES {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }

    fn told(haul: &Haul, root: &Path) -> Vec<String> {
        let left = haul.left_out.iter().map(|left| {
            let file = left.file.strip_prefix(root).unwrap().display();
            format!("{file}:{}: {}", left.line, left.why)
        });
        left.collect()
    }

    #[test]
    fn an_agent_is_understood_from_a_folder_and_from_a_zip_alike() {
        let folder = folder();
        let haul = Haul::of_dialogflow(folder.path()).unwrap();
        let hours = &haul.entries[0];
        assert_eq!(hours.id, "opening-hours");
        assert_eq!(hours.question.en, "when do you open tomorrow");
        assert_eq!(
            (hours.answer.en.as_str(), hours.answer.zh.as_str()),
            ("We open at 9.", "九点开门。")
        );
        assert_eq!((haul.entries.len(), haul.intents[0].examples.len()), (1, 3));
        let words: Vec<_> = haul.synonyms[0].words.iter().map(|text| text.text.as_str()).collect();
        assert_eq!(words, ["large", "big", "L size"]);
        assert_eq!(
            (haul.patterns[0].name.as_str(), haul.patterns[0].pattern.as_str()),
            ("member_id", "(?:M\\d{8})")
        );
        let told = told(&haul, folder.path());
        for expected in [
            "entities/size_entries_en.json:1: `@a:a` is made of other entities",
            "intents/Default Fallback Intent.json:1: `Default Fallback Intent` is a fallback",
            "intents/Opening hours.json:5: a message of type 4 is no text",
            "intents/Opening hours.json:6: of 2 wordings the first is taken",
            "intents/Opening hours.json:9: the webhook of `Opening hours` is a program",
            "intents/Opening hours_usersays_de.json:1: `de` is neither English nor Chinese",
            "intents/Order.json:2: `Order` asks for parameters",
            "intents/Order.json:3: the words hold `$number`",
            "intents/Yes.json:2: `Yes` is heard in the context `order` only",
        ] {
            assert!(told.iter().any(|told| told.starts_with(expected)), "{expected}\n{told:#?}");
        }

        let zipped = folder.path().join("agent.zip");
        let mut zip = zip::ZipWriter::new(fs::File::create(&zipped).unwrap());
        for (name, text) in FILES {
            zip.start_file(format!("Shop/{name}"), zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        let again = Haul::of_dialogflow(&zipped).unwrap();
        assert_eq!(again.size(), haul.size());
        assert_eq!(self::told(&again, &zipped), told);
    }

    #[test]
    fn what_is_no_agent_is_refused_by_name() {
        let folder = folder();
        let broken = folder.path().join("intents/Order.json");
        fs::write(&broken, "{\n\"name\": }").unwrap();
        let error = Haul::of_dialogflow(folder.path()).unwrap_err().to_string();
        assert!(error.contains("Order.json:2: is no JSON"), "{error}");
        let error = Haul::of_dialogflow(&broken).unwrap_err().to_string();
        assert!(error.contains("Order.json: is no zip"), "{error}");
        let empty = tempfile::tempdir().unwrap();
        let error = Haul::of_dialogflow(empty.path()).unwrap_err().to_string();
        assert!(error.contains("holds no folder `intents`"), "{error}");
    }
}
