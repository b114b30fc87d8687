//! `frontdesk test` and `frontdesk replay` from outside: what operators run before they change what
//! the bot says.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::app::{PATIENCE, TestApp, copy_knowledge};
use crate::process::{Process, frontdesk};

/// Whether a command succeeded, its standard output, and its standard error.
pub(crate) fn run(command: &mut Command) -> (bool, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// The command, by words alone, on the tests' knowledge in a folder of its own.
pub(crate) fn by_words(folder: &Path) -> Command {
    copy_knowledge(&folder.join("intents"));
    let mut command = frontdesk(folder);
    command.env("FRONTDESK_ENCODER_ENABLED", "false");
    command
}

#[test]
fn the_shipped_transcripts_hold_with_the_shipped_knowledge() {
    let data = tempfile::tempdir().unwrap();
    let mut command = frontdesk(Path::new(env!("CARGO_MANIFEST_DIR")));
    command.env("FRONTDESK_SERVER_DATA", data.path());
    let (is_fine, told, wrong) = run(command.args(["test", "--json"]));
    let report: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told}{wrong}"));
    let verdicts = report["verdicts"].as_array().unwrap();
    let failed: Vec<&Value> =
        verdicts.iter().filter(|v| !v["mismatches"].as_array().unwrap().is_empty()).collect();
    assert!(is_fine && failed.is_empty(), "{failed:#?}{wrong}");
    for language in ["en", "zh"] {
        let spoken = verdicts.iter().filter(|verdict| verdict["did"]["language"] == language);
        assert!(spoken.count() >= 12, "{language}");
    }
}

#[test]
fn a_difference_is_shown_with_its_place_and_fails_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let good = "[[conversation]]\nname = \"parcels\"\nturn = [\n  { says = \"Where is my parcel?\", entry = \"track\" },\n";
    fs::write(&file, format!("{good}]\n")).unwrap();
    let (is_fine, told, _) = run(by_words(folder.path()).args(["test", "mine.toml"]));
    assert!(is_fine && told.contains("ok    mine.toml: 1 turns"), "{told}");
    fs::write(&file, format!("{good}  {{ says = \"怎么开发票\", entry = \"hours\" }},\n]\n"))
        .unwrap();
    let (is_fine, told, _) = run(by_words(folder.path()).args(["test", "mine.toml"]));
    assert!(!is_fine);
    for part in [
        "FAIL  mine.toml: 2 turns, 1 not as expected",
        "mine.toml:5: parcels, turn 2",
        "customer  怎么开发票",
        "- hours",
        "+ invoice",
        "because   intents",
        "1 conversations, 2 turns, 1 not as expected.",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
    let (is_fine, json, _) = run(by_words(folder.path()).args(["test", "mine.toml", "--json"]));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert!(!is_fine);
    assert_eq!((&report["turns"], &report["failed"]), (&2.into(), &1.into()));
    assert_eq!(report["verdicts"][1]["mismatches"][0]["what"], "entry");
    let (is_fine, _, wrong) =
        run(by_words(folder.path()).args(["test", "--only", "x", "mine.toml"]));
    assert!(!is_fine && wrong.contains("no conversation has such a name"), "{wrong}");
}

#[test]
fn transcripts_with_mistakes_are_refused_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let talk = "[[conversation]]\nname = \"x\"\nturn = [\n{ says = \"a\", entry = \"trak\", intent = \"nothing\" },\n]\n";
    fs::write(folder.path().join("a.toml"), talk).unwrap();
    fs::write(folder.path().join("b.toml"), "[[conversation]]\nname = 1\n").unwrap();
    let (is_fine, told, wrong) = run(by_words(folder.path()).args(["test", "a.toml"]));
    assert!(!is_fine && told.is_empty());
    assert!(wrong.contains("a.toml:4: the knowledge has no entry `trak`"), "{wrong}");
    assert!(wrong.contains("a.toml:4: the knowledge has no intent `nothing`"), "{wrong}");
    for (path, message) in [
        ("b.toml", "b.toml:2: invalid type"),
        ("c.toml", "c.toml: there is no such file or folder"),
        ("data", "data: holds no *.toml file"),
    ] {
        fs::create_dir_all(folder.path().join("data")).unwrap();
        let (is_fine, _, wrong) = run(by_words(folder.path()).args(["test", path]));
        assert!(!is_fine && wrong.contains(message), "{wrong}");
    }
}

/// A data folder with a conversation of a customer, whose server has stopped.
async fn recorded() -> tempfile::TempDir {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    for (client_id, text, events) in [
        ("1", "Where is my parcel?", 2),
        ("2", "怎么开发票", 4),
        ("3", "how tall is mount everest", 6),
        ("4", "I want to talk to a human", 9),
    ] {
        visitor.say(client_id, text).await;
        visitor.wait_for(events).await;
    }
    stopped(app).await
}

/// Stops a server whose data a command shall read.
pub(crate) async fn stopped(app: TestApp) -> tempfile::TempDir {
    let folder = app.stop().await;
    // within one process, a server's last sockets let go of its log a moment after its stop
    let lock = folder.path().join("data/lock");
    let let_go = async {
        while fs::File::open(&lock).unwrap().try_lock().is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, let_go).await.unwrap();
    folder
}

#[tokio::test]
async fn changed_knowledge_is_tried_on_what_customers_wrote() {
    let folder = recorded().await;
    let replay = |more: &[&str]| {
        let mut command = frontdesk(folder.path());
        command.env("FRONTDESK_ENCODER_ENABLED", "false");
        run(command.args(["replay", "--data", "data"]).args(more))
    };
    let (is_fine, told, wrong) = replay(&[]);
    assert!(is_fine, "{wrong}");
    assert!(told.starts_with("4 messages of 1 conversations, decided about again"), "{told}");
    assert!(told.contains("the same                           4  100.0 %"), "{told}");

    // another answer, another entry, and a question that was not known
    let changed = folder.path().join("changed");
    copy_knowledge(&changed);
    let shop = fs::read_to_string(changed.join("shop.toml")).unwrap();
    let shop = shop.replace("under My orders", "in the app").replace("\"invoice\"", "\"bill\"");
    fs::write(changed.join("shop.toml"), shop).unwrap();
    let everest = "[[faq]]\nid = 'everest'\nquestion.en = 'How tall is Mount Everest?'\nanswer.en = '8,849 metres.'\n";
    fs::write(changed.join("everest.toml"), everest).unwrap();
    let args = ["--knowledge", "changed", "--since", "1h", "--report", "replay.html"];
    let (is_fine, told, wrong) = replay(&args);
    assert!(is_fine, "{wrong}");
    for part in [
        "- answer from `invoice`",
        "+ answer from `bill`",
        "- fallback",
        "+ answer from `everest`",
        "8,849 metres.",
        "fallback → answer",
        "in the app",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
    let page = fs::read_to_string(folder.path().join("replay.html")).unwrap();
    assert!(page.contains("8,849 metres.") && page.contains("how tall is mount everest"));
    let (_, json, _) = replay(&["--knowledge", "changed", "--json"]);
    let report: Value = serde_json::from_str(&json).unwrap();
    let count = |name: &str| report[name].as_u64().unwrap();
    assert_eq!([count("turns"), count("otherwise"), count("words")], [4, 2, 1], "{report:#}");
    assert_eq!(report["differences"].as_array().unwrap().len(), 3);

    let (is_fine, told, wrong) = replay(&["--since", "2999-01-01"]);
    assert!(is_fine && told.starts_with("0 messages"), "{told}");
    assert!(wrong.contains("no message was recorded since then"), "{wrong}");
    for (args, message) in [
        (["--since", "soon"], "--since soon: is no day such as 2026-11-01"),
        (["--data", "nowhere"], "there is no event store in nowhere"),
        (["--knowledge", "nowhere"], "nowhere: cannot be read"),
    ] {
        let mut command = frontdesk(folder.path());
        let (is_fine, _, wrong) = run(command.arg("replay").args(args));
        assert!(!is_fine && wrong.contains(message), "{wrong}");
    }
    assert!(!folder.path().join("nowhere").exists());
}

#[tokio::test]
async fn what_the_encoders_read_is_remembered_for_the_next_replay() {
    let folder = recorded().await;
    let replay_as = |file: &str, more: &[&str]| {
        let mut command = frontdesk(folder.path());
        command.env("FRONTDESK_SERVER_INTENTS", concat!(env!("CARGO_MANIFEST_DIR"), "/intents"));
        command.args(["replay", "--data", "data", "--json", "--remember", file]);
        run(command.args(more))
    };
    let replay = |file: &str| replay_as(file, &[]);
    let (is_fine, first, wrong) = replay("read.bin");
    assert!(is_fine, "{wrong}");
    let read = fs::read(folder.path().join("read.bin")).unwrap();
    let vector = 384 * 4;
    assert!(read.len() > 4 * 2 * vector, "{} bytes for four messages", read.len());
    assert_eq!(replay("read.bin").1, first, "the same is decided about the same vectors");
    let (is_fine, _, wrong) = replay_as("read.bin", &["--tier", "lexical"]);
    assert!(!is_fine && wrong.contains("words alone are read"), "{wrong}");
    assert_eq!(fs::read(folder.path().join("read.bin")).unwrap(), read);

    fs::write(folder.path().join("notes.txt"), "buy milk").unwrap();
    let (is_fine, _, wrong) = replay("notes.txt");
    assert!(!is_fine && wrong.contains("notes.txt: is no file of this command"), "{wrong}");
    assert_eq!(fs::read_to_string(folder.path().join("notes.txt")).unwrap(), "buy milk");
}

#[tokio::test]
async fn a_running_server_keeps_its_record_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    copy_knowledge(&folder.path().join("intents"));
    let server = Process::start(folder.path());
    let (is_fine, _, wrong) = run(frontdesk(folder.path()).args(["replay", "--data", "data"]));
    server.kill();
    assert!(
        !is_fine && wrong.contains("another frontdesk already uses the data folder"),
        "{wrong}"
    );
}
