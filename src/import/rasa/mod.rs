//! A bot of Rasa (YAML of version 2 and 3): `nlu.yml`, `domain.yml`, `rules.yml`, `stories.yml`, in any
//! number of files. An intent that a rule answers with words becomes an entry; what needs actions,
//! forms or slots is left out by name.

mod annotated;
mod gather;
mod yaml;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::catalog::{ByLanguage, IntentAct};
use crate::domain::Language;
use crate::import::ImportError;
use crate::import::haul::{At, Haul, HaulIntent, HaulPattern, HaulSynonym, Wanted, Wording};
use crate::import::rasa::gather::{Gathered, Said};

/// Most bytes of a file.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// Files of a Rasa project that say nothing of what the bot knows.
const OTHER_FILES: [&str; 3] = ["config", "credentials", "endpoints"];
/// Folders that hold something else.
const OTHER_FOLDERS: [&str; 5] = ["models", "tests", "results", "node_modules", "venv"];

impl Haul {
    /// Reads files of a Rasa project; of folders, all their YAML.
    pub fn of_rasa(paths: &[PathBuf]) -> Result<Self, ImportError> {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() {
                yaml_files(path, &mut files)?;
            } else {
                files.push(path.clone());
            }
        }
        let mut haul = Self::default();
        let mut gathered = Gathered::default();
        for file in &files {
            let source = read(file)?;
            yaml::with_document(file, &source, |root| gathered.add(root, &mut haul))?;
        }
        if gathered.is_empty() {
            let file = paths.first().cloned().unwrap_or_default();
            let message = "holds no `nlu`, `responses` or `rules` of Rasa".to_owned();
            return Err(ImportError::Format { file, message });
        }
        join(gathered, &mut haul);
        haul.left_out.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Ok(haul)
    }
}

fn read(file: &Path) -> Result<String, ImportError> {
    let unreadable = |source| ImportError::File { file: file.to_owned(), source };
    let wrong =
        |message: &str| ImportError::Format { file: file.to_owned(), message: message.to_owned() };
    if fs::metadata(file).map_err(unreadable)?.len() > MOST_BYTES {
        return Err(wrong("is larger than 16 MiB"));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("is not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

fn yaml_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), ImportError> {
    let unreadable = |source| ImportError::File { file: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let is_yaml = path.extension().is_some_and(|end| end == "yml" || end == "yaml");
        if path.is_dir() && !name.is_empty() && !name.starts_with('.') {
            if !OTHER_FOLDERS.contains(&name) {
                yaml_files(&path, files)?;
            }
        } else if is_yaml && !OTHER_FILES.contains(&name) {
            files.push(path);
        }
    }
    Ok(())
}

/// Brings intents, what answers them, and the words together.
fn join(gathered: Gathered, haul: &mut Haul) {
    let Gathered { intents, synonyms, patterns, responses, rules, .. } = gathered;
    let mut used: Vec<&str> = Vec::new();
    for (name, Said { at, examples }) in &intents {
        let own = format!("utter_{name}");
        let actions: Vec<&str> = match rules.get(name) {
            Some((actions, _)) => actions.iter().map(String::as_str).collect(),
            None if responses.contains_key(&own) => vec![own.as_str()],
            None => vec![],
        };
        if is_wish_for_a_person(name, &actions) {
            let (name, at) = (name.clone(), at.clone());
            let examples = haul.short(examples.clone());
            let act = IntentAct::Human;
            haul.intents.push(HaulIntent { name, at, act, examples, ..HaulIntent::default() });
            continue;
        }
        if is_out_of_scope(name) {
            haul.leave(
                at,
                format!("`{name}` is not needed: what is out of scope is seen without it"),
            );
            continue;
        }
        let known = actions.iter().filter_map(|action| responses.get_key_value(*action));
        let known: Vec<(&String, &Vec<Wording>)> = known.collect();
        used.extend(known.iter().map(|(action, _)| action.as_str()));
        if known.is_empty() {
            let why = format!("no rule answers the intent `{name}` with words");
            haul.leave(at, why);
            continue;
        }
        let answers = answers(&known, haul);
        let (name, at, examples) = (name.clone(), at.clone(), examples.clone());
        if is_smalltalk(&name) {
            smalltalk(haul, Wanted { name, at, examples, answers });
        } else {
            haul.take(Wanted { name, at, examples, answers });
        }
    }
    for (name, texts) in &responses {
        if let (false, Some(first)) = (used.contains(&name.as_str()), texts.first()) {
            haul.leave(&first.at, format!("no intent leads to `{name}`"));
        }
    }
    for (name, (_, at)) in rules.iter().filter(|(name, _)| !intents.contains_key(*name)) {
        haul.leave(at, format!("there is no intent `{name}`, or it has no examples"));
    }
    synonyms_of(synonyms, haul);
    for (name, parts) in patterns {
        let Some((_, at)) = parts.first() else { continue };
        let pattern = match parts.as_slice() {
            [(only, _)] => only.clone(),
            all => {
                let all: Vec<String> = all.iter().map(|(part, _)| format!("(?:{part})")).collect();
                all.join("|")
            }
        };
        haul.patterns.push(HaulPattern { name: entity_name(&name), at: at.clone(), pattern });
    }
}

/// The first words of each response, one under the other where a rule has several.
fn answers(known: &[(&String, &Vec<Wording>)], haul: &mut Haul) -> Vec<Wording> {
    let mut answers: Vec<Wording> = Vec::new();
    for (name, texts) in known {
        let mut seen = Vec::new();
        for text in *texts {
            if seen.contains(&text.language) {
                let why = format!("a further wording of `{name}`: an answer has one");
                haul.leave(&text.at, why);
                continue;
            }
            seen.push(text.language);
            match answers.iter_mut().find(|answer| answer.language == text.language) {
                Some(answer) => answer.text = format!("{}\n\n{}", answer.text, text.text),
                None => answers.push(text.clone()),
            }
        }
    }
    answers
}

/// Small talk needs its words in both languages; every desk has some already.
fn smalltalk(haul: &mut Haul, wanted: Wanted) {
    let Wanted { name, at, examples, answers } = wanted;
    let of = |language| answers.iter().find(|answer| answer.language == language);
    let (Some(en), Some(zh)) = (of(Language::En), of(Language::Zh)) else {
        let why = format!(
            "small talk (`{name}`) needs words in English and in Chinese; new knowledge has its own in smalltalk.toml"
        );
        return haul.leave(&at, why);
    };
    let reply = Some(ByLanguage { en: en.text.clone(), zh: zh.text.clone() });
    let (act, examples) = (IntentAct::Smalltalk, haul.short(examples));
    haul.intents.push(HaulIntent { name, at, act, reply, examples, ..HaulIntent::default() });
}

fn is_smalltalk(name: &str) -> bool {
    const NAMES: [&str; 13] = [
        "greet",
        "greeting",
        "hello",
        "goodbye",
        "bye",
        "thank",
        "thanks",
        "thank_you",
        "thankyou",
        "affirm",
        "deny",
        "bot_challenge",
        "insult",
    ];
    NAMES.contains(&name)
        || ["mood_", "chitchat/", "smalltalk/"].iter().any(|p| name.starts_with(p))
}

fn is_out_of_scope(name: &str) -> bool {
    matches!(name, "out_of_scope" | "nlu_fallback" | "fallback")
        || name.starts_with("out_of_scope/")
}

fn is_wish_for_a_person(name: &str, actions: &[&str]) -> bool {
    const WORDS: [&str; 4] = ["handoff", "hand_off", "handover", "hand_over"];
    const NAMES: [&str; 7] = [
        "human",
        "talk_to_human",
        "speak_to_human",
        "talk_to_agent",
        "speak_to_agent",
        "agent",
        "contact_human",
    ];
    let has_word = |name: &str| WORDS.iter().any(|word| name.contains(word));
    NAMES.contains(&name) || has_word(name) || actions.iter().any(|action| has_word(action))
}

fn synonyms_of(synonyms: BTreeMap<String, Vec<(String, At)>>, haul: &mut Haul) {
    for (value, words) in synonyms {
        let Some((_, at)) = words.first() else { continue };
        let mut group = vec![Wording::of(&value, at.clone())];
        for (word, at) in &words {
            let is_new = |text: &Wording| text.text.to_lowercase() != word.to_lowercase();
            if group.iter().all(is_new) {
                group.push(Wording::of(word, at.clone()));
            }
        }
        // words of two languages cannot be read as each other
        let language = group.first().map(|first| first.language);
        let (own, other): (Vec<Wording>, Vec<Wording>) =
            group.into_iter().partition(|text| Some(text.language) == language);
        for text in other {
            let why = format!("`{}` is in another language than `{value}`", text.text);
            haul.leave(&text.at, why);
        }
        if own.len() > 1 {
            haul.synonyms.push(HaulSynonym { at: at.clone(), words: own });
        }
    }
}

/// A name as patterns have them.
fn entity_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    name.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NLU: &str = r#"version: "3.1"
nlu:
- intent: opening_hours
  examples: |
    - when do you open [tomorrow](day)
    - opening hours of the [NYC]{"entity": "city", "value": "New York"} shop
    - 你们[明天](day)几点开门
- intent: greet
  examples: |
    - hiya
- intent: ask_agent_handoff
  examples: |
    - get me somebody real
- intent: check_balance
  examples: |
    - what is on my account
- intent: out_of_scope
  examples: |
    - sing a song
- intent: faq/returns
  examples:
  - text: |
      can i give it back
  - text: |
      does the shop take things back
- synonym: New York
  examples: |
    - the big apple
- regex: account-number
  examples: |
    - \d{10,12}
- lookup: account-number
  examples: |
    - main account
"#;
    const DOMAIN: &str = r#"version: "3.1"
intents:
- opening_hours
slots:
  city:
    type: text
forms:
  balance_form:
    required_slots: []
responses:
  utter_hours:
  - text: "We open at 9."
  - text: "From nine."
  - text: "九点开门。"
  utter_more:
  - text: "Every day."
  utter_greet:
  - text: "Hi {name}!"
  - text: "Hi!"
  utter_lonely:
  - text: "Nobody gets here."
  utter_faq/returns:
  - text: "Within 30 days."
    image: "https://shop.example/a.png"
actions:
- action_balance
"#;
    const RULES: &str = r"rules:
- rule: hours
  steps:
  - intent: opening_hours
  - action: utter_hours
  - action: utter_more
- rule: hello
  steps:
  - intent: greet
  - action: utter_greet
- rule: balance
  steps:
  - intent: check_balance
  - action: action_balance
- rule: form
  condition:
  - active_loop: balance_form
  steps:
  - action: balance_form
  - active_loop: null
";

    fn project() -> (tempfile::TempDir, Haul) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        for (name, text) in
            [("data/nlu.yml", NLU), ("domain.yml", DOMAIN), ("data/rules.yml", RULES)]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::write(folder.path().join("config.yml"), "pipeline: [").unwrap();
        let haul = Haul::of_rasa(&[folder.path().to_owned()]).unwrap();
        (folder, haul)
    }

    #[test]
    fn intents_with_words_become_entries_in_both_languages() {
        let (_folder, haul) = project();
        let entries: Vec<_> = haul.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(entries, ["faq-returns", "opening_hours"]);
        let hours = &haul.entries[1];
        assert_eq!(hours.question.en, "when do you open tomorrow");
        assert_eq!(hours.answer.en, "We open at 9.\n\nEvery day.");
        assert_eq!(
            (hours.question.zh.as_str(), hours.answer.zh.as_str()),
            ("你们明天几点开门", "九点开门。")
        );
        let intents: Vec<_> = haul
            .intents
            .iter()
            .map(|intent| (intent.name.as_str(), intent.act, intent.examples.len()))
            .collect();
        assert_eq!(
            intents,
            [
                ("ask_agent_handoff", IntentAct::Human, 1),
                ("faq/returns", IntentAct::Ask, 2),
                ("opening_hours", IntentAct::Ask, 3),
            ]
        );
        let words: Vec<_> = haul.synonyms[0].words.iter().map(|text| text.text.as_str()).collect();
        assert_eq!((haul.synonyms.len(), words), (1, vec!["New York", "NYC", "the big apple"]));
        assert_eq!(haul.patterns[0].name, "account_number");
        assert_eq!(haul.patterns[0].pattern, r"(?:\d{10,12})|(?:(?i:\bmain account\b))");
    }

    #[test]
    fn what_has_no_counterpart_is_named_with_file_and_line() {
        let (folder, haul) = project();
        let told: Vec<String> = haul
            .left_out
            .iter()
            .map(|left| {
                let file = left.file.strip_prefix(folder.path()).unwrap().display();
                format!("{file}:{}: {}", left.line, left.why)
            })
            .collect();
        for expected in [
            "data/nlu.yml:8: small talk (`greet`) needs words in English and in Chinese",
            "data/nlu.yml:14: no rule answers the intent `check_balance` with words",
            "data/nlu.yml:17: `out_of_scope` is not needed",
            "data/rules.yml:14: the action `action_balance` is a program",
            "data/rules.yml:15: the rule `form` has conditions",
            "domain.yml:4: `slots` have no counterpart",
            "domain.yml:7: `forms` have no counterpart",
            "domain.yml:13: a further wording of `utter_hours`",
            "domain.yml:18: the words hold `{name}`",
            "domain.yml:21: no intent leads to `utter_lonely`",
            "domain.yml:24: `image` of a response is not taken",
            "domain.yml:25: `actions` have no counterpart",
        ] {
            assert!(told.iter().any(|told| told.starts_with(expected)), "{expected}\n{told:#?}");
        }
    }

    #[test]
    fn what_is_no_project_is_refused_by_name_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yml");
        for (text, told) in [
            ("nlu:\n- intent: [", "a.yml:"),
            ("hello: world\n", "a.yml: holds no `nlu`, `responses` or `rules` of Rasa"),
        ] {
            fs::write(&file, text).unwrap();
            let error = Haul::of_rasa(std::slice::from_ref(&file)).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        let missing = folder.path().join("none.yml");
        assert!(Haul::of_rasa(&[missing]).unwrap_err().to_string().contains("none.yml"));
    }
}
