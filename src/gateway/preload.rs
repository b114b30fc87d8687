//! Which modules a page needs at once. Browsers find the imports of a module only when they have it,
//! and those of these later still; a page that names all of them is loaded in one go.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write;

use crate::gateway::slim::slim;

/// `<link rel="modulepreload">` for every module that `entry` imports at once, straight or through
/// others; addresses are relative to the folder of `entry`. What `get` does not have is left out,
/// and so are imports that are made later, with `import(…)`.
pub(super) fn preloads(entry: &str, get: impl Fn(&str) -> Option<Cow<'static, [u8]>>) -> String {
    let (folder, _) = entry.rsplit_once('/').unwrap_or(("", entry));
    let up = "../".repeat(folder.split('/').filter(|part| !part.is_empty()).count());
    let mut links = String::new();
    let mut seen = HashSet::from([entry.to_owned()]);
    let mut queue = vec![entry.to_owned()];
    while let Some(path) = queue.pop() {
        let Some(bytes) = get(&path) else { continue };
        if path != entry {
            // writing to a string does not fail
            let _ = write!(links, r#"<link rel="modulepreload" href="{up}{path}" />"#);
        }
        // without its comments, which name modules for their types alone
        for import in imports(&slim(&String::from_utf8_lossy(&bytes))) {
            let found = beside(&path, import);
            if seen.insert(found.clone()) {
                queue.push(found);
            }
        }
    }
    links
}

/// The relative addresses after `from`, and of imports for their effect, in the order of the text.
fn imports(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("from").chain(text.match_indices("import ")) {
        let rest = text.get(at..).unwrap_or_default();
        let rest = rest.trim_start_matches(char::is_alphabetic).trim_start_matches(' ');
        let Some(quote) = rest.chars().next().filter(|first| matches!(first, '\'' | '"')) else {
            continue;
        };
        let address = rest.get(1..).and_then(|rest| rest.split(quote).next()).unwrap_or_default();
        let is_module = address.starts_with('.')
            && [".js", ".mjs"].iter().any(|end| address.ends_with(end))
            && !address.contains(char::is_whitespace);
        if is_module {
            found.push(address);
        }
    }
    found
}

/// The path of `address`, which stands in the file `path`.
fn beside(path: &str, address: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_that_is_imported_at_once_is_named_once() {
        let files = |path: &str| {
            let text = match path {
                "app/main.js" => {
                    "/** @import { X } from './types.js' */\nimport { a } from './a.js'\nimport './b.js'\n\
                     const later = () => import('./later.js')\nexport {\n  c,\n} from '../lib/c.js'\n"
                }
                "app/a.js" => "import{c as n}from\"../lib/c.js\";import d from './gone.js'",
                "app/b.js" => "import { main } from './main.js' // round in a ring",
                "lib/c.js" => "const said = 'from here'",
                _ => return None,
            };
            Some(Cow::Borrowed(text.as_bytes()))
        };
        let links = preloads("app/main.js", files);
        let mut named: Vec<&str> =
            links.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        named.sort_unstable();
        assert_eq!(named, ["../app/a.js", "../app/b.js", "../lib/c.js"]);
    }
}
