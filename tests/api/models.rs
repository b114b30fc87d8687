//! Models from outside, from the command line: added, named in the settings, asked, removed.

use std::path::Path;
use std::process::Command;

use crate::app::copy_knowledge;
use crate::process::frontdesk;

const TINY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/encoder/tiny-xlm-r");

fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text)
}

/// A command whose models lie in `folder`.
fn with_models(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = frontdesk(folder);
    command.env("FRONTDESK_ENCODER_MODELS", "own").args(arguments);
    command
}

#[test]
fn a_model_is_added_used_by_the_settings_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copy_knowledge(&folder.join("intents"));
    let (is_fine, text) = run(&mut with_models(folder, &["models", "add", TINY]));
    assert!(is_fine && text.contains("multilingual = \"tiny-xlm-r\""), "{text}");

    std::fs::write(
        folder.join("frontdesk.toml"),
        "[encoder]\nmultilingual = \"tiny-xlm-r\"\nenglish = \"\"\n",
    )
    .unwrap();
    let (is_fine, text) = run(&mut with_models(folder, &["ask", "--json", "where is my parcel"]));
    assert!(is_fine, "{text}");
    let reading: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(reading["reading"]["tier"], "encoder");

    let (is_fine, text) = run(&mut with_models(folder, &["models", "list"]));
    assert!(is_fine, "{text}");
    let line = text.lines().find(|line| line.starts_with("tiny-xlm-r")).unwrap();
    assert!(line.contains(" 32 ") && line.ends_with("for every language"), "{line}");

    let (is_fine, text) = run(&mut with_models(folder, &["models", "remove", "tiny-xlm-r"]));
    assert!(!is_fine && text.contains("change the settings first"), "{text}");
    std::fs::remove_file(folder.join("frontdesk.toml")).unwrap();
    let (is_fine, text) = run(&mut with_models(folder, &["models", "remove", "tiny-xlm-r"]));
    assert!(is_fine, "{text}");
    let (is_fine, text) = run(&mut with_models(folder, &["models", "list"]));
    assert!(is_fine && !text.contains("tiny-xlm-r"), "{text}");
}

#[test]
fn the_shipped_models_are_listed_and_a_damaged_one_stops_the_start_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (is_fine, text) = run(frontdesk(folder.path()).args(["models", "list"]));
    assert!(is_fine, "{text}");
    for (name, used) in
        [("multilingual-e5-small", "for every language"), ("all-MiniLM-L6-v2", "for English")]
    {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line.contains(" 384 ") && line.ends_with(used), "{line}");
    }
    let (is_fine, text) = run(&mut with_models(folder.path(), &["models", "add", TINY]));
    assert!(is_fine, "{text}");
    let file = folder.path().join("own/tiny-xlm-r/model.safetensors");
    let mut bytes = std::fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&file, bytes).unwrap();
    copy_knowledge(&folder.path().join("intents"));
    let mut ask = with_models(folder.path(), &["ask", "hello"]);
    ask.env("FRONTDESK_ENCODER_MULTILINGUAL", "tiny-xlm-r").env("FRONTDESK_ENCODER_ENGLISH", "");
    let (is_fine, text) = run(&mut ask);
    assert!(!is_fine && text.contains("model.safetensors: wrong checksum"), "{text}");
}
