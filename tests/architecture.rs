//! The layering rules of `src/`, as a test. Change a table here in the commit that needs it,
//! and give the reason in that commit's message.

#![expect(clippy::unwrap_used, reason = "a broken check should panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// Each top-level module and the modules it may name, from the bottom up: a line may list only
/// modules of the lines above it, so the table itself cannot hold a cycle.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("telemetry", &["domain"]),
    ("tasks", &[]),
    ("breaker", &[]),
    ("config", &["domain"]),
    ("catalog", &["domain"]),
    ("events", &["domain", "telemetry"]),
    ("sign_on", &["domain"]),
    ("accounts", &["domain", "events", "telemetry"]),
    ("attachments", &["domain", "events"]),
    ("customers", &["domain", "events", "telemetry"]),
    // secrets by reference are settings
    ("actions", &["domain", "config", "catalog", "breaker"]),
    ("demo_shop", &[]),
    ("understanding", &["domain", "catalog", "telemetry", "breaker"]),
    ("generation", &["domain", "breaker", "events", "understanding"]),
    ("import", &["domain", "catalog", "understanding"]),
    ("search", &["domain", "events", "understanding", "tasks"]),
    ("models", &["understanding"]),
    ("evaluation", &["domain", "catalog", "understanding"]),
    ("dialogue", &["domain", "catalog"]),
    ("handoff", &["domain", "tasks", "telemetry"]),
    ("inbox", &["domain", "events"]),
    ("writing", &["domain", "events"]),
    ("proactive", &["domain", "events"]),
    // how sure a difference is
    ("insight", &["domain", "events", "evaluation", "tasks"]),
    (
        "conversation",
        &[
            "domain",
            "catalog",
            "events",
            "actions",
            "customers",
            "understanding",
            "generation",
            "dialogue",
            "handoff",
            "inbox",
            "tasks",
            "telemetry",
        ],
    ),
    ("editing", &["domain", "catalog", "events", "conversation", "tasks"]),
    (
        "replay",
        &[
            "domain",
            "catalog",
            "events",
            "customers",
            "understanding",
            "evaluation",
            "dialogue",
            "handoff",
            "conversation",
        ],
    ),
    ("channels", &["domain", "config", "events", "conversation", "tasks", "telemetry"]),
    (
        "gateway",
        &[
            "domain",
            "config",
            "catalog",
            "sign_on",
            "accounts",
            "attachments",
            "customers",
            "events",
            "understanding",
            "dialogue",
            "handoff",
            "inbox",
            "search",
            "writing",
            "proactive",
            "insight",
            "conversation",
            "editing",
            "channels",
            "tasks",
            "telemetry",
        ],
    ),
    (
        "app",
        &[
            "domain",
            "telemetry",
            "tasks",
            "config",
            "catalog",
            "actions",
            "generation",
            "events",
            "sign_on",
            "accounts",
            "attachments",
            "customers",
            "understanding",
            "dialogue",
            "handoff",
            "inbox",
            "search",
            "writing",
            "proactive",
            "insight",
            "conversation",
            "editing",
            "channels",
            "evaluation", // its clock
            "gateway",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "telemetry",
            "tasks",
            "config",
            "catalog",
            "events",
            "accounts",
            "understanding",
            "import",
            "models",
            "demo_shop",
            "evaluation",
            "dialogue",
            "handoff",
            "insight",
            "conversation",
            "replay",
            "gateway",
            "app",
        ],
    ),
];

/// Crates that must not leak: each may be named only under these paths of `src/`.
const FENCES: &[(&str, &[&str])] = &[
    ("actix_web", &["gateway", "app", "demo_shop"]),
    ("actix_ws", &["gateway"]),
    ("sled", &["events/sled"]),
    ("tantivy", &["understanding/retrieve", "search/store.rs"]),
    ("toml_edit", &["catalog"]),
    ("similar", &["editing/changes.rs", "catalog/edit/tests.rs"]),
    ("calamine", &["import/table.rs"]),
    ("csv", &["import/table.rs"]),
    ("saphyr", &["import/rasa/yaml.rs"]),
    ("zip", &["import/dialogflow.rs"]),
    ("scraper", &["import/page"]),
    ("ego_tree", &["import/page"]),
    ("jieba_rs", &["understanding/segment"]), // in tests
    ("rten", &["understanding/encode"]),
    ("safetensors", &["understanding/encode/sentence"]),
    ("rust_bert", &["understanding/encode/sentence/torch.rs"]),
    ("tch", &["understanding/encode/sentence/torch.rs"]),
    ("tokenizers", &["understanding/encode/sentence"]),
    // one client fetches models, one calls the addresses that admins typed, one asks the provider, one
    // calls the shop's own system, one asks the operator's language model, one the operator's encoder
    (
        "reqwest",
        &[
            "models/hub.rs",
            "channels/http.rs",
            "sign_on/http.rs",
            "actions/http.rs",
            "generation/http.rs",
            "understanding/encode/remote/http.rs",
        ],
    ),
    (
        "rustls",
        &[
            "models/hub.rs",
            "channels/http.rs",
            "sign_on/http.rs",
            "actions/http.rs",
            "generation/http.rs",
            "understanding/encode/remote/http.rs",
        ],
    ),
    ("openidconnect", &["sign_on"]),
    ("chacha20poly1305", &["accounts"]),
    ("indicatif", &["cli/models.rs"]),
    ("argon2", &["accounts"]),
    ("infer", &["attachments/sniff.rs"]),
    ("imagesize", &["attachments/sniff.rs"]),
    ("prometheus", &["telemetry"]),
    (
        "utoipa",
        &[
            "gateway",
            "domain",
            "dialogue",
            "handoff",
            "conversation",
            "writing",
            "proactive",
            "channels/chatwoot.rs",
        ],
    ),
    (
        "tokio",
        &[
            "main.rs",
            "app",
            "accounts",
            "attachments",
            "actions",
            "breaker",
            "generation/budget.rs",
            "customers",
            "cli",
            "tasks",
            "telemetry",
            "events",
            "handoff/desk.rs",
            "inbox",
            "proactive",
            "search",
            "writing",
            "insight",
            "conversation",
            "editing",
            "channels",
            "evaluation", // its clock
            "gateway",
        ],
    ),
];

/// Lines of a file before its test module.
const MAX_LINES: usize = 400;

#[test]
fn modules_use_only_the_layers_below_them() {
    let mut wrong = Vec::new();
    for file in rust_files(Path::new(SRC)) {
        let Some(module) = top_module(&file) else {
            continue;
        };
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: `{module}` has no line in LAYERS", shown(&file)));
            continue;
        };
        let code = code_only(&fs::read_to_string(&file).unwrap());
        for used in crate_paths(&code) {
            if used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: must not use `crate::{used}`", shown(&file)));
            }
        }
        if escapes_by_super(&file, before_tests(&code)) {
            wrong
                .push(format!("{}: leaves its module by `super::`; write `crate::`", shown(&file)));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn layers_are_listed_from_the_bottom_up() {
    let mut below = BTreeSet::new();
    for (module, uses) in LAYERS {
        for used in *uses {
            assert!(below.contains(used), "`{module}` lists `{used}`, which is not above it");
        }
        below.insert(*module);
    }
}

#[test]
fn outside_crates_stay_behind_their_fence() {
    let mut wrong = Vec::new();
    for file in rust_files(Path::new(SRC)) {
        let code = code_only(&fs::read_to_string(&file).unwrap());
        for (outside, homes) in FENCES {
            let at_home = homes.iter().any(|home| shown(&file).starts_with(home));
            if !at_home && names(&code, outside) {
                wrong.push(format!("{}: `{outside}` belongs in {homes:?}", shown(&file)));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn files_open_with_a_header_and_stay_short() {
    let mut wrong = Vec::new();
    for file in rust_files(Path::new(SRC)) {
        let text = fs::read_to_string(&file).unwrap();
        if !text.starts_with("//!") {
            wrong.push(format!("{}: does not open with `//!`", shown(&file)));
        }
        let lines = before_tests(&text).lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{}: {lines} lines, {MAX_LINES} at most", shown(&file)));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The `x` of every `crate::x`; `crate::{a, b::{c, d}}` gives `a` and `b`.
fn crate_paths(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = code[at + "crate::".len()..].trim_start();
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(identifier(rest));
            continue;
        };
        let (mut depth, mut at_item) = (1, true);
        for (i, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => at_item = true,
                c if at_item && depth == 1 && !c.is_whitespace() => {
                    found.insert(identifier(&list[i..]));
                    at_item = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

/// Whether the file reaches past its own top-level module with `super::`.
fn escapes_by_super(file: &Path, code: &str) -> bool {
    let inside = shown(file);
    let depth = inside.trim_end_matches("/mod.rs").matches('/').count();
    code.contains(&format!("{}super::", "super::".repeat(depth)))
}

fn names(code: &str, outside: &str) -> bool {
    code.match_indices(outside).any(|(at, _)| {
        !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
            && code[at + outside.len()..].starts_with("::")
    })
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

/// `text` without comments to the line's end and without the insides of one-line strings.
fn code_only(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        let (mut in_string, mut previous) = (false, ' ');
        for (i, c) in line.char_indices() {
            if !in_string && line[i..].starts_with("//") {
                break;
            }
            if c == '"' && previous != '\\' && previous != '\'' {
                in_string = !in_string;
            } else if !in_string {
                code.push(c);
            }
            previous = c;
        }
        code.push('\n');
    }
    code
}

fn top_module(file: &Path) -> Option<String> {
    let inside = shown(file);
    let first = inside.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first).to_owned();
    (!matches!(name.as_str(), "lib" | "main")).then_some(name)
}

fn shown(file: &Path) -> String {
    file.strip_prefix(SRC).unwrap().to_str().unwrap().replace('\\', "/")
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
