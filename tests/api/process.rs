//! The program itself: its command line, and a port, a folder or a disk that cannot be used.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::app::copy_knowledge;

/// A server as a process of its own.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) url: String,
}

pub(crate) fn frontdesk(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.current_dir(folder).env("FRONTDESK_LOG_LEVEL", "warn");
    command.env("FRONTDESK_ENCODER_MODELS", concat!(env!("CARGO_MANIFEST_DIR"), "/models"));
    command
}

impl Process {
    /// Starts a server in `folder` and waits until it is ready.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut command = frontdesk(folder);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
        command.env("FRONTDESK_ENCODER_ENABLED", "false"); // these tests are about the store
        Self::of(command)
    }

    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut url = None;
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // the addresses come at once, when everything is ready; the set-up link is last, since no
        // test makes an admin in a process of its own
        for line in lines.by_ref().map_while(Result::ok) {
            let address = line.find("http://").map(|at| line[at..].to_owned());
            if line.contains("#setup=") {
                break;
            }
            if line.contains("console") {
                url = address.map(|address| address.trim_end_matches("/console").to_owned());
            }
        }
        let Some(url) = url else { panic!("the server did not start: {:?}", child.wait()) };
        Self { child, url }
    }

    pub(crate) fn kill(self) {
        drop(self);
    }
}

/// No server outlives its test, however that ends: it would keep the output open of whoever runs the tests.
impl Drop for Process {
    fn drop(&mut self) {
        // one that has ended already cannot be killed
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(command: &mut Command) -> (bool, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = [stdout, stderr].concat();
    (status.success(), String::from_utf8(text).unwrap())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_knowledge(&folder.path().join("intents"));
    folder
}

#[test]
fn ask_prints_the_answer_and_why() {
    let folder = folder();
    let (is_fine, text) = run(frontdesk(folder.path()).args(["ask", "where is my parcel"]));
    assert!(is_fine, "{text}");
    for part in [
        "tracking number under My orders",
        "tokens",
        "where · is · my · parcel",
        "intent",
        "category",
        "urgency",
        "candidates",
        "track ",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let (is_fine, text) = run(frontdesk(folder.path()).args(["ask", "--json", "怎么开发票"]));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(is_fine);
    assert_eq!(json["reading"]["language"], "zh");
    assert_eq!(json["reading"]["answers"][0]["id"], "invoice");
}

#[test]
fn ask_takes_the_site_and_the_segments_of_who_asks() {
    let folder = folder();
    let entry = "[[faq]]\nid = \"vip-line\"\nquestion.en = \"Is there a hotline for members?\"\nanswer.en = \"Yes: 0800.\"\nsegments = [\"vip\"]\nsites = [\"https://a.example\"]\n";
    fs::write(folder.path().join("intents/vip.toml"), entry).unwrap();
    let ask = |more: &[&str]| {
        let mut command = frontdesk(folder.path());
        command.env("FRONTDESK_ENCODER_ENABLED", "false");
        let (is_fine, text) =
            run(command.args(["ask", "is there a hotline for members", "--explain"]).args(more));
        assert!(is_fine, "{text}");
        text
    };
    assert!(!ask(&[]).contains("vip-line"));
    assert!(!ask(&["--segment", "vip"]).contains("vip-line"));
    let text = ask(&["--segment", "new", "--segment", "vip", "--site", "https://a.example"]);
    assert!(text.contains("Yes: 0800.") && text.contains("vip-line: question"), "{text}");
}

#[test]
fn a_chinese_question_finds_an_english_entry_by_its_meaning() {
    let folder = folder();
    let entry = "[[faq]]\nid = \"gift-wrap\"\nquestion.en = \"Can you wrap an order as a present?\"\nanswer.en = \"Yes, gift wrapping costs 3 dollars; choose it in the basket.\"\n";
    fs::write(folder.path().join("intents/gift.toml"), entry).unwrap();
    let mut command = frontdesk(folder.path());
    let (is_fine, text) = run(command.args(["ask", "--json", "买来送人的，可以帮忙包成礼物吗"]));
    assert!(is_fine, "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["reading"]["language"], "zh");
    assert_eq!(json["reading"]["tier"], "encoder");
    assert_eq!(json["reading"]["answers"][0]["id"], "gift-wrap");
}

#[test]
fn a_server_reads_by_meaning_once_the_knowledge_is_encoded() {
    let folder = folder();
    let mut command = frontdesk(folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
    command.env("FRONTDESK_ENCODER_PATIENCE_MS", "20000");
    let server = Process::of(command);
    let url = server.url.clone();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tier = || {
        runtime.block_on(async {
            let url = format!("{url}/api/v1/understand");
            let asked = crate::app::http()
                .build()
                .unwrap()
                .post(url)
                .json(&serde_json::json!({"text": "hi"}));
            let reading: serde_json::Value = asked.send().await.unwrap().json().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            reading["tier"].as_str().unwrap().to_owned()
        })
    };
    let is_read = (0..1_200).any(|_| tier() == "encoder");
    server.kill();
    assert!(is_read, "the knowledge was never encoded");
    assert!(folder.path().join("data/vectors.bin").exists());
}

#[test]
fn a_server_without_its_models_does_not_start_and_says_why() {
    let folder = folder();
    let mut command = frontdesk(folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("FRONTDESK_ENCODER_MODELS", "nowhere");
    let (is_fine, text) = run(&mut command);
    assert!(!is_fine);
    assert!(text.contains("nowhere/") && text.contains("encoder.enabled = false"), "{text}");
}

#[test]
fn ask_without_a_question_is_a_dialogue() {
    let folder = folder();
    let input = folder.path().join("lines");
    fs::write(&input, "can I return something?\n\nand for opened ones?\n\u{7}\n").unwrap();
    let file = fs::File::open(&input).unwrap();
    let (_, text) = run(frontdesk(folder.path()).arg("ask").stdin(file));
    assert!(text.contains("within 30 days"), "{text}");
    assert!(text.contains("return-opened"), "{text}");
    assert!(text.contains("control character"), "{text}");
}

#[test]
fn check_names_file_and_line_of_every_mistake() {
    let folder = folder();
    let (is_fine, text) = run(frontdesk(folder.path()).arg("check"));
    assert!(is_fine, "{text}");
    let broken = "[[faq]]\nid = \"track\"\nquestion.en = \"x\"\nanswer.en = \"y\"\n\n[[rule]]\npattern = '('\nwants_human = true\n\n[[intent]]\nname = \"b\"\nentry = \"gone\"\n";
    fs::write(folder.path().join("intents/z.toml"), broken).unwrap();
    let (is_fine, text) = run(frontdesk(folder.path()).arg("check"));
    assert!(!is_fine);
    for line in ["z.toml:2", "z.toml:7", "z.toml:12"] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    fs::write(folder.path().join("frontdesk.toml"), "[dialogue]\nanswer_at = 2.0\n").unwrap();
    let (is_fine, text) = run(frontdesk(folder.path()).arg("check"));
    assert!(!is_fine);
    assert!(text.contains("dialogue.answer_at"), "{text}");
}

#[test]
fn help_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let (_, text) = run(frontdesk(folder.path()).arg("--help"));
    for command in
        ["serve", "ask", "check", "eval", "lint", "settings", "compact", "--settings", "--intents"]
    {
        assert!(text.contains(command), "{command} is missing in\n{text}");
    }
    let (is_fine, example) = run(frontdesk(folder.path()).arg("settings"));
    assert!(is_fine);
    assert!(example.contains("FRONTDESK_SERVER_LISTEN"), "{example}");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let folder = folder();
    let first = Process::start(folder.path());
    let (is_fine, text) =
        run(frontdesk(folder.path()).args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]));
    assert!(!is_fine);
    assert!(text.contains("another frontdesk already uses the data folder"), "{text}");
    let address = first.url.trim_start_matches("http://").to_owned();
    let (is_fine, text) =
        run(frontdesk(folder.path()).args(["serve", "--listen", &address, "--data", "other"]));
    assert!(!is_fine);
    assert!(text.contains(&format!("cannot listen at {address}")), "{text}");
    first.kill();
}

#[test]
fn data_that_cannot_be_written_is_refused() {
    let folder = folder();
    // a file where the folder should be fails for every user, also for root
    fs::write(folder.path().join("data"), "not a folder").unwrap();
    let (is_fine, text) =
        run(frontdesk(folder.path()).args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]));
    assert!(!is_fine);
    assert!(text.contains("data folder"), "{text}");
    // a file system that is read-only by nature
    let (is_fine, text) = run(frontdesk(folder.path()).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        "/proc/frontdesk",
    ]));
    assert!(!is_fine);
    assert!(text.contains("data folder"), "{text}");
}

#[test]
fn broken_knowledge_is_refused_at_the_start() {
    let folder = folder();
    fs::write(folder.path().join("intents/half.toml"), "[[faq]]\nid = \"ha").unwrap();
    let (is_fine, text) =
        run(frontdesk(folder.path()).args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]));
    assert!(!is_fine);
    assert!(text.contains("half.toml:2"), "{text}");
}

#[test]
fn sigterm_ends_the_server_with_success() {
    let folder = folder();
    let mut process = Process::start(folder.path());
    let sent = Command::new("kill").arg(process.child.id().to_string()).status().unwrap();
    assert!(sent.success());
    assert!(process.child.wait().unwrap().success());
    let mut rest = String::new();
    if let Some(mut errors) = process.child.stderr.take() {
        errors.read_to_string(&mut rest).unwrap();
    }
    assert!(!rest.contains("panicked"), "{rest}");
}

/// A disk that fills up: the limit on file sizes stands in for it, the write fails just as it does
/// on a full disk, in the middle of the store.
#[tokio::test]
async fn a_full_disk_acknowledges_nothing_that_is_not_stored() {
    let folder = folder();
    let mut command = Command::new("bash");
    let limited =
        "trap '' XFSZ; ulimit -f 4096; exec \"$0\" serve --listen 127.0.0.1:0 --data data";
    command.args(["-c", limited, env!("CARGO_BIN_EXE_frontdesk")]);
    command.current_dir(folder.path()).env("FRONTDESK_LOG_LEVEL", "error");
    command.env("FRONTDESK_ENCODER_ENABLED", "false");
    let mut process = Process::of(command);
    let talk = crate::crash::Talk::start(&process.url).await;
    let text = "x".repeat(3_900);
    let mut acknowledged = 0;
    let mut refused = false;
    for at in 0..3_000 {
        match talk.say(&format!("m-{at}"), &text).await {
            Some((200, _)) => acknowledged += 1,
            Some((503, body)) => {
                assert_eq!(body["error"]["code"], "unavailable");
                refused = true;
                break;
            }
            // the server ends by itself once its store has failed
            None => {
                refused = true;
                break;
            }
            Some((status, body)) => panic!("{status} {body}"),
        }
    }
    assert!(refused, "4 MB of messages fitted into 2 MB ({acknowledged})");
    assert!(acknowledged > 0);
    assert!(
        !process.child.wait().unwrap().success(),
        "a server without a store says that it failed"
    );
    // with room again, everything that was acknowledged is there
    let again = Process::start(folder.path());
    let talk = talk.moved_to(&again.url);
    let said = talk.said().await;
    assert!(said.len() >= acknowledged, "{} of {acknowledged} are there", said.len());
    again.kill();
}

/// Six messages of two intents, and one out of scope, as files in `folder`.
fn labelled(folder: &Path) {
    let lines = |prefix: &str| {
        ["refund", "refund please", "parcel", "parcel late", "my refund", "my parcel"]
            .map(|text| {
                let label = if text.contains("refund") { "money" } else { "shipping" };
                format!("{{\"text\": \"{prefix}{text}\", \"label\": \"{label}\"}}\n")
            })
            .concat()
    };
    fs::write(folder.join("train.jsonl"), lines("the ")).unwrap();
    fs::write(folder.join("test.jsonl"), lines("a ")).unwrap();
}

#[test]
fn eval_writes_a_report_unless_json_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path());
    let eval =
        ["eval", "intents", "--train", "train.jsonl", "--test", "test.jsonl", "--tier", "lexical"];
    let json = frontdesk(folder.path()).args(eval).arg("--json").output().unwrap();
    let figures: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(figures["test_items"], 6);
    assert!(!folder.path().join("report.html").exists());

    let (is_fine, text) = run(frontdesk(folder.path()).args(eval));
    assert!(is_fine && text.contains("report.html"), "{text}");
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("Evaluation of intents") && page.contains("Reliability diagram"));

    let more = ["--json", "--report", "other.html", "--predictions", "lines.jsonl"];
    let (is_fine, text) = run(frontdesk(folder.path()).args(eval).args(more));
    assert!(is_fine && folder.path().join("other.html").exists(), "{text}");
    let lines = fs::read_to_string(folder.path().join("lines.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 6);
    assert!(lines.contains("\"expected\":[\"money\"]"), "{lines}");
    let (is_fine, text) =
        run(frontdesk(folder.path()).args(eval).args(["--report", "no/such/folder.html"]));
    assert!(!is_fine && text.contains("no/such/folder.html"), "{text}");
}

#[test]
fn eval_refuses_files_that_teach_nothing_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path());
    let line =
        |text: &str, label: &str| format!("{{\"text\": \"{text}\", \"label\": \"{label}\"}}\n");
    let classes: String = (0..100_000).map(|n| line(&format!("t{n}"), &format!("c{n}"))).collect();
    for (lines, expected) in [
        (line("a", "x") + &line("b", "x"), "bad.jsonl:2: all lines have the label `x`"),
        (line("a", "x"), "bad.jsonl:1: the only line"),
        (line("a", "x") + &line("a", "y"), "bad.jsonl:2: the text has the label `y` here and `x`"),
        (line("a", "x") + &line("", "y"), "bad.jsonl:2: the text is empty"),
        (line("a", "x") + "{", "bad.jsonl:2: EOF while parsing"),
        (String::new(), "bad.jsonl: there are no lines"),
        (classes, "bad.jsonl:1001: label `c1000` is one too many: 1000 at most"),
    ] {
        fs::write(folder.path().join("bad.jsonl"), lines).unwrap();
        for more in [&["--test", "test.jsonl"][..], &["--cross-validate", "2"][..]] {
            let mut command = frontdesk(folder.path());
            command.args(["eval", "intents", "--tier", "lexical", "--train", "bad.jsonl"]);
            let (is_fine, text) = run(command.args(more));
            assert!(!is_fine && text.contains(expected), "{expected} in {text}");
        }
    }
}

#[test]
fn eval_cross_validates_a_file_or_the_knowledge() {
    let folder = folder();
    labelled(folder.path());
    let measure = |more: &[&str]| -> serde_json::Value {
        let eval = ["eval", "intents", "--tier", "lexical", "--json", "--cross-validate", "3"];
        let output = frontdesk(folder.path()).args(eval).args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let of_file = measure(&["--train", "train.jsonl"]);
    assert_eq!((&of_file["folds"], &of_file["test_items"]), (&3.into(), &6.into()));
    assert!((of_file["accuracy"].as_f64().unwrap() - 1.0).abs() < 1e-9, "{of_file}");
    let of_knowledge = measure(&[]);
    assert!(of_knowledge["test_items"].as_u64().unwrap() > 20, "{of_knowledge}");
    assert!(of_knowledge["accuracy"].as_f64().unwrap() > 0.5, "{of_knowledge}");
    let both = ["eval", "intents", "--cross-validate", "3", "--test", "test.jsonl"];
    assert!(!run(frontdesk(folder.path()).args(both)).0);
}

#[test]
fn eval_compares_with_an_earlier_run() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path());
    let eval =
        ["eval", "intents", "--train", "train.jsonl", "--test", "test.jsonl", "--tier", "lexical"];
    let kept = ["--json", "--predictions", "before.jsonl"];
    assert!(run(frontdesk(folder.path()).args(eval).args(kept)).0);
    let (is_fine, text) =
        run(frontdesk(folder.path()).args(eval).args(["--compare", "before.jsonl"]));
    assert!(is_fine && text.contains("compared with before.jsonl"), "{text}");
    assert!(text.contains("+0.0000 to +0.0000, holds 0"), "{text}");
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("Compared with before.jsonl"));
}

#[test]
fn lint_names_files_and_lines_and_fails_only_when_strict() {
    let folder = folder();
    let twice = "[[urgency]]\nlevel = \"low\"\nexamples.en = [\"the Charger smokes badly\"]\n\
        [[message]]\ntext = \"The charger smokes badly!\"\nurgency = \"urgent\"\n";
    fs::write(folder.path().join("intents/zz.toml"), twice).unwrap();
    let lint = |more: &[&str]| {
        let mut command = frontdesk(folder.path());
        command.env("FRONTDESK_ENCODER_ENABLED", "false").args(["lint", "knowledge"]).args(more);
        command.output().unwrap()
    };
    let told = lint(&[]);
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success(), "{text}");
    assert!(text.contains("zz.toml:3") && text.contains("zz.toml:5"), "{text}");
    assert!(text.contains("conflicting labels: "), "{text}");
    let strict = lint(&["--strict", "--json"]);
    assert_eq!(strict.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&strict.stdout).unwrap();
    assert_eq!(json["tier"], "lexical");
    assert_eq!(json["findings"][0]["kind"], "conflicting_labels");
}

#[test]
fn where_mistakes_cost_more_the_bot_must_be_surer() {
    let folder = folder();
    let ask = |segment: &str| {
        let mut command = frontdesk(folder.path());
        command.env("FRONTDESK_ENCODER_ENABLED", "false");
        run(command.args(["ask", "where is my parcel", "--explain", "--segment", segment]))
    };
    let set = |text: &str| fs::write(folder.path().join("frontdesk.toml"), text).unwrap();
    set("[[dialogue.costs]]\nsegment = \"vip\"\nwrong_answer = 1000000000\n");
    let (is_fine, vip) = ask("vip");
    assert!(is_fine, "{vip}");
    assert!(
        vip.contains("wrong answer 1000000000") && vip.contains("number 1: segment vip"),
        "{vip}"
    );
    assert!(vip.contains("answer_at 1.00") && !vip.contains("→ answer: when"), "{vip}");
    let (_, other) = ask("new");
    assert!(other.contains("(as usual)") && other.contains("→ answer: when"), "{other}");

    set("[[dialogue.costs]]\nsegment = \"vip\"\nwrong_answer = 0\n");
    let (is_fine, text) = ask("vip");
    assert!(!is_fine && text.contains("dialogue.costs: number 1: wrong_answer must"), "{text}");
    set("[[dialogue.costs]]\nsegment = \"vip\"\nwrong_anser = 1\n");
    assert!(ask("vip").1.contains("wrong_anser"));
}

#[test]
fn ask_explains_words_scores_and_decision() {
    let folder = folder();
    let ask = |more: &[&str]| {
        let mut command = frontdesk(folder.path());
        command.env("FRONTDESK_ENCODER_ENABLED", "false");
        run(command.args(["ask", "where is my parcel", "--explain"]).args(more))
    };
    let (is_fine, text) = ask(&[]);
    assert!(is_fine, "{text}");
    for part in [
        "stems       where · is · my · parcel",
        "intents: margin",
        "parcel +",
        "log-odds",
        "  track: question \"Where is my parcel?\"",
        "Where 0–5, parcel 12–18 · in the message where 0–5, parcel 12–18",
        "wrong answer 7, needless hand-off 3, missed urgency 2 (as usual)",
        "answer_at 0.70",
        "→ answer: when",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let (_, json) = ask(&["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let intent = &json["explanation"]["intents"][0];
    assert_eq!(intent["name"], json["reading"]["intent"]["name"]);
    let entry = &json["explanation"]["entries"][0];
    assert_eq!(entry["confidence"], json["reading"]["answers"][0]["confidence"]);
    assert_eq!(json["decision"].as_array().unwrap().last().unwrap()["decides"], true);
}
