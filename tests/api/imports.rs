//! `frontdesk import` from outside: bots and pages from elsewhere become knowledge that `check` accepts
//! and that answers.

use std::fs;
use std::path::Path;

use crate::process::frontdesk;
use crate::transcripts::run;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/samples");

/// Runs a command in `folder`, by words alone: whether it succeeded, and what it said.
fn told(folder: &Path, args: &[&str]) -> (bool, String) {
    let mut command = frontdesk(folder);
    command.env("FRONTDESK_ENCODER_ENABLED", "false");
    let (is_fine, told, wrong) = run(command.args(args));
    (is_fine, told + &wrong)
}

fn answers(folder: &Path, question: &str, part: &str) {
    let (is_fine, told) = told(folder, &["ask", question]);
    assert!(is_fine && told.contains(part), "{question}: {told}");
}

/// Imports a sample: shown first, nothing written; then written, accepted, and it answers.
fn imported(kind: &str, sample: &str, not_taken: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = format!("{SAMPLES}/{sample}");
    let (is_fine, shown) = told(folder.path(), &["import", kind, &path]);
    assert!(is_fine && shown.contains("Nothing is written; --yes writes"), "{shown}");
    assert!(!folder.path().join("intents").exists());
    for part in not_taken {
        assert!(shown.contains(part), "{part} is missing in\n{shown}");
    }
    let import = ["import", kind, &path, "--yes", "--as", "ferry.toml", "--shop", "Arran Ferries"];
    let (is_fine, written) = told(folder.path(), &import);
    assert!(is_fine && written.contains("intents/ferry.toml"), "{written}");
    let (is_fine, checked) = told(folder.path(), &["check"]);
    assert!(is_fine, "{checked}");
    answers(folder.path(), "when does the ferry leave", "every full hour from 7 to 22");
    let (is_fine, again) = told(folder.path(), &import);
    assert!(!is_fine && again.contains("ferry.toml: is there already"), "{again}");
    folder
}

#[test]
fn a_bot_of_rasa_becomes_knowledge() {
    let not_taken = [
        "data/nlu.yml:3: small talk (`greet`) needs words in English and in Chinese",
        "data/nlu.yml:10: `ferry timetable please` stands for intent `bike_on_board`",
        "data/nlu.yml:21: no rule answers the intent `book_ticket` with words",
        "data/rules.yml:14: the action `ticket_form` is a program",
        "domain.yml:13: `forms` have no counterpart",
    ];
    let folder = imported("rasa", "rasa", &not_taken);
    answers(folder.path(), "bike on board", "Bicycles travel free of charge.");
    answers(folder.path(), "渡轮明天几点有船", "每逢整点开船");
    answers(folder.path(), "put me through to one of your staff on the pier", "queue for a human");
    let written = fs::read_to_string(folder.path().join("intents/ferry.toml")).unwrap();
    assert!(written.contains("\"the mainland harbour\"") && written.contains("F-[0-9]{6}"));
}

#[test]
fn an_agent_of_dialogflow_becomes_knowledge() {
    let not_taken = ["Default Fallback Intent.json:2: `Default Fallback Intent` is a fallback"];
    let folder = imported("dialogflow", "dialogflow", &not_taken);
    answers(folder.path(), "渡轮几点开", "每逢整点开船");
}

#[test]
fn a_page_of_a_help_centre_becomes_knowledge() {
    let not_taken = ["help.html:20: the heading “Our fleet” does not read like a question"];
    let folder = imported("page", "help.html", &not_taken);
    answers(folder.path(), "can I take my bicycle", "https://ferry.example/bikes");
    answers(folder.path(), "渡轮几点开", "每逢整点开船");
    let written = fs::read_to_string(folder.path().join("intents/ferry.toml")).unwrap();
    assert!(!written.contains('<') && !written.contains("document.title"), "{written}");
}

#[test]
fn what_cannot_be_imported_is_refused_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yml"), "nlu:\n- intent: \"x\n").unwrap();
    fs::write(folder.path().join("a.html"), "<p>Hello</p>").unwrap();
    for (kind, path, message) in [
        ("rasa", "a.yml", "a.yml:"),
        ("rasa", "none.yml", "none.yml: "),
        ("dialogflow", "a.html", "a.html: is no zip"),
        ("page", "a.html", "a.html: holds no question with an answer"),
    ] {
        let (is_fine, told) = told(folder.path(), &["import", kind, path, "--yes"]);
        assert!(!is_fine && told.contains(message), "{kind} {path}: {told}");
    }
    let (is_fine, told) = told(folder.path(), &["import", "page", "a.html", "--as", "../x.toml"]);
    assert!(!is_fine && told.contains("must be the name of a .toml file"), "{told}");
    assert!(!folder.path().join("intents").exists());
}
